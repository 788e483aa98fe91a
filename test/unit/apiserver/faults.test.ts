import { afterEach, describe, expect, it } from 'vitest'
import { PATHS } from '../../../src/lib/paths.ts'
import type { RootFs } from '../../../src/lib/ports.ts'
import { startFixture, type ApiFixture, type FixtureOptions } from '../../support/api-fixture.ts'
import { failingFs } from '../../support/faulty-fs.ts'

const started: ApiFixture[] = []
async function start(options: Partial<FixtureOptions> = {}): Promise<ApiFixture> {
  const api = await startFixture({ transport: 'in process', ...options })
  started.push(api)
  return api
}
afterEach(async () => {
  for (const api of started.splice(0)) await api.close()
})

const live = (key: string): string => `${PATHS.datastoreCurrent}/live/${key}`

/** A server whose files are damaged before it reads them; `damage` gets them with the settings committed. */
async function damaged(damage: (fs: RootFs) => void): Promise<ApiFixture> {
  return start({
    committed: false,
    wrapFs: (fs) => {
      fs.makeDirectory(live('settings/ntp'))
      fs.writeFile(live('settings/motd'), '"hi"')
      fs.writeFile(live('settings/ntp/options'), '["x"]')
      damage(fs)
      return fs
    },
  })
}

describe.each(['ENOSPC', 'EROFS', 'EACCES'])('a datastore that cannot be written (%s)', (code) => {
  it('answers 500 with one clear text, and everything stays as it was', async () => {
    let broken = false
    const api = await start({ wrapFs: (fs) => failingFs(fs, code, () => broken) })
    await api.send('PATCH', '/settings?tx=t', { motd: 'pending' })
    const before = [await api.send('GET', '/'), await api.send('GET', '/tx?tx=t'), await api.send('GET', '/tx/list')]
    broken = true
    for (const [method, uri, body] of [
      ['PATCH', '/settings?tx=t', { motd: 'new', ntp: { options: [] } }],
      ['PATCH', '/settings/keypair?tx=u', { request_payload: ['motd=new'] }],
      ['POST', '/tx/commit?tx=t', undefined],
      ['POST', '/tx/commit_and_apply?tx=t', undefined],
      ['DELETE', '/tx?tx=t', undefined],
    ] as const) {
      const answer = await api.send(method, uri, body)
      expect(answer.status, uri).toBe(500)
      expect(answer.body).toMatch(new RegExp(`^the datastore could not be written: ${code}: `))
      expect(answer.body).not.toContain('\n')
    }
    expect(api.runner.requests).toEqual([])
    expect([await api.send('GET', '/'), await api.send('GET', '/tx?tx=t'), await api.send('GET', '/tx/list')]).toEqual(
      before,
    )
    broken = false
    expect((await api.send('POST', '/tx/commit?tx=t')).json).toEqual(['settings.motd'])
  })
})

