import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { vmwareCdRom } from '../../../src/early-boot/providers/vmware-cd-rom.ts'
import { vmwareGuestinfo } from '../../../src/early-boot/providers/vmware-guestinfo.ts'
import type { Host } from '../../../src/lib/ports.ts'
import { runToEnd, scriptedRunner, testHost, type Ending, type ProgramRun } from '../../support/test-host.ts'

const TOML = 'settings.motd = "hello"'
const base64 = (data: string | Uint8Array): string => Buffer.from(data as string).toString('base64')

describe('the disc in the drive', () => {
  function disc(files: Readonly<Record<string, string | Uint8Array>>): Host {
    const host = testHost()
    host.fs.makeDirectory('/media/cdrom')
    for (const [name, content] of Object.entries(files)) host.fs.writeFile(`/media/cdrom/${name}`, content)
    return host
  }
  const run = (files: Readonly<Record<string, string | Uint8Array>>): Promise<ProgramRun> =>
    runToEnd(vmwareCdRom, ['ignored', '--too'], disc(files))
  const found = (json: string): ProgramRun => ({ code: 0, stdout: `{"json":${json},"desc":"CD-ROM"}\n`, stderr: '' })
  const none: ProgramRun = { code: 0, stdout: '\n', stderr: '' }
  const ovf = (inside: string): string => `<?xml version="1.0" encoding="UTF-8"?>\n<Environment>${inside}</Environment>`
  const section = (inside: string): string => ovf(`<PropertySection>${inside}</PropertySection>`)
  const property = (value: string, key = 'user-data'): string => `<Property key="${key}" value="${value}"/>`

  it.each([
    ['plain', TOML],
    ['gzip', gzipSync(TOML)],
  ])('has user data as a file, %s', async (_name, content) => {
    expect(await run({ 'user-data': content })).toEqual(found('{"motd":"hello"}'))
  })

  it.each(['ovf-env.xml', 'OVF-ENV.XML', 'ovf_env.xml', 'OVF_ENV.XML'])('has it in %s', async (name) => {
    expect(await run({ [name]: section(property(base64(TOML))) })).toEqual(found('{"motd":"hello"}'))
  })

  it.each<[string, string | Uint8Array]>([
    ['a gzip document', gzipSync(section(property(base64(TOML))))],
    ['gzip in base64', section(property(base64(gzipSync(TOML))))],
    [
      'prefixes of elements and attributes',
      `<E xmlns:p="urn:x"><p:PropertySection><p:Property p:key="user-data" p:value="${base64(TOML)}"/></p:PropertySection></E>`,
    ],
    ['other properties around it', section(property('7', 'vm') + property(base64(TOML)) + property('8', 'other'))],
    ['the first of two', section(property(base64(TOML)) + property(base64('settings.motd = "second"')))],
    [
      'elements before and after the properties',
      section(`<Info/>${property('1', 'a')}${property(base64(TOML))}<Info/>`),
    ],
    [
      'comments, text and CDATA between',
      section(`text<!-- c -->${property('1', 'a')}<![CDATA[<x>]]>${property(base64(TOML))}`),
    ],
    [
      'a value of character references',
      section(property([...base64(TOML)].map((c) => `&#${String(c.charCodeAt(0))};`).join(''))),
    ],
    [
      'an element instead of an empty one',
      section(`<Property key="user-data" value="${base64(TOML)}"><Deep/></Property>`),
    ],
    ['more attributes', section(`<Property a="1" key="user-data" b="2" value="${base64(TOML)}"/>`)],
    [
      'other sections',
      ovf(`<PlatformSection><Property/></PlatformSection><PropertySection>${property(base64(TOML))}</PropertySection>`),
    ],
    ['a byte order mark', `\uFEFF${section(property(base64(TOML)))}`],
  ])('reads it with %s', async (_name, document) => {
    expect(await run({ 'ovf-env.xml': document })).toEqual(found('{"motd":"hello"}'))
  })

  it('reads the example of a hypervisor', async () => {
    const document = `<E xmlns:p="urn:x"><PropertySection>
      <Property p:key="vm" p:value="7"/>
      <Property p:key="user-data" p:value="c2V0dGluZ3MubW90ZCA9ICJoZWxsbyI="/>
    </PropertySection></E>`
    expect(await run({ 'ovf-env.xml': document })).toEqual(found('{"motd":"hello"}'))
  })

  it.each<[string, Record<string, string | Uint8Array>]>([
    ['no candidate', {}],
    ['a name in another letter case', { 'User-Data': TOML, 'Ovf-Env.xml': 'x', 'user-data.toml': TOML }],
    ['an empty file', { 'user-data': '' }],
    ['gzip of nothing', { 'user-data': gzipSync('') }],
    ['no property section', { 'ovf-env.xml': ovf('<Other/>') }],
    [
      'a property section further down',
      { 'ovf-env.xml': ovf(`<X><PropertySection>${property(base64(TOML))}</PropertySection></X>`) },
    ],
    ['a property further down', { 'ovf-env.xml': section(`<X>${property(base64(TOML))}</X>`) }],
    ['no property', { 'ovf-env.xml': section('') }],
    ['another key', { 'ovf-env.xml': section(property(base64(TOML), 'User-Data')) }],
    ['an empty value', { 'ovf-env.xml': section(property('')) }],
    ['gzip of nothing in base64', { 'ovf-env.xml': section(property(base64(gzipSync('')))) }],
  ])('is no data with %s', async (_name, files) => {
    expect(await run(files)).toEqual(none)
  })

  it.each<[string, Record<string, string | Uint8Array>, string]>([
    ['white space', { 'user-data': ' \n' }, 'USERDATA_NO_SETTINGS'],
    ['only a comment', { 'user-data': '# x' }, 'USERDATA_NO_SETTINGS'],
    ['bad TOML', { 'user-data': 'settings = ' }, '/media/cdrom/user-data:1:'],
    ['bad gzip', { 'user-data': Uint8Array.of(0x1f, 0x8b, 0) }, 'USERDATA_GZIP_BROKEN'],
    ['bad UTF-8', { 'user-data': Uint8Array.of(0xff) }, 'USERDATA_NOT_UTF8'],
    ['two candidates', { 'user-data': TOML, OVF_ENV_XML: '', 'OVF_ENV.XML': '' }, 'PROVIDER_AMBIGUOUS'],
    ['no XML', { 'ovf-env.xml': 'settings.motd = 1' }, 'PROVIDER_OVF_INVALID'],
    ['an empty document', { 'ovf-env.xml': '' }, 'PROVIDER_OVF_INVALID'],
    ['an open element', { 'ovf-env.xml': '<E><PropertySection>' }, 'PROVIDER_OVF_INVALID'],
    [
      'a prefix without a name space',
      { 'ovf-env.xml': '<E><PropertySection><p:Property/></PropertySection></E>' },
      'PROVIDER_OVF_INVALID',
    ],
    ['an unknown entity', { 'ovf-env.xml': section(property('&nope;')) }, 'PROVIDER_OVF_INVALID'],
    [
      'a property without a value',
      { 'ovf-env.xml': section(`${property(base64(TOML))}<Property key="x"/>`) },
      'without the attribute value',
    ],
    ['a property without a key', { 'ovf-env.xml': section('<Property value="x"/>') }, 'without the attribute key'],
    [
      'a key twice, by a prefix',
      { 'ovf-env.xml': `<E xmlns:p="u"><PropertySection><Property key="a" p:key="b" value=""/></PropertySection></E>` },
      'key twice',
    ],
    [
      'two property sections',
      { 'ovf-env.xml': ovf('<PropertySection/><PropertySection/>') },
      'a second PropertySection',
    ],
    [
      'properties apart',
      { 'ovf-env.xml': section(`${property('1', 'a')}<X/>${property('2', 'b')}`) },
      'not next to each other',
    ],
    [
      'base64 without padding',
      { 'ovf-env.xml': section(property(base64(TOML).replace('=', ''))) },
      'USERDATA_NOT_BASE64',
    ],
    ['base64 with a line break', { 'ovf-env.xml': section(property(`${base64(TOML)}&#10;`)) }, 'line breaks'],
    ['URL-safe base64', { 'ovf-env.xml': section(property('Pj4-')) }, 'URL-safe'],
    ['bad gzip in base64', { 'ovf-env.xml': section(property('H4sA')) }, 'USERDATA_GZIP_BROKEN'],
    ['white space in base64', { 'ovf-env.xml': section(property(base64(' '))) }, 'USERDATA_NO_SETTINGS'],
  ])('is an error with %s', async (_name, files, text) => {
    const { code, stdout, stderr } = await run(files)
    expect(code).toBe(1)
    expect(stdout).toContain(text)
    expect(stdout).toMatch(/^error\[[A-Z0-9_]+\] .*\n(?:.*\n)*$/)
    expect(stderr).toBe('')
  })

  it('names the place of a fault in the document', async () => {
    const { stdout } = await run({
      'ovf-env.xml': '<E>\n<PropertySection>\n<Property key="a"/>\n</PropertySection></E>',
    })
    expect(stdout).toMatch(/\/media\/cdrom\/ovf-env\.xml:3:\d+: error\[PROVIDER_OVF_INVALID\]/)
  })
})

