/** The layout on disk, file by file: what a host of release 1.24.1 has written can be read, and what it could read is written. */
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { FilesystemStore } from '../../../src/datastore/filesystem.ts'
import { LIVE, pendingIn, type Scope } from '../../../src/datastore/store.ts'
import { resolveDatastore, versionLinks } from '../../../src/datastore/versions.ts'
import { MemoryFs } from '../../../src/host/memory-fs.ts'
import { RootedFs } from '../../../src/host/rooted-fs.ts'
import type { RootFs } from '../../../src/lib/ports.ts'
import { keyOf, parseKey } from '../../../src/model/key.ts'
import { flattenTree } from '../../../src/model/pairs.ts'
import { parseJson } from '../../../src/lib/json-parse.ts'
import { snapshot } from '../../support/faulty-fs.ts'

const BASE = '/store/v1.24.1_0123456789abcdef'

const temporary: string[] = []
afterEach(() => {
  for (const directory of temporary.splice(0)) rmSync(directory, { recursive: true, force: true })
})

function onDisk(): RootedFs {
  const directory = mkdtempSync(path.join(tmpdir(), 'layout-'))
  temporary.push(directory)
  return new RootedFs(directory)
}

/** Writes files below a directory. */
function lay(fs: RootFs, base: string, files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    fs.makeDirectory(path.posix.dirname(`${base}/${file}`))
    fs.writeFile(`${base}/${file}`, text)
  }
}

/** A key, where it lies, and its text. */
const PLACES: [scope: Scope, key: string, file: string, text: string][] = [
  [LIVE, 'settings.motd', 'live/settings/motd', '"hi"'],
  [LIVE, 'settings.kernel.sysctl."vm.max_map_count"', 'live/settings/kernel/sysctl/vm%2Emax_map_count', '"262144"'],
  [LIVE, 'a."example.com/x"', 'live/a/example%2Ecom%2Fx', '1'],
  [LIVE, 'a.b/c', 'live/a/b%2Fc', '18446744073709551615'],
  [LIVE, 'a."."', 'live/a/%2E', '-0.0'],
  [LIVE, 'a.".."', 'live/a/%2E%2E', '1e16'],
  [LIVE, 'a."/../"', 'live/a/%2F%2E%2E%2F', '[]'],
  [LIVE, 'a._-A9', 'live/a/_-A9', '["a",null,{"b":1}]'],
  [LIVE, 'services.ntp.restart-commands', 'live/services/ntp/restart-commands', '["a\\"b\\\\é\\u0007"]'],
  [LIVE, 'os.version_id', 'live/os/version_id', '"1.24.1"'],
  [pendingIn('my tx'), 'settings.motd', 'pending/my%20tx/settings/motd', '""'],
  [pendingIn('..'), 'settings.motd', 'pending/%2E%2E/settings/motd', '"\\u0000"'],
  [pendingIn('a/b'), 'settings.motd', 'pending/a%2Fb/settings/motd', '"2"'],
  [pendingIn('é\0'), 'settings.motd', 'pending/%C3%A9%00/settings/motd', '"3"'],
  [
    pendingIn('apiclient-set-0123456789abcdef'),
    'settings.motd',
    'pending/apiclient-set-0123456789abcdef/settings/motd',
    '"4"',
  ],
]

