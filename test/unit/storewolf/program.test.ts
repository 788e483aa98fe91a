import { beforeEach, describe, expect, it } from 'vitest'
import { FilesystemStore } from '../../../src/datastore/filesystem.ts'
import { ownDatastores } from '../../../src/datastore/ownership.ts'
import { LIVE, pendingIn } from '../../../src/datastore/store.ts'
import { resolveDatastore } from '../../../src/datastore/versions.ts'
import { MemoryFs } from '../../../src/host/memory-fs.ts'
import type { Host } from '../../../src/lib/ports.ts'
import { storewolf } from '../../../src/storewolf/program.ts'
import { crashingAfter, failingFs, snapshot, watchedFs } from '../../support/faulty-fs.ts'
import { powerCutFs } from '../../support/power-cut-fs.ts'
import { runToEnd, testHost, type ProgramRun } from '../../support/test-host.ts'

const BASE = '/var/lib/bottlerocket/datastore'
const LINK = '/var/lib/bottlerocket/inventory/application.json'
const ARGS = ['--data-store-base-path', BASE, '--inventory-file-symlink-path', LINK]
const DEFAULTS = `
[settings]
motd = "hi"
[settings.kernel.sysctl]
"a.b" = "1"
[metadata.settings.motd]
affected-services = ["motd"]
[services.motd]
configuration-files = ["motd"]
restart-commands = []
[configuration-files.motd]
path = "/etc/motd"
template-path = "/usr/share/templates/motd"
`

let fs: MemoryFs
let host: Host
const run = (argv: readonly string[] = ARGS, on: Host = host): Promise<ProgramRun> => runToEnd(storewolf, argv, on)
const files = (): Record<string, string> => snapshot(fs, BASE)
const current = (relative: string): string => `${BASE}/current/${relative}`

beforeEach(() => {
  fs = new MemoryFs()
  host = testHost({ fs, entropy: { integer: () => 0, alphanumeric: (length) => 'x'.repeat(length) } })
  fs.makeDirectory('/etc/storewolf')
  fs.makeDirectory('/usr/lib')
  fs.makeDirectory(BASE)
  fs.writeFile('/etc/storewolf/defaults.toml', DEFAULTS)
  fs.writeFile(
    '/usr/lib/os-release',
    'VERSION_ID=1.24.1\nVARIANT_ID=aws-dev\nBUILD_ID="abc"\nPRETTY_NAME="Bottlerocket OS 1.24.1 (aws-dev)"\n',
  )
})

