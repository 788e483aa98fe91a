import { describe, expect, it } from 'vitest'
import { bottlerocket } from '../../../src/cli/program.ts'
import { MemoryFs } from '../../../src/host/memory-fs.ts'
import { runToEnd, testHost, type ProgramRun } from '../../support/test-host.ts'

const MARK = '# bottlerocket: variant=aws-ecs-2\n'
const OLD = `${MARK}[settings]\nmotd = "old"\n[settings.kernel.sysctl]\n"vm.max_map_count" = "1"\n`
const NEW = `${MARK}[settings]\nmotd = "new"\n[settings.ecs]\ncluster = "a"\n`
const credentials = (password: string): string =>
  `${MARK}[[settings.container-registry.credentials]]\nregistry = "r.example"\nusername = "u"\npassword = "${password}"\n`
const nodeClass = (maxPods: string): string =>
  `kind: EC2NodeClass\nspec:\n  amiFamily: Bottlerocket\n  userData: |\n    [settings.kubernetes]\n    max-pods = ${maxPods}\n`

const FILES: Readonly<Record<string, string>> = {
  'old.toml': OLD,
  'new.toml': NEW,
  'later.toml': '[settings]\nmotd = "later"\n',
  'bad.toml': `${MARK}[settings]\nmotd = 5\n[settings.ecz]\n`,
  'typo.toml': '[settings]\nmotd = "x\n',
  'one.toml': credentials('hunter2'),
  'two.toml': credentials('hunter3'),
  'boot.toml': `${MARK}[settings.boot]\nreboot-to-reconcile = true\nkernel-parameters.quiet = []\n[settings.kernel]\nlockdown = "none"\n`,
  'signal.toml': `${MARK}[settings.cloudformation]\nshould-signal = true\nstack-name = "s"\nlogical-resource-id = "r"\n`,
  'pki.toml': `${MARK}[settings.pki.broken]\ntrusted = true\n`,
  'k8s.toml': '# bottlerocket: variant=aws-k8s-1.30\n[settings.kubernetes]\nmax-pods = 5\n',
  'k8s-31.toml': '# bottlerocket: variant=aws-k8s-1.31\n[settings.kubernetes]\nmax-pods = 5\n',
  'class.yaml': nodeClass('5'),
  'classes.yaml': `${nodeClass('6')}---\n${nodeClass('7')}`,
  'stack.yaml': 'UserData: !Sub |\n  [settings.kubernetes]\n  max-pods = ${Pods}\n',
  'al2023.yaml': 'kind: EC2NodeClass\nspec: { amiFamily: AL2023, userData: "#!/bin/sh" }\n',
  'empty.toml': `${MARK}[settings]\n`,
  'nothing.toml': '',
  'long.toml': `${MARK}[settings]\nmotd = "${'x'.repeat(200)}a"\n`,
  'longer.toml': `${MARK}[settings]\nmotd = "${'x'.repeat(200)}b"\n`,
  'net.toml': 'version = 3\n[eth0]\ndhcp4 = true\n',
  'dns.toml': `${MARK}[settings.dns]\nname-servers = ["10.0.0.2"]\n`,
}

function plan(words: string, stdin?: string): Promise<ProgramRun> {
  const fs = new MemoryFs()
  fs.makeDirectory('/w')
  for (const [file, content] of Object.entries(FILES)) fs.writeFile(`/w/${file}`, content)
  const io = { cwd: '/w', ...(stdin === undefined ? {} : { stdin }) }
  return runToEnd(bottlerocket, ['plan', ...words.split(' ')], testHost({ fs }), io)
}