describe('one key', () => {
  it.each(PLACES)('of %o, %s, lies at %s', (scope, key, file, text) => {
    for (const fs of [new MemoryFs(), onDisk()]) {
      fs.makeDirectory(`${BASE}/live`)
      new FilesystemStore(fs, BASE).set(new Map([[key, text]]), scope)
      expect(snapshot(fs, '/store')).toEqual({ [`${BASE}/${file}`]: text })
      const next = new FilesystemStore(fs, BASE)
      expect(next.get(parseKey(key), scope)).toBe(text)
      expect(next.transactions()).toEqual(scope.kind === 'live' ? [] : [scope.transaction])
    }
  })

  it('and its metadata lie side by side', () => {
    const fs = onDisk()
    const store = new FilesystemStore(fs, BASE)
    store.set(new Map([['settings.ntp.options', '[]']]), LIVE)
    store.apply([
      { kind: 'metadata', key: 'settings.ntp', metadataKey: 'affected-services', text: '["ntp"]' },
      { kind: 'metadata', key: 'settings.a."b.c"', metadataKey: 'setting-generator', text: '"x y"' },
      { kind: 'metadata', key: 'settings.ntp', metadataKey: 'odd.name', text: '1' },
    ])
    expect(snapshot(fs, BASE)).toEqual({
      [`${BASE}/live/settings/ntp.affected-services`]: '["ntp"]',
      [`${BASE}/live/settings/ntp.odd%2Ename`]: '1',
      [`${BASE}/live/settings/ntp/options`]: '[]',
      [`${BASE}/live/settings/a/b%2Ec.setting-generator`]: '"x y"',
    })
    for (const each of [store, new FilesystemStore(fs, BASE)]) {
      // read by its key, but no list has it
      expect(each.getMetadata('odd.name', parseKey('settings.ntp'))).toBe('1')
      expect([...each.listMetadata('settings.ntp')].map(([key, entries]) => [key, [...entries.keys()]])).toEqual([
        ['settings.ntp', ['affected-services']],
      ])
    }
  })

  it('has the modes that a plain write gives, and a commit keeps them', () => {
    const fs = onDisk()
    fs.makeDirectory(`${BASE}/live`)
    const store = new FilesystemStore(fs, BASE)
    store.set(new Map([['settings.a.b', '1']]), pendingIn('t'))
    store.commit('t')
    const modeOf = (file: string): number => statSync(fs.hostPath(`${BASE}/${file}`)).mode & 0o777
    mkdirSync(fs.hostPath(`${BASE}/plain`))
    writeFileSync(fs.hostPath(`${BASE}/plain/file`), '')
    expect(modeOf('live/settings/a')).toBe(modeOf('plain'))
    expect(modeOf('live/settings/a/b')).toBe(modeOf('plain/file'))
  })

  it.each<[string, string]>([
    [
      '{"motd":"hi","ntp":{"time-servers":["a"],"options":null},"kernel":{"sysctl":{"a.b":"1"}},"dns":{}}',
      'settings/kernel/sysctl/a%2Eb settings/motd settings/ntp/time-servers',
    ],
  ])('is made for each value of %s', (tree, files) => {
    const fs = new MemoryFs()
    new FilesystemStore(fs, BASE).set(flattenTree(parseJson(tree), ['settings']), pendingIn('t'))
    const directory = `${BASE}/pending/t/`
    expect(
      Object.keys(snapshot(fs, BASE))
        .map((file) => file.slice(directory.length))
        .sort()
        .join(' '),
    ).toBe(files)
  })
})

/** As a host has it after a boot, an update with a migration, and a change that was not committed. */
const REFERENCE: Readonly<Record<string, string>> = {
  'live/settings/motd': '"Welcome to Bottlerocket!"',
  'live/settings/motd.affected-services': '["motd"]',
  'live/settings/ntp/time-servers': '["169.254.169.123","2.amazon.pool.ntp.org"]',
  'live/settings/ntp.affected-services': '["ntp"]',
  'live/settings/updates/seed': '1042',
  'live/settings/updates/seed.setting-generator': '"bork seed"',
  'live/settings/host-containers/admin/enabled': 'false',
  'live/settings/host-containers/admin/source':
    '"328549459982.dkr.ecr.us-west-2.amazonaws.com/bottlerocket-admin:v0.11.12"',
  'live/settings/host-containers/admin/source.setting-generator':
    "\"schnauzer-v2 render --requires 'aws@v1(helpers=[ecr-prefix])' --template '{{ ecr-prefix settings.aws.region }}/bottlerocket-admin:v0.11.12'\"",
  'live/settings/kernel/sysctl/net%2Eipv4%2Eip_forward': '"1"',
  'live/settings/kubernetes/node-labels/example%2Ecom%2Frole': '"web"',
  'live/settings/kubernetes/max-pods': '110',
  'live/settings/kubernetes/event-qps': '5',
  'live/settings/oci-defaults/capabilities/audit-write': 'true',
  'live/services/ntp/configuration-files': '["chrony-conf"]',
  'live/services/ntp/restart-commands': '["/bin/systemctl try-restart chronyd.service"]',
  'live/configuration-files/chrony-conf/path': '"/etc/chrony.conf"',
  'live/configuration-files/chrony-conf/template-path': '"/usr/share/templates/chrony-conf"',
  'live/os/pretty_name': '"Bottlerocket OS 1.24.1 (aws-k8s-1.30)"',
  'live/os/version_id': '"1.24.1"',
  'pending/apiclient-set-4dXRp4DJq6TVp1cA/settings/motd': '"not yet"',
  'pending/apiclient-set-4dXRp4DJq6TVp1cA/os/version_id': '"1.24.1"',
}

