/** `bottlerocket render` as a real process: contents, differences, files written, secrets hidden. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { applyPatch, parsePatch } from 'diff'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runTool, type ToolResult } from '../support/run-tool.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'render-'))
})
afterEach(() => {
  rmSync(directory, { recursive: true, force: true })
})

const file = (name: string, text: string): string => {
  writeFileSync(path.join(directory, name), text)
  return path.join(directory, name)
}

const ECS = '[settings]\nmotd = "one\\ntwo"\n[settings.ecs]\ncluster = "c1"\n'

function render(variant: string, userData: string, ...args: string[]): Promise<ToolResult> {
  return runTool('bottlerocket', ['render', '--variant', variant, '--user-data', file('u.toml', userData), ...args])
}

describe('contents', () => {
  it('are printed below path and mode', async () => {
    const { code, stdout, stderr } = await render(
      'aws-ecs-2',
      ECS,
      '--print',
      '--only',
      'motd',
      '--only',
      '/etc/ne*.toml',
    )
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: '==> /etc/motd (0644)\none\ntwo\n\n==> /etc/netdog.toml (0644)\n',
      stderr: '',
    })
  })

  it('tell of files that could not be rendered', async () => {
    const { stdout, stderr } = await render(
      'metal-dev',
      '[settings.pki.a]\ntrusted = true\n',
      '--print',
      '--only',
      'cert*',
    )
    expect(stdout).toBe('')
    expect(stderr).toContain('/etc/certdog.toml')
    expect(stderr).toContain('TEMPLATE_VALUE_MISSING')
  })
})

describe('differences', () => {
  it('from the defaults are a patch', async () => {
    const { code, stdout } = await render('aws-ecs-2', ECS, '--diff')
    expect(code).toBe(0)
    expect(stdout.match(/^\+\+\+ .*$/gm)).toEqual([
      '+++ b/etc/motd',
      '+++ b/etc/systemd/system/ecs.service.d/10-base.conf',
    ])
    const defaults = path.join(directory, 'defaults')
    await render('aws-ecs-2', '[settings.ecs]\n', '--out', defaults)
    for (const patch of parsePatch(stdout)) {
      const full = path.join(defaults, patch.newFileName.slice(2))
      const patched = applyPatch(readFileSync(full, 'utf8'), patch)
      if (patched === false) throw new Error(`${full} cannot be patched`)
      writeFileSync(full, patched)
    }
    expect(readFileSync(path.join(defaults, 'etc/motd'), 'utf8')).toBe('one\ntwo\n')
    const { stdout: rest } = await render('aws-ecs-2', ECS, '--diff-against', defaults)
    expect(rest).toBe('no differences\n')
  })

  it('of changes are those between one and the next', async () => {
    const change = file('c.json', '{"settings":{"motd":"three"}}')
    const { stdout } = await render('aws-ecs-2', ECS, '--diff', '--only', 'motd', '--change', change)
    expect(stdout.slice(stdout.indexOf('\nChange 1'))).toBe(
      '\nChange 1: settings.motd\n--- a/etc/motd\n+++ b/etc/motd\n@@ -1,2 +1,1 @@\n-one\n-two\n+three\n',
    )
  })

  it('name files that only one side has', async () => {
    const old = path.join(directory, 'old')
    mkdirSync(old)
    const { stdout } = await render('aws-ecs-2', ECS, '--diff-against', old, '--only', 'motd')
    expect(stdout).toBe('--- /dev/null\n+++ b/etc/motd\n@@ -0,0 +1,2 @@\n+one\n+two\n')
  })
})

describe('files written', () => {
  it('have their modes, and the last content', async () => {
    const out = path.join(directory, 'out')
    const change = file('c.json', '{"settings":{"motd":"three"}}')
    const userData = '[settings.aws]\ncredentials = "W2RlZmF1bHRd"\n'
    const { code, stderr } = await render('aws-k8s-1.30', userData, '--out', out, '--change', change)
    expect({ code, stderr }).toEqual({ code: 0, stderr: `files are written to ${out}\n` })
    expect(readFileSync(path.join(out, 'etc/motd'), 'utf8')).toBe('three\n')
    expect(readFileSync(path.join(out, 'root/.aws/credentials'), 'utf8')).toBe('[default]')
    expect(statSync(path.join(out, 'etc/motd')).mode & 0o777).toBe(0o644)
    expect(statSync(path.join(out, 'etc/kubernetes/kubelet/kubeconfig')).mode & 0o777).toBe(0o600)
  })

  it('are none when the settings are rejected, and a place that cannot be written is named', async () => {
    const out = path.join(directory, 'out')
    expect((await render('aws-ecs-2', '[settings]\nmotd = 5\n', '--out', out)).code).toBe(1)
    expect(() => statSync(out)).toThrow('ENOENT')
    const { code, stderr } = await render('aws-ecs-2', ECS, '--out', file('taken', ''))
    expect(code).toBe(1)
    expect(stderr).toContain('HOST_FILE_UNWRITABLE')
  })
})

describe('bad usage', () => {
  it.each([
    [['--print', '--diff'], 'either contents or differences'],
    [['--format', 'json', '--diff'], 'JSON report'],
    [['--only', 'nothing-like-this'], 'matches no file'],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await render('aws-ecs-2', ECS, ...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(message)
  })
})

describe('secrets', () => {
  const KEY = '-----BEGIN PRIVATE KEY-----\nS3cretKeyBody\n-----END PRIVATE KEY-----\n'
  const encoded = (text: string): string => Buffer.from(text).toString('base64')
  const PARTS = [
    'pa55word',
    encoded('user:t0ken'),
    'tok3n-of-identity',
    'abcdef.0123456789abcdef',
    'S3cretKeyBody',
    encoded(KEY),
  ]
  const USER_DATA = `[settings.kubernetes]
bootstrap-token = "${PARTS[3] ?? ''}"
server-key = "${encoded(KEY)}"
server-certificate = "${encoded('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n')}"
[settings.aws]
credentials = "${encoded('[default]\naws_secret_access_key = awsS3cret\n')}"
[settings.host-containers.admin]
user-data = "${encoded('{"ssh":"hidd3n"}')}"
[[settings.container-registry.credentials]]
registry = "r.example"
username = "u"
password = "pa55word"
auth = "${PARTS[1] ?? ''}"
identitytoken = "${PARTS[2] ?? ''}"
`
  const ALL = [...PARTS, 'awsS3cret', 'hidd3n', encoded('{"ssh":"hidd3n"}')]
  const seen = (text: string): string[] => ALL.filter((secret) => text.includes(secret))

  it('are hidden in contents and differences', async () => {
    const old = path.join(directory, 'old')
    await render('aws-k8s-1.30', USER_DATA, '--out', old)
    expect(readFileSync(path.join(old, 'etc/containerd/config.toml'), 'utf8')).toContain('pa55word')
    const other = USER_DATA.replaceAll('pa55word', 'an0ther').replace('username = "u"', 'username = "v"')
    const change = file('c.toml', '[settings.kubernetes]\nbootstrap-token = "abcdef.fedcba9876543210"\n')
    for (const [userData, ...args] of [
      [USER_DATA, '--print'],
      [USER_DATA, '--diff'],
      [other, '--diff-against', old, '--change', change],
    ] as const) {
      const { code, stdout, stderr } = await render('aws-k8s-1.30', userData, ...args)
      expect(code).toBe(0)
      expect(stdout).toContain('(secret)')
      expect(seen(stdout + stderr)).toEqual([])
      expect(stdout + stderr).not.toMatch(/an0ther|fedcba98/)
    }
  }, 60_000)

  it('are shown when they are asked for', async () => {
    const { stdout } = await render('aws-k8s-1.30', USER_DATA, '--print', '--show-secrets')
    expect(seen(stdout)).toEqual(expect.arrayContaining(['pa55word', 'awsS3cret', 'S3cretKeyBody']))
  })

  it('in lines of a faulty document are hidden as well', async () => {
    const { code, stderr } = await render(
      'aws-ecs-2',
      '[[settings.container-registry.credentials]]\npassword = "pa55word"\nregistry = 5\n',
    )
    expect(code).toBe(1)
    expect(stderr).not.toContain('pa55word')
  })

  it('that alone differ make a difference without lines', async () => {
    const change = file('c.toml', '[settings.aws]\ncredentials = "W290aGVyXQ=="\n')
    const userData = '[settings.aws]\ncredentials = "W2RlZmF1bHRd"\n'
    const { stdout } = await render('aws-k8s-1.30', userData, '--diff', '--change', change, '--only', 'credentials')
    expect(stdout.slice(stdout.indexOf('\nChange 1'))).toBe(
      '\nChange 1: settings.aws.credentials\n/root/.aws/credentials: only secret values differ\n',
    )
  })
})
