import { afterEach, describe, expect, it } from 'vitest'
import { startFixture, type ApiFixture, type FixtureOptions } from '../support/api-fixture.ts'
import { scriptedRunner, type Ending } from '../support/test-host.ts'

const started: ApiFixture[] = []
async function start(options: FixtureOptions, script?: () => Ending): Promise<ApiFixture> {
  const api = await startFixture({ ...options, runner: scriptedRunner(script) })
  started.push(api)
  return api
}
afterEach(async () => {
  for (const api of started.splice(0)) await api.close()
})

const commandsOf = (api: ApiFixture): unknown[] =>
  api.runner.requests.map(({ command, purpose, stdin }) => ({ command: command.join(' '), purpose, stdin }))

describe.each(['in process', 'socket'] as const)('commands behind the API, %s', (transport) => {
  it('apply starts the applier for some keys or for everything', async () => {
    const api = await start({ transport })
    expect(await api.send('POST', '/tx/apply?keys=settings.motd,b')).toMatchObject({ status: 204, body: '' })
    expect((await api.send('POST', '/tx/apply')).status).toBe(204)
    expect((await api.send('POST', '/tx/apply?keys=')).status).toBe(400)
    expect(commandsOf(api)).toEqual([
      { command: '/usr/bin/thar-be-settings --daemon', purpose: 'program', stdin: '["settings.motd","b"]' },
      { command: '/usr/bin/thar-be-settings --daemon --all', purpose: 'program', stdin: undefined },
    ])
  })

  it('commit_and_apply applies what it committed, and nothing if nothing was pending', async () => {
    const api = await start({ transport })
    expect((await api.send('POST', '/tx/commit_and_apply?tx=none')).status).toBe(422)
    expect(api.runner.requests).toEqual([])
    await api.send('PATCH', '/settings?tx=t', { motd: 'x', kernel: { sysctl: { 'a.b': '1' } } })
    const answer = await api.send('POST', '/tx/commit_and_apply?tx=t')
    expect(answer).toMatchObject({ status: 200, json: ['settings.kernel.sysctl."a.b"', 'settings.motd'] })
    expect(commandsOf(api)).toEqual([
      {
        command: '/usr/bin/thar-be-settings --daemon',
        purpose: 'program',
        stdin: '["settings.kernel.sysctl.\\"a.b\\"","settings.motd"]',
      },
    ])
  })

  it.each([{ startError: 'no such file' }, { exitCode: 1, stderr: 'broken' }, { signal: 'SIGKILL' }])(
    'answers 500 if the applier does not start (%j), but the commit stays',
    async (ending) => {
      const api = await start({ transport }, () => ending)
      await api.send('PATCH', '/settings?tx=t', { motd: 'new' })
      const answer = await api.send('POST', '/tx/commit_and_apply?tx=t')
      expect(answer.status).toBe(500)
      expect(answer.body).toContain('thar-be-settings')
      expect((await api.send('GET', '/settings?prefix=motd')).json).toEqual({ motd: 'new' })
      expect((await api.send('POST', '/tx/apply')).status).toBe(500)
    },
  )

  it('tells the applier of a socket that is not the usual one', async () => {
    const api = await start({ transport, socketPath: '/run/other.sock' })
    await api.send('POST', '/tx/apply')
    expect(commandsOf(api)).toMatchObject([
      { command: '/usr/bin/thar-be-settings --daemon --all --socket-path /run/other.sock' },
    ])
  })

  it.each([
    ['reboot', '/usr/bin/systemctl reboot --check-inhibitors=yes'],
    ['refresh-updates', '/usr/bin/thar-be-updates refresh'],
    ['prepare-update', '/usr/bin/thar-be-updates prepare'],
    ['activate-update', '/usr/bin/thar-be-updates activate'],
    ['deactivate-update', '/usr/bin/thar-be-updates deactivate'],
  ])('action %s runs its command', async (action, command) => {
    const api = await start({ transport })
    expect(await api.send('POST', `/actions/${action}`)).toMatchObject({ status: 204, body: '' })
    expect(commandsOf(api)).toEqual([{ command, purpose: 'action', stdin: undefined }])
  })

  it.each<[Ending, number, string]>([
    [{ exitCode: 64 }, 423, '64'],
    [{ exitCode: 65 }, 409, '65'],
    [{ exitCode: 66 }, 404, '66'],
    [{ exitCode: 67 }, 404, '67'],
    [{ exitCode: 1, stderr: 'the reason\n' }, 500, 'the reason'],
    [{ signal: 'SIGTERM' }, 500, '15'],
    [{ startError: 'ENOENT' }, 500, 'ENOENT'],
  ])('update command ending with %j is status %i', async (ending, status, text) => {
    const api = await start({ transport }, () => ending)
    const answer = await api.send('POST', '/actions/prepare-update')
    expect(answer.status).toBe(status)
    expect(answer.body).toContain(text)
  })

  it('a reboot that fails is 500, whatever its exit code', async () => {
    const api = await start({ transport }, () => ({ exitCode: 64, stderr: 'inhibited' }))
    const answer = await api.send('POST', '/actions/reboot')
    expect(answer.status).toBe(500)
    expect(answer.body).toMatch(/64.*inhibited/)
  })

  it.each([
    ['/report/cis', []],
    ['/report/cis?level=2', ['-l', '2']],
    ['/report/cis?format=json&level=1', ['-l', '1', '-f', 'json']],
    ['/report/cis?type=kubernetes&format=text', ['-f', 'text', '-c', '/usr/libexec/cis-checks/kubernetes']],
    ['/report/cis?type=bottlerocket', []],
    ['/report/fips', ['-c', '/usr/libexec/fips-checks/bottlerocket']],
    ['/report/fips?format=json', ['-f', 'json', '-c', '/usr/libexec/fips-checks/bottlerocket']],
  ])('%s runs the checker', async (uri, args) => {
    const api = await start({ transport }, () => ({ stdout: 'the report\n' }))
    const answer = await api.send('GET', uri)
    expect(answer).toMatchObject({ status: 200, body: 'the report\n' })
    expect(answer.headers['content-type']).toBe('application/text')
    expect(api.runner.requests.map(({ command }) => command)).toEqual([['/usr/bin/bloodhound', ...args]])
  })

  it('a report that fails is 500 with exit code and stderr', async () => {
    const api = await start({ transport }, () => ({ exitCode: 3, stderr: 'bad level' }))
    const answer = await api.send('GET', '/report/cis?level=x')
    expect(answer.status).toBe(500)
    expect(answer.body).toMatch(/3.*bad level/)
  })
})