describe('a datastore of a host', () => {
  function host(): RootedFs {
    const fs = onDisk()
    fs.makeDirectory('/store')
    lay(fs, BASE, REFERENCE)
    for (const [name, text] of versionLinks('1.24.1', path.posix.basename(BASE))) fs.symlink(text, `/store/${name}`)
    return fs
  }

  it('is found by its chain of links, also after an update that kept its directory', () => {
    const fs = host()
    expect(Object.fromEntries(versionLinks('1.24.1', 'v1.24.1_x'))).toEqual({
      current: 'v1',
      v1: 'v1.24',
      'v1.24': 'v1.24.1',
      'v1.24.1': 'v1.24.1_x',
    })
    expect(resolveDatastore(fs, '/store/current')).toBe(BASE)
    fs.remove('/store/v1')
    fs.symlink('v1.25', '/store/v1')
    fs.symlink('v1.25.0', '/store/v1.25')
    fs.symlink(path.posix.basename(BASE), '/store/v1.25.0')
    expect(resolveDatastore(fs, '/store/current')).toBe(BASE)
  })

  it('is read as it is', () => {
    const store = new FilesystemStore(host(), BASE)
    const data = Object.entries(REFERENCE).filter(([file]) => file.startsWith('live/') && !file.includes('.'))
    expect(store.getPrefix('', LIVE).size).toBe(data.length)
    for (const [file, text] of data) {
      const segments = file.slice('live/'.length).split('/').map(decodeURIComponent)
      expect(store.get(keyOf(segments), LIVE), file).toBe(text)
    }
    expect(store.getPrefix('settings.n', LIVE).size).toBe(1)
    expect(store.getMetadata('setting-generator', parseKey('settings.updates.seed'))).toBe('"bork seed"')
    expect(store.inheritedMetadata('affected-services', parseKey('settings.ntp.time-servers'))).toBe('["ntp"]')
    expect(store.transactions()).toEqual(['apiclient-set-4dXRp4DJq6TVp1cA'])
  })

  it('is left as the host would have left it: a file per key, nothing else', async () => {
    const fs = host()
    const store = new FilesystemStore(fs, BASE)
    expect(store.commit('apiclient-set-4dXRp4DJq6TVp1cA')).toEqual(['settings.motd'])
    store.set(new Map([['settings.kernel.sysctl."a.b"', '"1"']]), pendingIn('t u'))
    await store.close()
    const kept = Object.entries(REFERENCE).filter(([file]) => !file.startsWith('pending/'))
    const wanted = {
      ...Object.fromEntries(kept),
      'live/settings/motd': '"not yet"',
      'pending/t%20u/settings/kernel/sysctl/a%2Eb': '"1"',
    }
    expect(snapshot(fs, BASE)).toEqual(
      Object.fromEntries(Object.entries(wanted).map(([file, text]) => [`${BASE}/${file}`, text])),
    )
    expect(fs.readDirectory(`${BASE}/pending`).map(({ name }) => name)).toEqual(['t%20u'])
    expect(fs.readDirectory('/store').map(({ name }) => name)).toEqual(
      ['.journal', 'current', 'v1', 'v1.24', 'v1.24.1', path.posix.basename(BASE)].sort(),
    )
    expect(fs.readText('/store/.journal')).toBe('')
  })

  it('may hold files of others, which are no keys', () => {
    const fs = host()
    const before = [...new FilesystemStore(fs, BASE).getPrefix('', LIVE)]
    lay(fs, BASE, {
      'live/settings/motd~': '1',
      'live/settings/#motd#': '1',
      'live/.hidden': '1',
      'live/settings/bad name': '1',
      'live/settings/%zz': '1',
      'live/settings/%41': '1',
      [`live/${'k'.repeat(200)}/${'k'.repeat(100)}`]: '1',
      'pending/file': '1',
      'other/settings/motd': '1',
    })
    fs.symlink('motd', `${BASE}/live/settings/link`)
    fs.symlink('/', `${BASE}/live/settings/root`)
    const store = new FilesystemStore(fs, BASE)
    expect([...store.getPrefix('', LIVE)]).toEqual(before)
    expect(store.transactions()).toEqual(['apiclient-set-4dXRp4DJq6TVp1cA'])
  })
})
