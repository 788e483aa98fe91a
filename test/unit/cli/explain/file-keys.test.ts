/** Keys of rendered files in each format. */
import { describe, expect, it } from 'vitest'
import { fileKeys } from '../../../../src/cli/explain/file-keys.ts'
import { formatFileKey, matchKey } from '../../../../src/cli/explain/key-names.ts'
import type { OutputFormat } from '../../../../src/schnauzer/output/write.ts'

async function keysOf(format: OutputFormat, text: string): Promise<[string, string, string][]> {
  const keys = await fileKeys(format, text)
  return keys.map(({ path, start, end, valueStart }) => [
    formatFileKey(path),
    text.slice(start, end),
    text.slice(valueStart, end),
  ])
}

describe('keys of a file', () => {
  it('of TOML, with dotted keys and tables', async () => {
    const text = '# c\na = 1\n[t."x.y"]\n"d.e".f = ["p",\n  "q"]\ng = { h = "i", j = [] }\n[[l]]\nk = true\n'
    expect(await keysOf('toml', text)).toEqual([
      ['a', 'a = 1', '1'],
      ['t."x.y"."d.e".f', '"d.e".f = ["p",\n  "q"]', '["p",\n  "q"]'],
      ['t."x.y".g.h', 'h = "i"', '"i"'],
      ['t."x.y".g.j', 'j = []', '[]'],
      ['l[0].k', 'k = true', 'true'],
    ])
  })

  it('of YAML', async () => {
    const text = 'a: 1\nb:\n  - x\n  - y\nc:\n  - name: n\n    v: "w"\nd:\n'
    expect(await keysOf('yaml', text)).toEqual([
      ['a', 'a: 1', '1'],
      ['b', 'b:\n  - x\n  - y', '- x\n  - y'],
      ['c[0].name', '- name: n', 'n'],
      ['c[0].v', 'v: "w"', '"w"'],
      ['d', 'd:', ''],
    ])
  })

  it('of JSON', async () => {
    const text = '{ "a": { "b": [1, 2] },\n  "c": [{ "d": null, "e": "f" }] }\n'
    expect(await keysOf('json', text)).toEqual([
      ['a.b', '"b": [1, 2]', '[1, 2]'],
      ['c[0].d', '"d": null', 'null'],
      ['c[0].e', '"e": "f"', '"f"'],
    ])
  })

  it('of environment files', async () => {
    const text = '# A=1\nB=2\nexport C="x\ny"\n\nD=\n'
    expect(await keysOf('env', text)).toEqual([
      ['B', 'B=2', '2'],
      ['C', 'export C="x\ny"', '"x\ny"'],
      ['D', 'D=', ''],
    ])
  })

  it('of units: variables, options of commands, repeated names', async () => {
    const text =
      '[Service]\n# no=1\nExecStart=\nExecStart=/bin/a \\\n    --b c \\\n    -d\nEnvironment=E="f"\nEnvironment=\'G=h\'\n[Install]\nAlias=i\n'
    expect(await keysOf('systemd', text)).toEqual([
      ['Service.ExecStart[0]', 'ExecStart=', ''],
      ['Service.ExecStart[1]', 'ExecStart=/bin/a \\', '/bin/a \\'],
      ['Service.ExecStart.--b', '    --b c \\', '    --b c \\'],
      ['Service.ExecStart.-d', '    -d', '    -d'],
      ['Service.Environment.E', 'Environment=E="f"', 'E="f"'],
      ['Service.Environment.G', "Environment='G=h'", "'G=h'"],
      ['Install.Alias', 'Alias=i', 'i'],
    ])
  })

  it('of lines, and of what its format does not accept', async () => {
    expect((await keysOf('lines', 'a b\n\nc\n')).map(([key]) => key)).toEqual(['line 1', 'line 3'])
    expect((await keysOf('toml', 'no = = toml\n')).map(([key]) => key)).toEqual(['line 1'])
    expect(await keysOf('toml', '')).toEqual([])
  })
})

describe('a key as it is typed', () => {
  const path = ['plugins', 'io.containerd.grpc.v1.cri', 'cni', 'bin_dir']

  it.each([
    ['plugins."io.containerd.grpc.v1.cri".cni.bin_dir', 'exact'],
    ['plugins.io.containerd.grpc.v1.cri.cni.bin_dir', 'exact'],
    ['plugins', 'below'],
    ['plugins.…', 'below'],
    ['plugins."io.containerd.grpc.v1.cri"', 'below'],
    ['plugins.…bin_dir', 'below'],
    ['plugins.*.cni', 'below'],
    ['bin_dir', 'end'],
    ['cni', 'end'],
    ['dir', undefined],
    ['plugin', undefined],
    ['*.conf_dir', undefined],
  ])('%s', (typed, match) => {
    expect(matchKey(typed, path)).toBe(match)
  })

  it('has positions', () => {
    expect(matchKey('a[1].b', ['a', 1, 'b'])).toBe('exact')
    expect(matchKey('a.1.b', ['a', 1, 'b'])).toBe('exact')
    expect(matchKey('a[2].b', ['a', 1, 'b'])).toBe(undefined)
  })
})