describe('text', () => {
  it('has settings, files, and what a host that runs does, in this order', async () => {
    const { code, stdout, stderr } = await plan('--from old.toml --to new.toml')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout.slice(0, stdout.indexOf('--- a/etc/motd'))).toBe(
      [
        'aws-ecs-2: a node with new.toml instead of old.toml',
        '',
        'Settings',
        '  + settings.ecs.cluster                       "a"',
        '  - settings.kernel.sysctl."vm.max_map_count"  "1"',
        '  ~ settings.motd                              "old" -> "new"',
        '',
        'Files',
        '--- a/etc/corndog.toml',
        '+++ b/etc/corndog.toml',
        '@@ -1,4 +1,1 @@',
        ' lockdown = "integrity"',
        '-',
        '-[sysctl]',
        '-"vm.max_map_count" = "1"',
        '',
      ].join('\n'),
    )
    expect(stdout).toContain('--- a/etc/motd\n+++ b/etc/motd\n@@ -1,1 +1,1 @@\n-old\n+new\n')
    expect(stdout.slice(stdout.indexOf('On a node that runs'))).toBe(
      [
        'On a node that runs, with apiclient apply new.toml instead',
        '  systemctl daemon-reload',
        '  /bin/systemctl try-reload-or-restart ecs.service  ecs',
        '  no reboot is needed',
        '  stays as it is, since the API cannot unset settings: set it to what it shall be, or replace the node',
        '    settings.kernel.sysctl."vm.max_map_count" = "1" (a new node: not set)',
        '',
        '3 settings, 3 files, 2 commands, no reboot',
        '',
      ].join('\n'),
    )
  })

  it('of a change has what applying it does', async () => {
    const { stdout } = await plan('--from old.toml --to new.toml --as apply --summary')
    expect(stdout).toMatch(/^aws-ecs-2: new\.toml applied to a node with old\.toml\n/)
    expect(stdout).not.toContain('- settings')
    expect(stdout).toMatch(/^ {2}~ \/etc\/motd +\+1 -1 +motd$/m)
    expect(stdout).toContain('\nCommands, in their order\n  systemctl daemon-reload\n')
    expect(stdout).toContain('    settings.kernel.sysctl."vm.max_map_count" = "1"\n')
  })

  it('goes on from changes since the boot', async () => {
    const { stdout } = await plan('--from old.toml --from later.toml --to new.toml --only motd')
    expect(stdout).toMatch(/instead of old\.toml \+ later\.toml\n/)
    expect(stdout).toContain('"later" -> "new"')
    expect(stdout).toContain('-later\n+new\n')
  })

  it('tells commands apart that only repeat what is set', async () => {
    const { stdout } = await plan('--from new.toml --to new.toml --as apply')
    expect(stdout).toContain('also, as new.toml gives settings again that stay as they are:\n')
    expect((await plan('--from new.toml --to new.toml')).stdout).toBe('no differences\n')
  })

  it('names reboots and what only a new node sees', async () => {
    const boot = (await plan('--from empty.toml --to boot.toml')).stdout
    expect(boot).toContain('  needs a reboot for settings.boot.kernel.quiet, settings.boot.reboot-to-reconcile\n')
    expect(boot).toContain('\nNotes\n  settings.kernel.lockdown: A stricter mode is entered at once')
    expect(boot).toContain('  a new node boots twice: settings.boot.reboot-to-reconcile')
    expect(boot).toMatch(/commands?, reboot\n$/)
    const signal = (await plan('--from empty.toml --to signal.toml --as apply')).stdout
    expect(signal).toContain('  takes a new node for settings.cloudformation.logical-resource-id, ')
  })

  it('hides secrets, and says if nothing else differs', async () => {
    const { stdout } = await plan('--from one.toml --to two.toml')
    expect(stdout).toContain('"password":"(secret)"')
    expect(stdout).toContain('(only secret values differ)\n')
    expect(stdout).toContain('/etc/host-containers/host-ctr.toml: only secret values differ\n')
    expect(stdout).not.toContain('hunter')
    const shown = (await plan('--from one.toml --to two.toml --show-secrets')).stdout
    expect(shown).toMatch(/^-.*hunter2.*\n\+.*hunter3/m)
  })

  it('shows long values from where they differ', async () => {
    const { stdout } = await plan('--from long.toml --to longer.toml --summary')
    expect(stdout).toMatch(/~ settings\.motd {2}…x{20}a" -> …x{20}b"\n/)
  })

  it('names files that cannot be rendered any more, and says nothing of it beside', async () => {
    const { stdout, stderr } = await plan('--from empty.toml --to pki.toml')
    expect(stdout).toContain('\nCannot be rendered\n  /etc/certdog.toml: TEMPLATE_VALUE_MISSING: ')
    expect(stdout).toContain('  the settings would be in force, but no file written and nothing run')
    expect(stderr).not.toContain('thar-be-settings')
  })

  it('has the files of the network', async () => {
    const { stdout } = await plan('--from empty.toml --to dns.toml --net net.toml --summary')
    expect(stdout).toMatch(/^ {2}. \/etc\/systemd\/network\/\S+dns\S*/m)
  })
})

describe('documents', () => {
  it('may be for two variants', async () => {
    const { stdout } = await plan('--from k8s.toml --to k8s-31.toml --summary')
    expect(stdout).toMatch(/^aws-k8s-1\.30 -> aws-k8s-1\.31: /)
    expect(stdout).toContain('aws-k8s-1.30 and aws-k8s-1.31 are different images')
    expect(stdout).not.toContain('On a node that runs')
    const apply = await plan('--from k8s.toml --to k8s-31.toml --as apply')
    expect(apply.code).toBe(1)
    expect(apply.stderr).toContain('PLAN_OTHER_VARIANT')
  })

  it('may stand in other files', async () => {
    const typed = '--variant *.yaml=aws-k8s-1.30'
    const { code, stdout } = await plan(`--from class.yaml --to classes.yaml#2/spec/userData ${typed}`)
    expect(code).toBe(0)
    expect(stdout).toContain('~ settings.kubernetes.max-pods  5 -> 7\n')
    const several = await plan(`--from class.yaml --to classes.yaml ${typed}`)
    expect(several.code).toBe(1)
    expect(several.stderr).toContain('USERDATA_SEVERAL')
    expect(several.stderr).toContain('name classes.yaml#1/spec/userData, classes.yaml#2/spec/userData')
    const none = await plan(`--from class.yaml --to classes.yaml#3/spec/userData ${typed}`)
    expect([none.code, none.stderr.includes('USERDATA_NOT_FOUND')]).toEqual([1, true])
    expect((await plan(`--from class.yaml --to al2023.yaml ${typed}`)).stderr).toContain('USERDATA_NOT_FOUND')
    const unknown = await plan(`--from class.yaml --to stack.yaml ${typed}`)
    expect([unknown.code, unknown.stderr.includes('USERDATA_TEMPLATE_TEXT')]).toEqual([1, true])
  })

  it('may come over standard input', async () => {
    expect((await plan('--from old.toml --to -', NEW)).stdout).toContain('with <stdin> instead of old.toml')
  })

  it('that are refused have all their findings told, and nothing is planned', async () => {
    const { code, stdout, stderr } = await plan('--from bad.toml --to typo.toml --variant aws-ecs-2')
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('bad.toml:3:8: error[SETTINGS_WRONG_TYPE]')
    expect(stderr).toContain('bad.toml:4:11: error[SETTINGS_UNKNOWN_GROUP]')
    expect(stderr).toContain('typo.toml:2:10: error[USERDATA_TOML_SYNTAX]')
  })
})