describe("the hypervisor's variables", () => {
  type Variables = Readonly<Record<string, string | Uint8Array>>
  const found: ProgramRun = { code: 0, stdout: '{"json":{"motd":"hello"},"desc":"guestinfo"}\n', stderr: '' }
  const none: ProgramRun = { code: 0, stdout: '\n', stderr: '' }
  const vars = (userdata: string | Uint8Array | undefined, encoding?: string | Uint8Array): Variables => ({
    ...(userdata === undefined ? {} : { 'guestinfo.userdata': userdata }),
    ...(encoding === undefined ? {} : { 'guestinfo.userdata.encoding': encoding }),
  })

  /** A guest whose tool prints each variable and a line end, as the real one does. */
  function guest(
    variables: Variables,
    tool: (key: string) => Ending | undefined = () => undefined,
  ): Host & { asked: string[] } {
    const asked: string[] = []
    const runner = scriptedRunner(({ command }) => {
      const [program, words = ''] = command
      const key = words.replace('info-get ', '')
      asked.push(`${program ?? ''} ${words}`)
      const scripted = tool(key)
      if (scripted !== undefined) return scripted
      const value = variables[key]
      return value === undefined
        ? { exitCode: 1, stderr: 'No value found\n' }
        : { stdout: `${typeof value === 'string' ? value : Buffer.from(value).toString('latin1')}\n` }
    })
    return Object.assign(testHost({ runner }), { asked })
  }

  const inDirectory = (variables: Variables): Promise<ProgramRun> => {
    const host = testHost()
    host.fs.makeDirectory('/vars')
    for (const [key, value] of Object.entries(variables)) host.fs.writeFile(`/vars/${key}`, value)
    return runToEnd(vmwareGuestinfo, [], host, { env: { BOTTLEROCKET_GUESTINFO_DIR: '/vars' } })
  }

  const cases: [string, Variables, ProgramRun | string][] = [
    ['no variable at all', vars(undefined), none],
    ['an encoding without user data', vars(undefined, 'base64'), none],
    ['text without an encoding', vars(TOML), found],
    ['text that is called Raw', vars(TOML, 'Raw'), found],
    ...['Base64', 'base64', 'b64', 'B64', 'GzipBase64', 'gzip+base64', 'Gzip+Base64', 'gz+b64', 'Gz+B64'].flatMap(
      (name): [string, Variables, ProgramRun][] => [
        [`base64 that is called ${name}`, vars(base64(TOML), name), found],
        [`gzip in base64 that is called ${name}`, vars(base64(gzipSync(TOML)), name), found],
      ],
    ),
    ...['raw', 'RAW', 'BASE64', 'gzip', '', 'base64 ', ' base64', 'zstd+base64'].map(
      (name): [string, Variables, string] => [
        `the encoding ${JSON.stringify(name)}`,
        vars(TOML, name),
        'USERDATA_ENCODING',
      ],
    ),
    ['an encoding that is no text', vars(TOML, Uint8Array.of(0xff)), 'USERDATA_'],
    ['empty text', vars(''), 'USERDATA_NO_SETTINGS'],
    ['an empty value in base64', vars('', 'base64'), 'USERDATA_NO_SETTINGS'],
    ['gzip of nothing', vars(base64(gzipSync('')), 'gzip+base64'), 'USERDATA_NO_SETTINGS'],
    ['white space', vars(' ', 'Raw'), 'USERDATA_NO_SETTINGS'],
    ['only a comment', vars('# x'), 'USERDATA_NO_SETTINGS'],
    ['bad TOML', vars('settings = '), 'guestinfo.userdata:1:'],
    ['bad base64', vars('aGk', 'base64'), 'USERDATA_NOT_BASE64'],
    ['broken gzip', vars('H4sA', 'base64'), 'USERDATA_GZIP_BROKEN'],
    ['bytes that are no text in base64', vars('/w==', 'base64'), 'USERDATA_NOT_UTF8'],
    ['a table without a setting', vars('[settings]'), { ...found, stdout: '{"json":{},"desc":"guestinfo"}\n' }],
  ]

  it.each(cases)('%s', async (_name, variables, expected) => {
    // the script of this test's tool is text, so bytes that are none go through a directory only
    const isText = Object.values(variables).every((value) => typeof value === 'string')
    const results = [
      await inDirectory(variables),
      ...(isText ? [await runToEnd(vmwareGuestinfo, ['x'], guest(variables))] : []),
    ]
    for (const result of results) {
      if (typeof expected !== 'string') expect(result).toEqual(expected)
      else expect(result).toMatchObject({ code: 1, stdout: expect.stringContaining(expected) })
    }
  })

  it('does not take text for gzip: it is never decompressed', async () => {
    expect(await inDirectory(vars(gzipSync(TOML)))).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('USERDATA_NOT_UTF8'),
    })
  })

  it('asks for the encoding first, and not for user data that it could not read', async () => {
    const host = guest(vars(TOML, 'gzip'))
    await runToEnd(vmwareGuestinfo, [], host)
    expect(host.asked).toEqual(['/usr/bin/vmware-rpctool info-get guestinfo.userdata.encoding'])
  })

  it('takes a directory from its arguments', async () => {
    const host = testHost()
    host.fs.makeDirectory('/d')
    host.fs.writeFile('/d/guestinfo.userdata', TOML)
    expect(await runToEnd(vmwareGuestinfo, ['--guestinfo-dir', '/d'], host)).toEqual(found)
  })

  it.each<[string, Ending]>([
    ['the tool is missing', { startError: 'ENOENT' }],
    ['this is no guest', { exitCode: 1, stderr: 'Failed sending message to VMware.' }],
    ['the tool is killed', { signal: 'SIGKILL' }],
  ])('fails where %s', async (_name, ending) => {
    const { code, stdout } = await runToEnd(
      vmwareGuestinfo,
      [],
      guest({}, () => ending),
    )
    expect(code).toBe(1)
    expect(stdout).toContain('PROVIDER_GUESTINFO')
  })

  it('fails where a directory cannot be read', async () => {
    const host = testHost()
    host.fs.makeDirectory('/d/guestinfo.userdata.encoding')
    const { code, stdout } = await runToEnd(vmwareGuestinfo, ['--guestinfo-dir', '/d'], host)
    expect(code).toBe(1)
    expect(stdout).toMatch(/PROVIDER_GUESTINFO.*EISDIR/)
  })

  it('has nobody to ask under the root of another machine', async () => {
    const host = testHost()
    const elsewhere = {
      ...host,
      fs: Object.assign(Object.create(host.fs) as Host['fs'], { hostPath: (path: string) => `/r${path}` }),
    }
    expect(await runToEnd(vmwareGuestinfo, [], elsewhere)).toEqual(none)
  })
})