describe('the first boot', () => {
  it('makes the chain of links, the launch transaction and the live data', async () => {
    expect(await run()).toMatchObject({ code: 0, stderr: '' })
    const store = `${BASE}/v1.24.1_xxxxxxxxxxxxxxxx`
    expect(files()).toEqual({
      [`${BASE}/current`]: '-> v1',
      [`${BASE}/v1`]: '-> v1.24',
      [`${BASE}/v1.24`]: '-> v1.24.1',
      [`${BASE}/v1.24.1`]: '-> v1.24.1_xxxxxxxxxxxxxxxx',
      [`${store}/live/configuration-files/motd/path`]: '"/etc/motd"',
      [`${store}/live/configuration-files/motd/template-path`]: '"/usr/share/templates/motd"',
      [`${store}/live/services/motd/configuration-files`]: '["motd"]',
      [`${store}/live/services/motd/restart-commands`]: '[]',
      [`${store}/live/settings/motd.affected-services`]: '["motd"]',
      [`${store}/pending/bottlerocket-launch/settings/kernel/sysctl/a%2Eb`]: '"1"',
      [`${store}/pending/bottlerocket-launch/settings/motd`]: '"hi"',
    })
    expect(fs.readLink(LINK)).toBe('/usr/share/bottlerocket/application-inventory.json')
  })

  it('has the data on the disk before the links, and both before it ends', async () => {
    const order: string[] = []
    const watched = watchedFs(fs, (operation, path) => {
      if (operation === 'symlink' || operation === 'syncDirectory') order.push(`${operation} ${path}`)
    })
    await run(ARGS, { ...host, fs: watched })
    expect(order[0]).toBe(`syncDirectory ${BASE}/v1.24.1_xxxxxxxxxxxxxxxx`)
    expect(order.slice(1, 5).every((each) => each.startsWith('symlink '))).toBe(true)
    expect(order[5]).toBe(`syncDirectory ${BASE}`)
  })

  it('can be done again after a power cut or a kill anywhere, and then all is there', async () => {
    const whole = await (async () => {
      await run()
      return Object.keys(files()).length
    })()
    const seen = new Set<string>()
    let state = 1
    const choose = (count: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      return (state >>> 8) % count
    }
    for (let survived = 0; survived < 60; survived++) {
      for (const cut of ['kill', 'power', 'power', 'power', 'power', 'power'] as const) {
        const image = new MemoryFs()
        image.makeDirectory('/etc/storewolf')
        image.makeDirectory('/usr/lib')
        image.makeDirectory(BASE)
        image.writeFile('/etc/storewolf/defaults.toml', DEFAULTS)
        image.writeFile('/usr/lib/os-release', fs.readText('/usr/lib/os-release'))
        const power = powerCutFs(image)
        const dying = crashingAfter(power.fs)
        dying.dieAfter(survived)
        const first = await run(ARGS, { ...host, fs: dying.fs })
        const disk = cut === 'kill' ? image : power.cut(choose)
        const left = snapshot(disk, BASE)
        const next = testHost({ fs: disk })
        const second = await run(ARGS, next)
        expect(second, `${cut} after ${String(survived)}: ${JSON.stringify(left)}`).toMatchObject({
          code: 0,
          stderr: '',
        })
        const store = new FilesystemStore(disk, resolveDatastore(disk, `${BASE}/current`))
        expect(store.keys('', LIVE)).toHaveLength(4)
        expect([...store.listMetadata('').keys()]).toEqual(['settings.motd'])
        expect(store.keys('', pendingIn('bottlerocket-launch'))).toHaveLength(2)
        seen.add(
          `${String(first.code)} ${String(Object.keys(left).filter((name) => /\/(current|v[0-9.]+)$/.test(name)).length)}`,
        )
      }
    }
    expect(whole).toBeGreaterThan(10)
    // died before, between and behind the links, and not at all
    expect([...seen].sort()).toEqual(expect.arrayContaining(['0 4', '1 0', '1 1', '1 2', '1 3', '1 4']))
  })

  it('takes version and inventory file from its arguments', async () => {
    await run([...ARGS, '--version', '2.3.4', '--inventory-file-path', '/inventory'])
    expect(fs.readLink(`${BASE}/v2.3`)).toBe('v2.3.4')
    expect(fs.readLink(LINK)).toBe('/inventory')
  })

  it.each(['current', 'v1', 'v1.24', 'v1.24.1'])('fails if there is a link %s without data', async (name) => {
    fs.symlink('nowhere', `${BASE}/${name}`)
    const { code, stderr } = await run()
    expect(code).toBe(1)
    expect(stderr).toContain('DATASTORE_LINKS_EXIST')
    expect(Object.keys(files())).toEqual([`${BASE}/${name}`])
  })

  it.each(['nonsense', 'settings = 1', '[metadata.settings]\nx = 1'])(
    'leaves nothing behind where the defaults are %j',
    async (text) => {
      fs.writeFile('/etc/storewolf/defaults.toml', text)
      const { code, stderr } = await run()
      expect(code).toBe(1)
      expect(stderr).toContain('STOREWOLF_DEFAULTS_INVALID')
      expect(files()).toEqual({})
      // and a later run with good ones succeeds
      fs.writeFile('/etc/storewolf/defaults.toml', DEFAULTS)
      expect((await run()).code).toBe(0)
    },
  )

  it('names a defaults file that is missing', async () => {
    fs.remove('/etc/storewolf/defaults.toml')
    const { code, stderr } = await run()
    expect(code).toBe(1)
    expect(stderr).toContain('/etc/storewolf/defaults.toml')
  })

  it.each(['ENOSPC', 'EROFS', 'EACCES'])('leaves nothing half made when writing fails with %s', async (code) => {
    for (let nth = 0; nth < 20; nth++) {
      let count = 0
      const faulty = failingFs(fs, code, () => ++count === nth + 1)
      const result = await run(ARGS, { ...host, fs: faulty })
      if (result.code === 0) break
      expect(result.stderr).toContain(code)
      expect(Object.keys(files()).filter((file) => !file.includes('/.'))).toEqual([])
    }
    const broken = await run(ARGS, { ...host, fs: failingFs(fs, code) })
    expect(broken.code).toBe(fs.stat(current('live')) === undefined ? 1 : broken.code)
  })
})

