import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bottlerocket } from '../../../src/cli/program.ts'
import { RootedFs } from '../../../src/host/rooted-fs.ts'
import { parseJson } from '../../../src/lib/json-parse.ts'
import { member, printJson } from '../../../src/lib/json.ts'
import { parseUserToml } from '../../../src/toml/user-toml.ts'
import { runToEnd, testHost, type ProgramRun } from '../../support/test-host.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'init-'))
})

afterEach(() => {
  rmSync(directory, { recursive: true })
})

const init = (...argv: string[]): Promise<ProgramRun> =>
  runToEnd(bottlerocket, ['init', ...argv], testHost({ fs: new RootedFs('/') }), { cwd: directory })

function settingOf(text: string, ...steps: string[]): string | undefined {
  const parsed = parseUserToml(text, 'start.toml')
  if (!parsed.ok) throw new Error(parsed.diagnostics.map(({ message }) => message).join('; '))
  const value = ['settings', ...steps].reduce<ReturnType<typeof member>>(member, parsed.tree)
  return value === undefined ? undefined : printJson(value)
}

describe('bottlerocket init', () => {
  it('names the variant first, then the schema, then an empty line', async () => {
    const { code, stdout } = await init('--variant', 'aws-k8s-1.30', '--schema', './k.schema.json')
    expect(code).toBe(0)
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      '# bottlerocket: variant=aws-k8s-1.30',
      '#:schema ./k.schema.json',
      '',
    ])
    expect(stdout.split('\n').filter((line) => line.startsWith('# ') && line.length > 100)).toEqual([])
  })

  it('shows defaults as they are, and examples for the rest', async () => {
    const { stdout } = await init('--variant', 'aws-ecs-2')
    expect(stdout).toContain('\n# Whether the container runs. Default:\n#enabled = false\n')
    expect(stdout).toContain('\n[settings.host-containers.control]\n#enabled = true\n')
    expect(stdout).toContain('\n#example.mode = "once"\n')
    expect(stdout).toContain('One of: debug, info, warn, error, crit.')
    expect(stdout).toMatch(/\n# \d+ more settings: bottlerocket init --variant aws-ecs-2 --all\n$/)
  })

  it('writes settings that are given, each of the type that the model has for it', async () => {
    const { code, stdout } = await init(
      ...['--variant', 'aws-k8s-1.30'],
      ...['--set', 'kubernetes.cluster-name=123', '--set', 'kubernetes.max-pods=42'],
      ...['--set', 'kubernetes.node-labels."a.example/b"=x', '--set', 'settings.ntp.time-servers=["10.0.0.1"]'],
      ...['--set', 'host-containers.mine.enabled=true', '--set', 'boot.kernel-parameters={"quiet":[]}'],
    )
    expect(code).toBe(0)
    expect(settingOf(stdout, 'kubernetes', 'cluster-name')).toBe('"123"')
    expect(settingOf(stdout, 'kubernetes', 'max-pods')).toBe('42')
    expect(settingOf(stdout, 'kubernetes', 'node-labels', 'a.example/b')).toBe('"x"')
    expect(settingOf(stdout, 'ntp', 'time-servers')).toBe('["10.0.0.1"]')
    expect(settingOf(stdout, 'host-containers', 'mine')).toBe('{"enabled":true}')
    expect(settingOf(stdout, 'boot', 'kernel-parameters')).toBe('{"quiet":[]}')
    expect(stdout).toContain('\n[settings.host-containers.admin]\n')
  })

  it('wants nothing for a kubelet by itself', async () => {
    const { stdout } = await init('--variant', 'metal-k8s-1.29', '--set', 'kubernetes.standalone-mode=true')
    expect(stdout).not.toMatch(/^api-server/m)
    expect(settingOf(stdout, 'kubernetes')).toContain('"standalone-mode":true')
  })

  it('says what is wrong with a given setting, and where', async () => {
    const { code, stdout, stderr } = await init(
      ...['--variant', 'aws-k8s-1.30', '--set', 'kubernetes.max-pods=many', '--set', 'kubernetes.cluster-nam=x'],
      ...['--set', 'ntp.time-servers=10.0.0.1'],
    )
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(
      'pair 1:1:21: error[SETTINGS_WRONG_TYPE] settings.kubernetes.max-pods: expected an integer',
    )
    expect(stderr).toContain('hint: did you mean cluster-name?')
    expect(stderr).toContain('settings.ntp.time-servers: expected a list')
  })

  it('overwrites no file without --force', async () => {
    const file = path.join(directory, 'node.toml')
    writeFileSync(file, 'mine')
    const refused = await init('--variant', 'aws-k8s-1.30', '--out', 'node.toml')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('error[HOST_FILE_EXISTS] node.toml is there already')
    expect(readFileSync(file, 'utf8')).toBe('mine')
    const { code, stdout, stderr } = await init('--variant', 'aws-k8s-1.30', '--out', 'node.toml', '--force')
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(stderr).toBe(
      'node.toml is written; replace the values of settings.kubernetes.cluster-name, settings.kubernetes.api-server, settings.kubernetes.cluster-certificate\n',
    )
    expect(readFileSync(file, 'utf8')).toMatch(/^# bottlerocket: variant=aws-k8s-1.30\n/)
  })

  it('says why a file cannot be written', async () => {
    const { code, stderr } = await init('--variant', 'aws-ecs-2', '--out', 'missing/node.toml')
    expect(code).toBe(1)
    expect(stderr).toContain('error[HOST_FILE_UNWRITABLE] cannot write missing/node.toml: ENOENT')
  })

  it('writes a secret to a file of its owner alone, and prints it only where that is wanted', async () => {
    const secret = ['--variant', 'metal-k8s-1.29', '--set', 'kubernetes.bootstrap-token=abcdef.0123456789abcdef']
    const refused = await init(...secret)
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('settings.kubernetes.bootstrap-token: a secret goes to a file (--out)')
    expect(refused.stdout + refused.stderr).not.toContain('0123456789')
    expect((await init(...secret, '--show-secrets')).stdout).toContain('bootstrap-token = "abcdef.0123456789abcdef"')
    expect((await init(...secret, '--out', 'node.toml')).code).toBe(0)
    expect(statSync(path.join(directory, 'node.toml')).mode & 0o777).toBe(0o600)
  })

  it('reports the text and what is to be replaced in it', async () => {
    const { stdout } = await init('--variant', 'aws-k8s-1.30', '--format', 'json', '--set', 'kubernetes.cluster-name=c')
    const report = parseJson(stdout)
    expect(member(report, 'placeholders')).toEqual([
      'settings.kubernetes.api-server',
      'settings.kubernetes.cluster-certificate',
    ])
    expect(settingOf(member(report, 'text') as string, 'kubernetes', 'cluster-name')).toBe('"c"')
    expect((await init('--variant', 'aws-k8s-1.30', '--format', 'json', '--out', 'x')).code).toBe(2)
  })

  it('wants a variant', async () => {
    expect((await init()).stderr).toContain('missing --variant')
    expect((await init('--variant', 'aws-k8s-9.99')).stderr).toContain('error[VARIANT_UNKNOWN]')
  })
})
