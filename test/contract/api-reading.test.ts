import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROUTES } from '../../src/api/contract.ts'
import { SETTINGS, startFixture, type ApiFixture } from '../support/api-fixture.ts'

const SERVICES = {
  chronyd: {
    'configuration-files': ['chrony-conf'],
    'restart-commands': ['/bin/systemctl try-restart chronyd.service'],
  },
  motd: { 'configuration-files': ['motd'], 'restart-commands': [] },
}
const FILES = {
  'chrony-conf': { mode: '0600', path: '/etc/chrony.conf', 'template-path': '/usr/share/templates/chrony-conf' },
  motd: { path: '/etc/motd', 'template-path': '/usr/share/templates/motd' },
}
const OS = {
  arch: 'x86_64',
  build_id: 'abcdef0',
  pretty_name: 'Bottlerocket OS 1.24.1 (aws-k8s-1.30)',
  variant_id: 'aws-k8s-1.30',
  version_id: '1.24.1',
}

describe.each(['in process', 'socket'] as const)('the API, %s', (transport) => {
  let api: ApiFixture
  beforeAll(async () => {
    api = await startFixture({ transport })
  })
  afterAll(() => api.close())

  it.each([
    ['/', { settings: SETTINGS, services: SERVICES, 'configuration-files': FILES, os: OS }],
    ['/settings', SETTINGS],
    ['/%73ettings', SETTINGS],
    ['http://localhost/settings', SETTINGS],
    ['/settings?tx=none', SETTINGS],
    ['/settings?nonsense=1&x', SETTINGS],
    ['/services', SERVICES],
    ['/configuration-files', FILES],
    ['/os', OS],
    ['/tx', {}],
    ['/tx/list', []],
    ['/metadata/setting-generators?keys=settings.motd', { 'settings.updates.seed': 'bork seed' }],
    ['/report', [{ name: 'cis', description: 'CIS Bottlerocket Benchmark' }]],
  ])('GET %s', async (uri, expected) => {
    const answer = await api.send('GET', uri)
    expect(answer.status, answer.body).toBe(200)
    expect(answer.headers['content-type']).toBe('application/json')
    expect(answer.json).toEqual(expected)
    expect(answer.body).not.toMatch(/[\n ]$|": /)
  })

  it.each([
    ['/?prefix=settings.', { settings: SETTINGS }],
    ['/?prefix=settings', { settings: SETTINGS }],
    ['/?prefix=s', { settings: SETTINGS, services: SERVICES }],
    ['/?prefix=c', { 'configuration-files': FILES }],
    ['/?prefix=o', { os: OS }],
    ['/?prefix=foo', {}],
    ['/?prefix=settings.nope', {}],
    ['/?prefix=os.nope', { os: {} }],
    ['/?prefix=os.v', { os: { variant_id: OS.variant_id, version_id: OS.version_id } }],
    ['/?prefix=settings,services', {}],
    ['/?prefix=settings.motd', { settings: { motd: 'hi' } }],
    ['/?prefix=services.motd', { services: { motd: SERVICES.motd } }],
    ['/?prefix=nope&prefix=o', { os: OS }],
    ['/settings?prefix=mot', { motd: 'hi' }],
    ['/settings?prefix=settings.n', { network: SETTINGS.network, ntp: SETTINGS.ntp }],
    ['/settings?prefix=n', { network: SETTINGS.network, ntp: SETTINGS.ntp }],
    ['/settings?prefix=settingsx', {}],
    ['/settings?prefix=nope', {}],
    ['/settings?prefix=s', {}],
    ['/settings?prefix=settings', SETTINGS],
    ['/settings?prefix=oci', { 'oci-defaults': SETTINGS['oci-defaults'] }],
    ['/settings?prefix=ntp.time%2Dservers', { ntp: { 'time-servers': ['a.example', 'b.example'] } }],
    ['/services?prefix=nope', {}],
    ['/services?prefix=chr', { chronyd: SERVICES.chronyd }],
    ['/configuration-files?prefix=nope', {}],
    ['/configuration-files?prefix=chrony', { 'chrony-conf': FILES['chrony-conf'] }],
    ['/os?prefix=nope', {}],
    ['/os?prefix=v', { variant_id: OS.variant_id, version_id: OS.version_id }],
    ['/os?prefix=os.os.arch', { arch: 'x86_64' }],
    ['/os?prefix=os', OS],
    ['/os?prefix=o', {}],
  ])('GET %s selects by prefix', async (uri, expected) => {
    const answer = await api.send('GET', uri)
    expect(answer.status, answer.body).toBe(200)
    expect(answer.json).toEqual(expected)
  })

  it.each([
    ['/settings?keys=settings.motd', { motd: 'hi' }],
    ['/settings?keys=settings.motd,settings.nope', { motd: 'hi' }],
    ['/settings?keys=settings.nope', {}],
    ['/settings?keys=motd', {}],
    ['/settings?keys=settings.mo%22t%22d', { motd: 'hi' }],
    ['/settings?prefix=settings.kubernetes.&keys=settings.motd', { motd: 'hi' }],
    ['/settings?keys=settings.kernel.sysctl.%22vm.max_map_count%22', { kernel: SETTINGS.kernel }],
    ['/services?names=motd', { motd: SERVICES.motd }],
    ['/services?names=motd,chronyd,motd', SERVICES],
    ['/configuration-files?names=motd', { motd: FILES.motd }],
    ['/metadata/affected-services?keys=settings.ntp.time-servers', { 'settings.ntp.time-servers': ['chronyd'] }],
    [
      '/metadata/affected-services?keys=settings.ntp.options,settings.motd',
      { 'settings.ntp.options': ['chronyd', 'options'], 'settings.motd': ['motd'] },
    ],
    ['/metadata/affected-services?keys=settings.motd.x,settings.ntp', { 'settings.ntp': ['chronyd'] }],
    ['/metadata/affected-services?keys=settings.mo%22t%22d', { 'settings.mo"t"d': ['motd'] }],
    ['/metadata/affected-services?keys=settings.nope', {}],
    ['/metadata/templates?keys=settings.network.hostname', { 'settings.network.hostname': '{{settings.x}}' }],
    ['/metadata/templates?keys=settings.motd', {}],
  ])('GET %s selects by name', async (uri, expected) => {
    const answer = await api.send('GET', uri)
    expect(answer.status, answer.body).toBe(200)
    expect(answer.json).toEqual(expected)
  })

  it.each([
    [400, '/?prefix='],
    [400, '/?prefix'],
    [400, '/settings?prefix='],
    [400, '/settings?keys='],
    [400, '/services?names='],
    [400, '/services?prefix='],
    [400, '/configuration-files?names='],
    [400, '/os?prefix='],
    [400, '/tx?tx='],
    [400, '/metadata/affected-services'],
    [400, '/metadata/affected-services?keys='],
    [400, '/metadata/affected-services?keys=settings.motd,a..b'],
    [400, '/metadata/templates'],
    [400, '/settings?keys=a..b'],
    [400, '/settings?keys=settings.mo%20td'],
    [400, '/settings?keys=settings.motd,'],
    [400, '/settings?keys=%22'],
    [400, `/settings?keys=${'x'.repeat(256)}`],
    [400, '/settings?keys=..%2F..%2Fetc..'],
    [400, '/settings?keys=settings.ntp'],
    [400, '/settings?keys=services'],
    [400, '/settings?keys=settings.motd.x'],
    [400, '/settings?keys=services.motd.restart-commands'],
    [400, '/settings?keys=settings.oci-defaults.resource-limits.max-open-files.hard-limit'],
    [400, '/settings?prefix=oci-defaults.resource-limits.max-open-files.hard'],
    [400, '/?prefix=settings.oci-defaults.resource-limits.max-open-files.s'],
    [400, '/services?prefix=motd.conf'],
    [400, '/?prefix=configuration-files.motd.p'],
    [404, '/services?names=nope'],
    [404, '/services?names=motd,nope'],
    [404, '/services?names=mot'],
    [404, '/services?names=motd,'],
    [404, '/configuration-files?names=motd.path'],
    [404, '/nope'],
    [404, '/settings/'],
    [404, '//settings'],
    [404, '/./settings'],
    [404, '/Settings'],
    [404, '/tx/'],
    [404, '/report/nope'],
    [400, '/exec'],
  ])('%i for GET %s', async (status, uri) => {
    const answer = await api.send('GET', uri)
    expect(answer.status, answer.body).toBe(status)
    const isRouted = status === 400 || uri.includes('names')
    if (isRouted && uri !== '/exec') expect(answer.body).not.toBe('')
    else expect(answer.body).toBe('')
    expect(answer.headers['content-type']).toBeUndefined()
  })

  it('describes itself', async () => {
    const answer = await api.send('GET', '/openapi.json')
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } })
    const { paths } = JSON.parse(answer.body) as { paths: Record<string, object> }
    expect(Object.keys(paths).sort()).toEqual([...new Set(ROUTES.map(({ path }) => path))].sort())
  })

  it('reads a transaction like the live settings', async () => {
    await api.send('PATCH', '/settings?tx=read', { ntp: { options: ['x'] } })
    expect((await api.send('GET', '/tx?tx=read')).json).toEqual({ ntp: { options: ['x'] } })
    expect((await api.send('DELETE', '/tx?tx=read')).json).toEqual(['settings.ntp.options'])
  })

  const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
  const paths = [...new Set(ROUTES.map(({ path }) => path))]
  it.each(paths)('%s knows its methods and tells them', async (path) => {
    const known = ROUTES.filter((route) => route.path === path).map(({ method }) => method as string)
    for (const method of methods.filter((name) => !known.includes(name))) {
      const answer = await api.send(method, path, method === 'PUT' ? {} : undefined)
      expect(answer.status, method).toBe(405)
      expect(answer.headers['allow']?.split(', ').sort()).toEqual([...known].sort())
      expect(answer.body).toBe('')
    }
  })
})

describe.each(['in process', 'socket'] as const)('before the first commit, %s', (transport) => {
  let api: ApiFixture
  beforeAll(async () => {
    api = await startFixture({ transport, committed: false })
  })
  afterAll(() => api.close())

  it('settings wait in the launch transaction', async () => {
    expect((await api.send('GET', '/')).status).toBe(404)
    expect((await api.send('GET', '/settings')).status).toBe(404)
    expect((await api.send('GET', '/settings?tx=bottlerocket-launch')).status).toBe(404)
    expect((await api.send('GET', '/settings?prefix=motd')).json).toEqual({})
    expect((await api.send('GET', '/tx?tx=bottlerocket-launch')).json).toEqual(SETTINGS)
    expect((await api.send('GET', '/tx')).json).toEqual({})
    expect((await api.send('GET', '/tx/list')).json).toEqual(['bottlerocket-launch'])
    expect((await api.send('GET', '/services?names=motd')).json).toEqual({ motd: SERVICES.motd })
  })
})