describe('a later boot', () => {
  it('drops transactions, keeps what is live, and adds what is missing', async () => {
    await run()
    fs.makeDirectory(current('live/settings'))
    fs.writeFile(current('live/settings/motd'), '"mine"')
    fs.makeDirectory(current('pending/other/settings'))
    fs.writeFile(current('pending/other/settings/motd'), '"lost"')
    fs.writeFile(current('live/services/motd/restart-commands'), '["changed"]')
    fs.remove(current('live/settings/motd.affected-services'))
    expect(await run()).toMatchObject({ code: 0, stderr: '' })
    expect(snapshot(fs, `${BASE}/v1.24.1_xxxxxxxxxxxxxxxx`)).toMatchObject({
      [`${BASE}/v1.24.1_xxxxxxxxxxxxxxxx/live/settings/motd`]: '"mine"',
      [`${BASE}/v1.24.1_xxxxxxxxxxxxxxxx/live/settings/motd.affected-services`]: '["motd"]',
      [`${BASE}/v1.24.1_xxxxxxxxxxxxxxxx/live/services/motd/restart-commands`]: '["changed"]',
    })
    expect(fs.readDirectory(current('pending')).map(({ name }) => name)).toEqual(['bottlerocket-launch'])
    expect(snapshot(fs, `${BASE}/v1.24.1_xxxxxxxxxxxxxxxx/pending`)).toEqual({
      [`${BASE}/v1.24.1_xxxxxxxxxxxxxxxx/pending/bottlerocket-launch/settings/kernel/sysctl/a%2Eb`]: '"1"',
    })
  })

  it('mends a service file that a power cut left empty', async () => {
    await run()
    fs.writeFile(current('live/services/motd/restart-commands'), '')
    fs.writeFile(current('live/configuration-files/motd/path'), Uint8Array.of(0xff))
    expect((await run()).code).toBe(0)
    expect(fs.readText(current('live/services/motd/restart-commands'))).toBe('[]')
    expect(fs.readText(current('live/configuration-files/motd/path'))).toBe('"/etc/motd"')
  })

  it('replaces the link to the inventory', async () => {
    await run()
    await run([...ARGS, '--inventory-file-path', '/new'])
    expect(fs.readLink(LINK)).toBe('/new')
  })

  it('leaves a datastore alone that another process owns', async () => {
    await run()
    const before = files()
    const server = await ownDatastores(host, BASE, 'apiserver')
    const { code, stderr } = await run()
    expect(code).toBe(1)
    expect(stderr).toContain('DATASTORE_IN_USE')
    expect(stderr).toContain('apiserver')
    expect(files()).toEqual(before)
    await server.release()
    expect((await run()).code).toBe(0)
  })

  it('gives the datastore back, also when it fails', async () => {
    fs.writeFile('/etc/storewolf/defaults.toml', 'nonsense')
    expect((await run()).code).toBe(1)
    await (await ownDatastores(host, BASE, 'apiserver')).release()
  })

  it('fails if the live data is gone', async () => {
    await run()
    fs.removeTree(current('live'))
    const { code, stderr } = await run()
    expect(code).toBe(1)
    expect(stderr).toContain('DATASTORE_LINKS_EXIST')
  })
})

describe('arguments', () => {
  it.each([
    [[]],
    [['--data-store-base-path', BASE]],
    [[...ARGS, '--version', '1.24']],
    [[...ARGS, '--version']],
    [[...ARGS, '--log-level', 'loud']],
    [[...ARGS, '--help']],
    [[...ARGS, 'extra']],
  ])('%j is bad usage', async (argv) => {
    expect((await run(argv)).code).toBe(2)
    expect(files()).toEqual({})
  })

  it('needs a full version in os-release', async () => {
    fs.writeFile('/usr/lib/os-release', 'VERSION_ID=12\nVARIANT_ID=a\nBUILD_ID=b\nPRETTY_NAME=c\n')
    const { code, stderr } = await run()
    expect(code).toBe(1)
    expect(stderr).toContain('OS_RELEASE_INVALID')
  })
})
