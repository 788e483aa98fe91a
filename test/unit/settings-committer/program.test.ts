import { describe, expect, it } from 'vitest'
import { PipelineError } from '../../../src/lib/errors.ts'
import type { ApiRequest, ApiResponse } from '../../../src/lib/ports.ts'
import { settingsCommitter } from '../../../src/settings-committer/program.ts'
import { runToEnd, testHost, type ProgramRun } from '../../support/test-host.ts'

const answer = (status: number, body = ''): ApiResponse => ({ status, headers: {}, body })

interface Case {
  readonly argv?: readonly string[]
  readonly pending?: ApiResponse
  readonly commit: ApiResponse | Error
}

async function run({ argv = [], pending = answer(200, '{"motd":"x"}'), commit }: Case): Promise<{
  result: ProgramRun
  requests: string[]
  sockets: (string | undefined)[]
}> {
  const requests: string[] = []
  const sockets: (string | undefined)[] = []
  const host = testHost({
    api: (socket) => {
      sockets.push(socket)
      return {
        request: ({ method, uri }: ApiRequest) => {
          requests.push(`${method} ${uri}`)
          if (commit instanceof Error) return Promise.reject(commit)
          return Promise.resolve(method === 'GET' ? pending : commit)
        },
      }
    },
  })
  return { result: await runToEnd(settingsCommitter, argv, host), requests, sockets }
}

describe('settings-committer', () => {
  it('commits the launch transaction', async () => {
    const { result, requests } = await run({ commit: answer(200, '["settings.motd"]') })
    expect(result).toMatchObject({ code: 0, stderr: '' })
    expect(requests).toEqual(['GET /tx?tx=bottlerocket-launch', 'POST /tx/commit?tx=bottlerocket-launch'])
  })

  it('commits another transaction through another socket', async () => {
    const { requests, sockets } = await run({
      argv: ['--transaction', 'my tx&x', '--socket-path', '/s'],
      commit: answer(200, '[]'),
    })
    expect(requests[1]).toBe('POST /tx/commit?tx=my%20tx%26x')
    expect(sockets).toEqual(['/s'])
  })

  it('counts nothing to commit as success', async () => {
    expect((await run({ commit: answer(422, 'nothing is pending') })).result.code).toBe(0)
  })

  it.each([answer(500, 'broken'), answer(200, 'not json'), answer(200, '[]')])(
    'only warns where the pending settings cannot be shown',
    async (pending) => {
      const { result } = await run({ pending, commit: answer(200, '[]') })
      expect(result.code).toBe(0)
    },
  )

  it.each([400, 404, 500])('fails on status %i, with the answer', async (status) => {
    const { result } = await run({ commit: answer(status, 'the reason') })
    expect(result.code).toBe(1)
    expect(result.stderr).toContain(String(status))
    expect(result.stderr).toContain('the reason')
  })

  it('fails without a server', async () => {
    const { result } = await run({ commit: new PipelineError('API_UNREACHABLE', 'nobody there') })
    expect(result.code).toBe(1)
    expect(result.stderr).toContain('API_UNREACHABLE')
  })

  it.each([[['--transaction']], [['x']], [['--log-level', 'x']], [['--transaction=x']]])(
    '%j is bad usage',
    async (argv) => {
      const { result, requests } = await run({ argv, commit: answer(200) })
      expect(result.code).toBe(2)
      expect(requests).toEqual([])
    },
  )
})
