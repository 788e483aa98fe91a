/** `install` and `uninstall` over real directories. The programs are one executable here; bundles are laid end to end. */
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { bundleEntries } from '../../../src/cli/install/programs.ts'
import { bottlerocket } from '../../../src/cli/program.ts'
import { RootedFs } from '../../../src/host/rooted-fs.ts'
import { temporaryDirectory } from '../../support/run-tool.ts'
import { runToEnd, testHost, type ProgramRun } from '../../support/test-host.ts'

const directory = temporaryDirectory()
afterAll(() => {
  directory.remove()
})
const executable = path.join(directory.path, 'bottlerocket')
fs.writeFileSync(executable, 'the executable')
let serial = 0

/** A root with some files: executables below `bin` and `sbin`, text elsewhere. */
function makeRoot(files: readonly string[] = []): string {
  const root = path.join(directory.path, `root-${String(serial++)}`)
  fs.mkdirSync(root)
  for (const file of files) {
    const full = path.join(root, file)
    fs.mkdirSync(path.dirname(full), { recursive: true })
    fs.writeFileSync(full, `others' ${file}\n`, { mode: /bin\//.test(file) ? 0o755 : 0o644 })
  }
  return root
}

/** What a distribution has. */
const DISTRIBUTION = [
  '/etc/machine-id',
  '/usr/lib/os-release',
  '/usr/lib/systemd/system/default.target',
  '/usr/lib/systemd/system/multi-user.target',
  '/usr/bin/systemctl',
  '/usr/bin/touch',
  '/usr/bin/echo',
  '/usr/bin/containerd',
]

const run = (command: string, root: string, ...words: string[]): Promise<ProgramRun> =>
  runToEnd(bottlerocket, [command, '--root', root, ...words], testHost({ fs: new RootedFs('/') }))
const install = (root: string, ...words: string[]): Promise<ProgramRun> =>
  run('install', root, '--variant', 'aws-k8s-1.30', '--executable', executable, ...words)

interface Report {
  readonly changes: readonly { readonly action: string; readonly path: string; readonly target?: string }[]
  readonly unchanged: number
  readonly generalHost: boolean
  readonly enabledBy: string
  readonly forced: readonly string[]
  readonly notEnabled: readonly { readonly unit: string; readonly missing: readonly string[] }[]
  readonly sizes: readonly { readonly kind: string; readonly files: number; readonly bytes: number }[]
  readonly diagnostics: readonly { readonly code: string; readonly message: string }[]
  readonly directories: readonly string[]
}
async function report(ran: Promise<ProgramRun>): Promise<Report> {
  const { code, stdout, stderr } = await ran
  expect(stderr).toBe('')
  expect(code).toBe(0)
  return JSON.parse(stdout) as Report
}
const installed = (root: string, ...words: string[]): Promise<Report> =>
  report(install(root, '--format', 'json', ...words))
const uninstalled = (root: string, ...words: string[]): Promise<Report> =>
  report(run('uninstall', root, '--format', 'json', ...words))

/** Every file and link below a root: path to mode and content, or to the link's text. */
function contentOf(root: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const entry of fs.readdirSync(root, { recursive: true, withFileTypes: true })) {
    const full = path.join(entry.parentPath, entry.name)
    const name = full.slice(root.length)
    if (entry.isSymbolicLink()) found.set(name, `-> ${fs.readlinkSync(full)}`)
    else if (entry.isDirectory()) found.set(`${name}/`, '')
    else found.set(name, `${(fs.statSync(full).mode & 0o7777).toString(8)} ${fs.readFileSync(full, 'utf8')}`)
  }
  return found
}
const read = (root: string, file: string): string => fs.readFileSync(path.join(root, file), 'utf8')
const UNITS = '/usr/local/lib/systemd/system'
const PRESET = '/usr/local/lib/systemd/system-preset/10-bottlerocket-pipeline.preset'

describe('install', () => {
  it('lays programs, data, templates and units, and says so', async () => {
    const root = makeRoot()
    const { changes, generalHost, enabledBy } = await installed(root)
    expect(generalHost).toBe(false)
    expect(enabledBy).toBe('presets')
    const laid = new Set(changes.map((change) => change.path))
    const there = contentOf(root)
    for (const name of laid) expect(there.has(name), name).toBe(true)
    const files = [...there.keys()].filter((name) => !name.endsWith('/'))
    expect(files.filter((name) => !laid.has(name))).toEqual(['/usr/lib/bottlerocket-pipeline/installed.json'])
    expect(there.get('/usr/bin/storewolf')).toBe('-> ../lib/bottlerocket-pipeline/bottlerocket')
    expect(there.get('/usr/lib/bottlerocket-pipeline/bottlerocket')).toBe('755 the executable')
    expect(there.get('/usr/lib/systemd/system/default.target')).toBe('-> preconfigured.target')
    expect(read(root, '/usr/share/bottlerocket/os-release')).toMatch(/^VARIANT_ID=aws-k8s-1\.30$/m)
    expect(read(root, '/usr/lib/tmpfiles.d/bottlerocket-pipeline.conf')).toMatch(
      /^L\+ \/etc\/storewolf\/defaults\.toml - - - - \/usr\/share\/storewolf\/aws-k8s-1\.30\.toml$/m,
    )
    expect(read(root, '/usr/share/storewolf/aws-k8s-1.30.toml')).toMatch(/^\[settings/m)
  })

  it('changes nothing the second time', async () => {
    const root = makeRoot(DISTRIBUTION)
    const first = await installed(root)
    const before = contentOf(root)
    const second = await installed(root)
    expect(second.changes).toEqual([])
    expect(second.unchanged).toBe(first.changes.length)
    expect(contentOf(root)).toEqual(before)
    expect((await install(root)).stdout).toMatch(/^ {2}nothing to change, \d+ as they were$/m)
  })

  it('has modes of its own, whatever the umask', async () => {
    const root = makeRoot()
    const old = process.umask(0o077)
    try {
      await installed(root)
    } finally {
      process.umask(old)
    }
    expect(fs.statSync(path.join(root, '/usr/lib/systemd/system')).mode & 0o7777).toBe(0o755)
    expect(fs.statSync(path.join(root, '/usr/share/templates/motd')).mode & 0o7777).toBe(0o644)
  })

  it('only says what it would do with --dry-run', async () => {
    const root = makeRoot(DISTRIBUTION)
    const before = contentOf(root)
    const { changes } = await installed(root, '--dry-run')
    expect(changes.length).toBeGreaterThan(100)
    expect(contentOf(root)).toEqual(before)
    expect((await install(root, '--dry-run')).stdout).toMatch(/^ {2}\d+ files and links would change/m)
  })

  it('leaves nothing of one variant for another', async () => {
    const root = makeRoot()
    await installed(root)
    const words = ['--variant', 'aws-ecs-2', '--executable', executable, '--format', 'json']
    const { changes } = await report(run('install', root, ...words))
    expect(changes).toContainEqual({ action: 'removed', path: '/usr/share/templates/kubelet-config' })
    const fresh = makeRoot()
    await report(run('install', fresh, ...words))
    const ledger = '/usr/lib/bottlerocket-pipeline/installed.json'
    const [other, same] = [contentOf(root), contentOf(fresh)].map((found) =>
      [...found].filter(([name]) => name !== ledger),
    )
    expect(other).toEqual(same)
  })

  it('tells systemd that /usr was updated', async () => {
    const root = makeRoot(DISTRIBUTION)
    fs.utimesSync(path.join(root, 'usr'), 0, 0)
    await installed(root)
    const { mtimeMs } = fs.statSync(path.join(root, 'usr'))
    expect(mtimeMs).toBeGreaterThan(0)
    await installed(root)
    expect(fs.statSync(path.join(root, 'usr')).mtimeMs).toBe(mtimeMs)
  })
})

describe('on a general host', () => {
  it("leaves the distribution's files alone", async () => {
    const root = makeRoot(DISTRIBUTION)
    const before = contentOf(root)
    const { generalHost, enabledBy } = await installed(root)
    expect([generalHost, enabledBy]).toEqual([true, 'links'])
    const after = contentOf(root)
    for (const [name, content] of before) expect(after.get(name), name).toBe(content)
    expect(after.get(`${UNITS}/default.target`)).toBe('-> preconfigured.target')
    expect(after.get('/etc/systemd/system/preconfigured.target.requires/storewolf.service')).toBe(
      `-> ${UNITS}/storewolf.service`,
    )
    expect(after.get('/etc/systemd/system/storewolf.service.requires/migrator.service')).toBe(
      `-> ${UNITS}/migrator.service`,
    )
    const generator = after.get('/usr/local/lib/systemd/system-generators/bottlerocket-first-target')
    expect(generator).toMatch(/^755 #!\/bin\/sh\n/)
    expect(generator).toContain(`${UNITS}/preconfigured.target`)
  })

  it('does not enable units whose programs are not there, and lists them', async () => {
    const root = makeRoot(DISTRIBUTION)
    const { notEnabled, changes } = await installed(root)
    const missing = new Map(notEnabled.map((each) => [each.unit, each.missing]))
    expect(missing.get('chronyd.service')).toEqual(['/usr/sbin/chronyd'])
    expect(missing.get('kubelet.service')).toContain('/usr/bin/kubelet')
    expect(missing.get('metricdog.timer')).toEqual(['/usr/bin/metricdog'])
    // with its drop-in it needs no signpost
    expect(missing.has('mark-successful-boot.service')).toBe(false)
    expect(missing.has('containerd.service')).toBe(false)
    const laid = changes.map((change) => change.path)
    expect(laid.filter((name) => /^\/etc\/.*(?:kubelet\.service|metricdog\.timer)/.test(name))).toEqual([])
    // what a restart command names has to be there
    expect(laid).toContain(`${UNITS}/kubelet.service`)
    expect(read(root, PRESET)).toMatch(/^disable kubelet\.service$/m)
    expect((await install(root)).stdout).toMatch(/^ {2}chronyd\.service +no \/usr\/sbin\/chronyd$/m)

    fs.mkdirSync(path.join(root, '/usr/sbin'))
    fs.writeFileSync(path.join(root, '/usr/sbin/chronyd'), '', { mode: 0o755 })
    const again = await installed(root)
    expect(again.changes.map((change) => change.path)).toEqual([
      '/etc/systemd/system/configured.target.wants/chronyd.service',
      PRESET,
    ])
    expect(read(root, PRESET)).not.toMatch(/chronyd/)
  })

  it('enables every unit with --all-units', async () => {
    const root = makeRoot(DISTRIBUTION)
    const { notEnabled, changes } = await installed(root, '--all-units')
    expect(notEnabled).toEqual([])
    const paths = changes.map((change) => change.path)
    expect(paths).toContain('/etc/systemd/system/multi-user.target.wants/kubelet.service')
    expect(paths).not.toContain(PRESET)
  })

  it('uses signpost where there is one', async () => {
    const root = makeRoot([...DISTRIBUTION, '/bin/signpost'])
    const { changes } = await installed(root)
    expect(changes.filter(({ path: name }) => name.includes('mark-successful-boot.service.d'))).toEqual([])
  })

  it('leaves the default target alone with --no-default-target', async () => {
    const root = makeRoot(DISTRIBUTION)
    const { changes } = await installed(root, '--no-default-target')
    expect(changes.filter(({ path: name }) => /default\.target|first-target/.test(name))).toEqual([])
  })

  it('warns of programs that settings start', async () => {
    const { diagnostics } = await installed(makeRoot(DISTRIBUTION))
    const messages = diagnostics.filter(({ code }) => code === 'INSTALL_COMMAND_MISSING').map(({ message }) => message)
    expect(messages).toContain(
      'the root has no /usr/bin/host-containers, which is the restart command of host-containers',
    )
    expect(messages.filter((message) => message.includes('netdog'))).toEqual([])
    expect(diagnostics.filter(({ code }) => code === 'INSTALL_NODE_MISSING')).toEqual([])
  })

  it('keeps a link of enablement that is there', async () => {
    const root = makeRoot(DISTRIBUTION)
    const link = '/etc/systemd/system/multi-user.target.wants/containerd.service'
    fs.mkdirSync(path.dirname(path.join(root, link)), { recursive: true })
    fs.symlinkSync('/lib/systemd/system/containerd.service', path.join(root, link))
    await installed(root)
    await uninstalled(root)
    expect(fs.readlinkSync(path.join(root, link))).toBe('/lib/systemd/system/containerd.service')
  })

  it('stays inside the root, whatever links say', async () => {
    const outside = makeRoot()
    const root = makeRoot(DISTRIBUTION)
    fs.symlinkSync(outside, path.join(root, 'usr/share'))
    fs.mkdirSync(path.join(root, 'real'))
    fs.symlinkSync('/real', path.join(root, 'usr/libexec'))
    await installed(root)
    expect([...contentOf(outside).keys()]).toEqual([])
    expect(fs.readlinkSync(path.join(root, 'real/hostname-detectors/20-imds'))).toBe('../../bin/imds-hostname-detector')
    expect(fs.existsSync(path.join(root, outside, 'templates/motd'))).toBe(true)
  })
})

describe('something in the way', () => {
  it('is told, all of it, and nothing is written', async () => {
    const root = makeRoot(['/usr/bin/storewolf', '/usr/share/templates/motd', '/usr/bin/netdog/x'])
    const before = contentOf(root)
    const { code, stderr } = await install(root)
    expect(code).toBe(1)
    expect(stderr).toMatch(/error\[INSTALL_CONFLICT\] 3 files are in the way, nothing was changed/)
    expect(stderr).toMatch(/\/usr\/bin\/storewolf is there already and was not installed by this tool/)
    expect(stderr).toMatch(/\/usr\/bin\/netdog is no file, and stays as it is/)
    expect(stderr).toMatch(/\/usr\/share\/templates\/motd is there already/)
    expect(contentOf(root)).toEqual(before)
  })

  it('is replaced with --force, and named', async () => {
    const root = makeRoot(['/usr/bin/storewolf', '/usr/share/templates/motd'])
    const { forced } = await installed(root, '--force')
    expect([...forced].sort()).toEqual(['/usr/bin/storewolf', '/usr/share/templates/motd'])
    expect(read(root, '/usr/share/templates/motd')).not.toMatch(/others'/)
    expect(read(root, '/usr/bin/storewolf')).toBe('the executable')
  })

  it('is also what somebody changed', async () => {
    const root = makeRoot()
    await installed(root)
    fs.appendFileSync(path.join(root, '/usr/share/templates/motd'), 'mine')
    fs.chmodSync(path.join(root, '/usr/share/templates/hosts'), 0o600)
    const { code, stderr } = await install(root)
    expect(code).toBe(1)
    expect(stderr).toMatch(/\/usr\/share\/templates\/motd was changed since it was installed/)
    expect(stderr).toMatch(/\/usr\/share\/templates\/hosts was changed since it was installed/)
    const { forced } = await installed(root, '--force')
    expect(forced).toHaveLength(2)
    expect((await installed(root)).changes).toEqual([])
  })
})

describe('uninstall', () => {
  it.each([
    ['an empty root', []],
    ['a distribution', DISTRIBUTION],
  ])('removes exactly what was laid: %s', async (_name, files) => {
    const root = makeRoot(files)
    const before = contentOf(root)
    const laid = await installed(root)
    const gone = await uninstalled(root)
    expect(gone.changes.map((change) => change.path)).toEqual(laid.changes.map((change) => change.path))
    expect(contentOf(root)).toEqual(before)
  })

  it('keeps what was changed, and the state of boots', async () => {
    const root = makeRoot()
    await installed(root)
    fs.appendFileSync(path.join(root, '/usr/share/templates/motd'), 'mine')
    fs.mkdirSync(path.join(root, '/var/lib/bottlerocket/datastore'), { recursive: true })
    const { changes, directories, diagnostics } = await uninstalled(root)
    expect(changes.filter(({ action }) => action === 'kept').map((change) => change.path)).toEqual([
      '/usr/share/templates/motd',
    ])
    expect(diagnostics).toMatchObject([{ code: 'INSTALL_FILE_CHANGED' }])
    expect(directories).toEqual(['/usr/share/templates', '/usr/share', '/usr'])
    expect([...contentOf(root).keys()].filter((name) => !name.endsWith('/'))).toEqual(['/usr/share/templates/motd'])
    expect(fs.existsSync(path.join(root, '/var/lib/bottlerocket/datastore'))).toBe(true)
  })

  it('takes the state too with --purge, and only says so with --dry-run', async () => {
    const root = makeRoot()
    await installed(root)
    fs.mkdirSync(path.join(root, '/var/lib/bottlerocket/datastore'), { recursive: true })
    const before = contentOf(root)
    const planned = await uninstalled(root, '--purge', '--dry-run')
    expect(contentOf(root)).toEqual(before)
    const done = await uninstalled(root, '--purge')
    expect(planned.changes).toEqual(done.changes)
    expect(done.changes).toContainEqual({ action: 'removed', path: '/var/lib/bottlerocket' })
    expect(fs.existsSync(path.join(root, '/var/lib/bottlerocket'))).toBe(false)
  })

  it('drops a choice of target that led to a unit of ours', async () => {
    const root = makeRoot(DISTRIBUTION)
    await installed(root)
    const link = path.join(root, '/etc/systemd/system/default.target')
    fs.symlinkSync(`${UNITS}/configured.target`, link)
    const { changes } = await uninstalled(root)
    expect(changes).toContainEqual({ action: 'removed', path: '/etc/systemd/system/default.target' })
    expect(fs.lstatSync(link, { throwIfNoEntry: false })).toBeUndefined()
  })

  it('fails where nothing is installed', async () => {
    const { code, stderr } = await run('uninstall', makeRoot())
    expect(code).toBe(1)
    expect(stderr).toMatch(/error\[INSTALL_NOT_FOUND\]/)
  })
})

describe('bad input', () => {
  it('is a program that the package has no bundle of', () => {
    expect(() => bundleEntries(['no-such-program'])).toThrow(/no bundles of no-such-program/)
    expect(() => bundleEntries(['no-such-program'])).toThrow(
      expect.objectContaining({ code: 'INSTALL_PROGRAMS_MISSING' }),
    )
  })

  it.each([
    ['a ledger that is no JSON', '{'],
    ['a ledger of another form', '{"schemaVersion":1,"variant":"x","release":"y","entries":[],"directories":[]}'],
    ['a ledger of a later version', '{"schemaVersion":9,"variant":"x","release":"y","entries":{},"directories":[]}'],
    ['a path that is none', '{"schemaVersion":1,"variant":"x","release":"y","entries":{"a":["b"]},"directories":[]}'],
  ])('is refused: %s', async (_name, text) => {
    const root = makeRoot(['/usr/lib/bottlerocket-pipeline/installed.json'])
    fs.writeFileSync(path.join(root, '/usr/lib/bottlerocket-pipeline/installed.json'), text)
    for (const ran of [install(root), run('uninstall', root)]) {
      const { code, stderr } = await ran
      expect(code).toBe(1)
      expect(stderr).toMatch(/error\[INSTALL_LEDGER_INVALID\]/)
    }
  })

  it('is a root that is not there', async () => {
    const { code, stderr } = await install(path.join(directory.path, 'nowhere'))
    expect(code).toBe(1)
    expect(stderr).toMatch(/error\[INSTALL_ROOT_MISSING\]/)
  })

  it('is a command line without root or variant', async () => {
    for (const words of [['install', '--variant', 'aws-ecs-2'], ['install', '--root', '/x'], ['uninstall']]) {
      expect((await runToEnd(bottlerocket, words, testHost())).code).toBe(2)
    }
  })
})