describe('stored values that are damaged', () => {
  it.each([
    ['cut off', '"h'],
    ['empty', ''],
    ['of the wrong type', '5'],
    ['not UTF-8', Uint8Array.of(0x22, 0xe9, 0x22)],
  ])('%s: 500 that names the key; the rest is served', async (_, content) => {
    const api = await damaged((fs) => {
      fs.writeFile(live('settings/motd'), content)
    })
    for (const uri of ['/', '/settings', '/settings?prefix=motd', '/settings?keys=settings.motd', '/?prefix=s']) {
      const answer = await api.send('GET', uri)
      expect(answer.status, uri).toBe(500)
      expect(answer.body).toContain('settings.motd')
    }
    expect((await api.send('GET', '/settings?prefix=ntp')).json).toEqual({ ntp: { options: ['x'] } })
    expect((await api.send('GET', '/services?names=motd')).status).toBe(200)
    // writing the setting again mends it
    expect((await api.send('PATCH', '/settings?tx=t', { motd: 'new' })).status).toBe(204)
    expect((await api.send('POST', '/tx/commit?tx=t')).status).toBe(200)
    expect((await api.send('GET', '/settings?prefix=motd')).json).toEqual({ motd: 'new' })
  })

  it('a setting of another variant: 500 that names it', async () => {
    const api = await damaged((fs) => {
      fs.makeDirectory(live('settings/ecs'))
      fs.writeFile(live('settings/ecs/cluster'), '"c"')
    })
    const answer = await api.send('GET', '/settings')
    expect(answer).toMatchObject({ status: 500, body: expect.stringContaining('settings.ecs') })
    expect((await api.send('GET', '/settings?prefix=motd')).json).toEqual({ motd: 'hi' })
  })

  it.each([
    ['services/motd/configuration-files', '"x"', '/services'],
    ['services/motd/other', '1', '/services'],
    ['configuration-files/motd/path', '"a\\nb"', '/configuration-files'],
    ['configuration-files/motd/mode', '420', '/configuration-files'],
    ['settings/motd.affected-services', '"x"', '/metadata/affected-services?keys=settings.motd'],
    ['settings/motd.affected-services', '[', '/metadata/affected-services?keys=settings.motd'],
    ['settings/updates/seed.setting-generator', '["x"]', '/metadata/setting-generators'],
    ['settings/updates/seed.setting-generator', '"x', '/metadata/setting-generators'],
  ])('%s with %s: 500 that names it', async (file, content, uri) => {
    const api = await damaged((fs) => {
      fs.writeFile(live(file), content)
    })
    const answer = await api.send('GET', uri)
    expect(answer.status).toBe(500)
    expect(answer.body).toMatch(/motd|seed/)
  })

  it.each<[string, (fs: RootFs) => void]>([
    [
      'a file in place of the live data',
      (fs) => {
        fs.removeTree(`${PATHS.datastoreCurrent}/live`)
        fs.writeFile(`${PATHS.datastoreCurrent}/live`, '')
      },
    ],
    [
      'a journal that is a directory',
      (fs) => {
        fs.makeDirectory(`${PATHS.datastore}/.journal/x`)
        const stat = fs.stat.bind(fs)
        // as on a disk: a directory is not empty
        fs.stat = (path) => {
          const found = stat(path)
          return path.endsWith('/.journal') && found !== undefined ? { ...found, size: 4096 } : found
        }
      },
    ],
  ])('%s: 500 with a clear text', async (_, damage) => {
    const api = await damaged(damage)
    const answer = await api.send('GET', '/settings')
    expect(answer.status).toBe(500)
    expect(answer.body).toMatch(/datastore|live/)
    expect(answer.body).not.toMatch(/\n\s+at /)
  })

  it('a file in place of the pending data: reads are answered, writes are 500', async () => {
    const api = await damaged((fs) => {
      fs.removeTree(`${PATHS.datastoreCurrent}/pending`)
      fs.writeFile(`${PATHS.datastoreCurrent}/pending`, '')
    })
    expect((await api.send('GET', '/settings?prefix=motd')).status).toBe(200)
    expect((await api.send('PATCH', '/settings?tx=t', { motd: 'x' })).status).toBe(500)
    for (const uri of ['/tx/list', '/tx?tx=t']) expect([200, 500]).toContain((await api.send('GET', uri)).status)
    expect((await api.send('GET', '/settings?prefix=motd')).json).toEqual({ motd: 'hi' })
  })

  it('no live data at all: 500, not an empty answer', async () => {
    const api = await damaged((fs) => {
      fs.removeTree(`${PATHS.datastoreCurrent}/live`)
    })
    expect((await api.send('GET', '/settings')).status).toBe(500)
    expect((await api.send('GET', '/tx/list')).status).toBe(200)
  })

  it('an OS release that cannot be understood: 500, the settings are served', async () => {
    for (const text of ['VERSION_ID=12\n', 'nonsense']) {
      const api = await damaged((fs) => {
        fs.writeFile(PATHS.osRelease, text)
      })
      expect((await api.send('GET', '/os')).status).toBe(500)
      expect((await api.send('GET', '/settings')).status).toBe(200)
    }
    const without = await damaged((fs) => {
      fs.remove(PATHS.osRelease)
    })
    const answer = await without.send('GET', '/os')
    expect(answer).toMatchObject({ status: 500, body: expect.stringContaining(PATHS.osRelease) })
  })
})

describe('defaults that are not in their normal form', () => {
  it('are answered in it', async () => {
    const api = await damaged((fs) => {
      fs.makeDirectory(live('settings/dns'))
      fs.writeFile(live('settings/dns/name-servers'), ' [ "::0:1" ] ')
    })
    expect((await api.send('GET', '/settings?prefix=dns')).json).toEqual({ dns: { 'name-servers': ['::1'] } })
  })
})
