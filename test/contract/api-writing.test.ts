import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startFixture, type ApiFixture } from '../support/api-fixture.ts'

const TX = '/tx?tx=t'
const pending = async (api: ApiFixture): Promise<unknown> => (await api.send('GET', TX)).json

describe.each(['in process', 'socket'] as const)('the API, %s', (transport) => {
  let api: ApiFixture
  beforeEach(async () => {
    api = await startFixture({ transport })
  })
  afterEach(() => api.close())

  const keypairs = async (...items: string[]): Promise<{ status: number; body: string }> =>
    api.send('PATCH', '/settings/keypair?tx=t', { request_payload: items })

  it('keeps what was written pending until the commit', async () => {
    const written = await api.send('PATCH', '/settings?tx=t', { motd: 'x', kernel: { sysctl: { 'a.b': '1' } } })
    expect(written).toMatchObject({ status: 204, body: '' })
    expect(written.headers['content-length']).toBeUndefined()
    expect((await api.send('GET', '/settings?keys=settings.motd&tx=t')).json).toEqual({ motd: 'hi' })
    expect(await pending(api)).toEqual({ kernel: { sysctl: { 'a.b': '1' } }, motd: 'x' })
    expect((await api.send('GET', '/tx/list')).json).toEqual(['t'])
    expect((await api.send('POST', '/tx/commit?tx=t')).json).toEqual(['settings.kernel.sysctl."a.b"', 'settings.motd'])
    expect((await api.send('GET', '/settings?prefix=kernel.sysctl')).json).toEqual({
      kernel: { sysctl: { 'a.b': '1', 'vm.max_map_count': '262144' } },
    })
    expect(await pending(api)).toEqual({})
    expect((await api.send('GET', '/tx/list')).json).toEqual([])
    expect((await api.send('POST', '/tx/commit?tx=t')).status).toBe(422)
  })

  it('merges by key and replaces lists whole; the last writer wins', async () => {
    await api.send('PATCH', '/settings?tx=t', { motd: 'one', ntp: { 'time-servers': ['a', 'b'] } })
    await api.send('PATCH', '/settings?tx=t', { motd: 'two', ntp: { options: ['x'] } })
    await api.send('PATCH', '/settings?tx=u', { motd: 'three', ntp: { 'time-servers': ['c'] } })
    expect(await pending(api)).toEqual({ motd: 'two', ntp: { options: ['x'], 'time-servers': ['a', 'b'] } })
    await api.send('POST', '/tx/commit?tx=t')
    await api.send('POST', '/tx/commit?tx=u')
    expect((await api.send('GET', '/settings?prefix=ntp')).json).toEqual({
      ntp: { options: ['x'], 'time-servers': ['c'] },
    })
    expect((await api.send('GET', '/settings?prefix=motd')).json).toEqual({ motd: 'three' })
  })

  it('uses the transaction `default` unless told', async () => {
    await api.send('PATCH', '/settings', { motd: 'd' })
    expect((await api.send('GET', '/tx?tx=default')).json).toEqual({ motd: 'd' })
    expect((await api.send('GET', '/tx')).json).toEqual({ motd: 'd' })
    expect((await api.send('POST', '/tx/commit')).json).toEqual(['settings.motd'])
  })

  it.each(['..', 'a/b', 'a b', 'é😀', '%', '"', '\u0000', '+&=#'])(
    'takes %j as the name of a transaction',
    async (name) => {
      const tx = `tx=${encodeURIComponent(name)}`
      expect((await api.send('PATCH', `/settings?${tx}`, { motd: 'x' })).status).toBe(204)
      expect((await api.send('GET', '/tx/list')).json).toEqual([name])
      expect((await api.send('DELETE', `/tx?${tx}`)).json).toEqual(['settings.motd'])
      expect((await api.send('DELETE', `/tx?${tx}`)).json).toEqual([])
      expect((await api.send('GET', '/tx/list')).json).toEqual([])
    },
  )

  it('has no transaction with an empty name, and none over the length of a file name', async () => {
    await api.send('PATCH', '/settings?tx=t', { motd: 'x' })
    for (const [method, uri] of [
      ['PATCH', '/settings?tx='],
      ['PATCH', '/settings/keypair?tx='],
      ['DELETE', '/tx?tx='],
      ['POST', '/tx/commit?tx='],
      ['POST', '/tx/commit_and_apply?tx='],
    ] as const) {
      const body = uri.includes('keypair') ? { request_payload: [] } : { motd: 'x' }
      expect((await api.send(method, uri, method === 'PATCH' ? body : undefined)).status, uri).toBe(400)
    }
    const long = 'é'.repeat(50)
    const refused = await api.send('PATCH', `/settings?tx=${encodeURIComponent(long)}`, { motd: 'x' })
    expect(refused).toMatchObject({ status: 400, body: expect.stringContaining('too long') })
    expect((await api.send('GET', `/tx?tx=${encodeURIComponent(long)}`)).json).toEqual({})
    expect((await api.send('GET', '/tx/list')).json).toEqual(['t'])
  })

  it.each(['{}', '{"ntp":{}}', '{"motd":null}', ' {"ntp":{"options":null}} '])(
    'writes nothing for %s',
    async (body) => {
      expect((await api.send('PATCH', '/settings?tx=t', body)).status).toBe(204)
      expect((await api.send('GET', '/tx/list')).json).toEqual([])
      expect((await api.send('POST', '/tx/commit?tx=t')).status).toBe(422)
    },
  )

  it.each([
    ['', 'Json deserialize error: '],
    ['{', 'Json deserialize error: '],
    ['{"motd":"a",}', 'Json deserialize error: '],
    ['"x"', 'Json deserialize error: '],
    ['{"settings":{"motd":"x"}}', 'settings.settings: '],
    ['{"motd":5}', 'settings.motd: '],
    ['{"nope":null}', 'settings.nope: '],
    ['{"kubernetes":{"max-pods":1.0}}', 'settings.kubernetes.max-pods: '],
    ['{"ntp":{"time-servers":["a",1]}}', 'settings.ntp.time-servers[1]: '],
    ['{"kernel":{"sysctl":{"a.b":1}}}', 'settings.kernel.sysctl."a.b": '],
  ])('refuses the body %s', async (body, reason) => {
    const answer = await api.send('PATCH', '/settings?tx=t', body)
    expect(answer.status, answer.body).toBe(400)
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(answer.body).toMatch(/^Json deserialize error: /)
    expect(answer.body).toContain(reason)
    expect((await api.send('GET', '/tx/list')).json).toEqual([])
  })

  it('names every problem, and stores nothing', async () => {
    const answer = await api.send('PATCH', '/settings?tx=t', { motd: 1, ntp: { nope: 1 }, updates: { seed: 'x' } })
    for (const key of ['settings.motd', 'settings.ntp.nope', 'settings.updates.seed']) {
      expect(answer.body).toContain(`${key}: `)
    }
    expect(await pending(api)).toEqual({})
  })

  it.each([
    ['an empty name', { 'host-containers': { '': { enabled: true } } }],
    ['a path', { 'bootstrap-containers': { '../x': { mode: 'off' } } }],
    ['a name over 255 bytes', { boot: { 'kernel-parameters': { [`${'x'.repeat(99)}.${'y'.repeat(140)}`]: ['1'] } } }],
    ['a name over the length of a file name', { boot: { 'kernel-parameters': { ['a.'.repeat(90) + 'b']: ['1'] } } }],
  ])('refuses %s with 400, and stores nothing', async (_, body) => {
    const answer = await api.send('PATCH', '/settings?tx=t', { motd: 'x', ...body })
    expect(answer.status, answer.body).toBe(400)
    expect(answer.body).not.toBe('')
    expect((await api.send('GET', '/tx/list')).json).toEqual([])
  })

  it.each([
    ['application/json', 204],
    ['application/json; charset=utf-8', 204],
    ['APPLICATION/JSON', 204],
    ['text/json', 204],
    ['application/merge-patch+json', 204],
    ['application/vnd.api+json;v=1', 204],
    ['text/plain', 400],
    ['application/jsonx', 400],
    ['application/x-www-form-urlencoded', 400],
    ['json', 400],
    ['', 400],
  ])('takes content type %j: %i', async (type, status) => {
    const headers: Record<string, string> = type === '' ? {} : { 'content-type': type }
    for (const [uri, body] of [
      ['/settings?tx=t', '{"motd":"x"}'],
      ['/settings/keypair?tx=t', '{"request_payload":["motd=x"]}'],
    ] as const) {
      const answer = await api.send('PATCH', uri, body, headers)
      expect(answer.status).toBe(status)
      if (status === 400) expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8')
    }
  })

  it('takes a body of 2 MiB and refuses one more byte, or many', async () => {
    const bodyOf = (bytes: number): string => `{"motd":"${'x'.repeat(bytes - 11)}"}`
    expect((await api.send('PATCH', '/settings?tx=t', bodyOf(2_097_152))).status).toBe(204)
    for (const bytes of [2_097_153, 10_000_000]) {
      const answer = await api.send('PATCH', '/settings?tx=u', bodyOf(bytes))
      expect(answer.status).toBe(413)
      expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8')
    }
    expect((await api.send('GET', '/tx/list')).json).toEqual(['t'])
  })

  it.each([
    ['motd=hi there', { motd: 'hi there' }],
    ['settings.motd=a=b', { motd: 'a=b' }],
    ['motd=', { motd: '' }],
    ['motd="42"', { motd: '"42"' }],
    ['motd=42', { motd: '42' }],
    ['motd=null', { motd: 'null' }],
    ['motd={"a":1}', { motd: '{"a":1}' }],
    ['motd=[]', { motd: '[]' }],
    ['mo"t"d=x', { motd: 'x' }],
    ['kubernetes.max-pods=110', { kubernetes: { 'max-pods': 110n } }],
    ['kubernetes.max-pods= 110 ', { kubernetes: { 'max-pods': 110n } }],
    ['kubernetes.pod-pids-limit=-1', { kubernetes: { 'pod-pids-limit': -1n } }],
    ['updates.ignore-waves=true', { updates: { 'ignore-waves': true } }],
    ['kernel.sysctl."vm.max_map_count"=262144', { kernel: { sysctl: { 'vm.max_map_count': '262144' } } }],
    ['kernel.sysctl."a.b"="1"', { kernel: { sysctl: { 'a.b': '"1"' } } }],
  ])('takes the pair %s', async (item, expected) => {
    const answer = await keypairs(item)
    expect(answer.status, answer.body).toBe(204)
    expect(await pending(api)).toEqual(expected)
  })

  it.each([
    'motd',
    '=x',
    'a..b=x',
    'a b=x',
    '../x=y',
    'settings=1',
    'nope=1',
    'ntp=x',
    'ntp.time-servers=["a"]',
    'ntp.time-servers=a',
    'kubernetes.max-pods=1.0',
    'kubernetes.max-pods=01',
    'motd.x=1',
    `${'x'.repeat(250)}=1`,
  ])('refuses the pair %s, and with it the others', async (item) => {
    const answer = await keypairs('motd=fine', item)
    expect(answer.status, answer.body).toBe(400)
    expect(answer.body).not.toBe('')
    expect((await api.send('GET', '/tx/list')).json).toEqual([])
  })

  it('refuses a key with a value and keys below it, in both orders', async () => {
    const items = ['host-containers.admin=x', 'host-containers.admin.enabled=true']
    expect((await keypairs(...items)).status).toBe(400)
    expect((await keypairs(...items.reverse())).status).toBe(400)
  })

  it('takes the last of a repeated pair, and an empty list', async () => {
    expect((await keypairs('motd=a', 'settings.motd=b')).status).toBe(204)
    expect(await pending(api)).toEqual({ motd: 'b' })
    expect((await api.send('PATCH', '/settings/keypair?tx=u', { request_payload: [], other: 1 })).status).toBe(204)
    expect((await api.send('PATCH', '/settings/keypair?tx=u', [['motd=x']])).status).toBe(204)
    expect((await api.send('POST', '/tx/commit?tx=u')).json).toEqual(['settings.motd'])
  })

  it.each(['{}', '[]', '{"request_payload":"x"}', '{"request_payload":[1]}', '[["a=b"],1]', 'null'])(
    'refuses the key-pair body %s',
    async (body) => {
      const answer = await api.send('PATCH', '/settings/keypair?tx=t', body)
      expect(answer.status).toBe(400)
      expect(answer.body).toMatch(/^Json deserialize error: /)
    },
  )
})