interface Report {
  readonly schemaVersion: number
  readonly accepted: boolean
  readonly differs: boolean
  readonly settings: readonly object[]
  readonly files: readonly { readonly path: string; readonly diff: string }[]
  readonly live?: { readonly commands: readonly object[]; readonly kept: readonly object[] }
  readonly diagnostics: readonly object[]
}

describe('the report', () => {
  it('has all of it', async () => {
    const { stdout } = await plan('--from old.toml --to new.toml --format json')
    const report = JSON.parse(stdout) as Report
    expect(report).toMatchObject({
      schemaVersion: 1,
      as: 'replace',
      from: { name: 'old.toml', variant: 'aws-ecs-2', release: '1.24.1' },
      to: { name: 'new.toml', variant: 'aws-ecs-2', release: '1.24.1' },
      accepted: true,
      differs: true,
      notRendered: [],
      bootsTwice: false,
      diagnostics: [],
    })
    expect(report.settings[2]).toEqual({
      key: 'settings.motd',
      change: 'changed',
      before: 'old',
      after: 'new',
      hidden: false,
      effect: { when: 'at-once' },
    })
    expect(report.files.find(({ path }) => path === '/etc/motd')).toEqual({
      path: '/etc/motd',
      change: 'changed',
      services: ['motd'],
      added: 1,
      removed: 1,
      diff: '--- a/etc/motd\n+++ b/etc/motd\n@@ -1,1 +1,1 @@\n-old\n+new\n',
    })
    expect(report.live).toMatchObject({
      reboot: { needed: false, settings: [] },
      newNodesOnly: [],
      kept: [{ key: 'settings.kernel.sysctl."vm.max_map_count"', value: '1' }],
      notRendered: [],
    })
    expect(report.live?.commands[0]).toEqual({ command: 'systemctl daemon-reload', services: [], needed: true })
  })

  it('holds no secret', async () => {
    const { stdout } = await plan('--from one.toml --to two.toml --format json')
    expect(stdout).not.toContain('hunter')
    expect(JSON.parse(stdout)).toMatchObject({ differs: true, settings: [{ hidden: true }] })
  })

  it('has the findings of documents that are refused', async () => {
    const { code, stdout } = await plan('--from old.toml --to bad.toml --format json')
    expect(code).toBe(1)
    const report = JSON.parse(stdout) as Report
    expect(report).toMatchObject({ accepted: false, differs: false, settings: [], files: [] })
    expect(report.diagnostics).toHaveLength(2)
  })
})

describe('exit status', () => {
  it.each([
    ['--from old.toml --to new.toml', 0],
    ['--from old.toml --to new.toml --exit-code', 3],
    ['--from old.toml --to new.toml --exit-code --format json', 3],
    ['--from one.toml --to two.toml --exit-code', 3],
    // what is narrowed is the output, not the question
    ['--from old.toml --to new.toml --exit-code --only nothing', 3],
    ['--from old.toml --to old.toml --exit-code', 0],
    ['--from nothing.toml --to nothing.toml --exit-code --variant aws-dev', 0],
    // the services restart, though nothing differs
    ['--from new.toml --to new.toml --as apply --exit-code', 3],
    ['--from old.toml --to bad.toml --exit-code', 1],
    ['--from old.toml --to missing.toml', 1],
    ['--from old.toml --to k8s.toml', 0],
    ['--from later.toml --to new.toml', 2],
    ['--to new.toml', 2],
    ['--from old.toml', 2],
    ['--from old.toml --to new.toml --as if', 2],
    ['--root /w --from old.toml --to new.toml', 2],
    ['--root /w --net net.toml --to new.toml', 2],
    ['--socket /w/api.sock --as replace --to new.toml', 2],
    ['--root /w --to new.toml', 1],
  ])('of %s is %i', async (words, code) => {
    expect((await plan(words)).code).toBe(code)
  })
})
