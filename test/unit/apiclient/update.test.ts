import { expect, test } from 'vitest'
import { apiclient } from '../../../src/apiclient/program.ts'
import { printJsonPretty, toJson } from '../../../src/lib/json.ts'
import { runTool, StubApi, testHost, type ProgramRun, type StubRoute } from '../../support/apply-host.ts'

const STATUS = 'GET /updates/status'

function status(timestamp: string, type: string, result = 'Success', state = 'Available'): StubRoute {
  const command = {
    cmd_type: type,
    cmd_status: result,
    timestamp,
    exit_status: 0,
    stderr: result === 'Success' ? '' : 'no space',
  }
  return JSON.stringify({ update_state: state, most_recent_command: command })
}

interface Outcome extends ProgramRun {
  readonly requests: readonly string[]
  readonly sleeps: readonly number[]
}

/** Answers the status requests one after another; the last answer stays. */
async function update(words: readonly string[], statuses: readonly StubRoute[], post = 204): Promise<Outcome> {
  const api = new StubApi()
  const answer = api.request.bind(api)
  const left = [...statuses]
  api.request = (request) => {
    const route = left.length > 1 ? left.shift() : left[0]
    if (request.method === 'GET') api.routes.set(STATUS, route ?? { status: 404 })
    else {
      if (route !== undefined) left.unshift(route)
      api.routes.set(`POST ${request.uri}`, { status: post })
    }
    return answer(request)
  }
  const host = testHost({ api })
  const run = await runTool(apiclient, ['update', ...words], host)
  return { ...run, requests: api.log, sleeps: host.clock.sleeps }
}

test('check waits for a refresh with a new time stamp and prints the status', async () => {
  const end = status('2', 'refresh', 'Success', 'Idle')
  const run = await update(
    ['check'],
    [status('1', 'refresh'), { status: 423 }, status('1', 'refresh'), status('2', 'prepare'), { status: 500 }, end],
  )
  expect(run).toMatchObject({ exitCode: 0, stderr: '' })
  expect(run.stdout).toBe(`${printJsonPretty(toJson(JSON.parse(end as string)))}\n`)
  expect(run.requests).toEqual([STATUS, 'POST /actions/refresh-updates', STATUS, STATUS, STATUS, STATUS, STATUS])
  expect(run.sleeps).toEqual([100, 100, 100, 100, 100])
})

test('a host without any status yet', async () => {
  expect(await update(['cancel'], [{ status: 404 }, status('1', 'deactivate')])).toMatchObject({
    exitCode: 0,
    stdout: '',
    requests: [STATUS, 'POST /actions/deactivate-update', STATUS],
  })
})

test('apply prepares and activates, and reboots with -r', async () => {
  const run = await update(
    ['apply', '-r'],
    [{ status: 404 }, status('1', 'prepare'), status('1', 'prepare'), status('2', 'activate')],
  )
  expect(run).toMatchObject({ exitCode: 0, stdout: '' })
  expect(run.requests.filter((request) => request.startsWith('POST'))).toEqual([
    'POST /actions/prepare-update',
    'POST /actions/activate-update',
    'POST /actions/reboot',
  ])
  expect(run.sleeps).toEqual([500, 100])
})

test.each([
  ['Idle', 1],
  ['Ready', 1],
  ['Staged', 3],
])('apply -c of a host in state %s sends %d actions', async (state, actions) => {
  const run = await update(
    ['apply', '-c'],
    [
      { status: 404 },
      status('1', 'refresh', 'Success', state),
      status('1', 'refresh'),
      status('2', 'prepare'),
      status('2', 'prepare'),
      status('3', 'activate'),
    ],
  )
  expect(run.exitCode).toBe(0)
  expect(run.stdout).toContain(`"update_state": "${state}"`)
  expect(run.requests.filter((request) => request.startsWith('POST'))).toHaveLength(actions)
})

test('a step that fails: its standard error, exit 1', async () => {
  const run = await update(['apply'], [{ status: 404 }, status('1', 'prepare', 'Failed')])
  expect(run.exitCode).toBe(1)
  expect(run.stderr).toContain('the prepare step of the update failed: no space')
  expect(run.requests).toHaveLength(3)
})

test('an action that is refused is not waited for', async () => {
  const run = await update(['check'], [{ status: 404 }], 423)
  expect(run).toMatchObject({ exitCode: 1, stdout: '', sleeps: [] })
})

test('a status that cannot be had at first: exit 1 without any action', async () => {
  const run = await update(['check'], [{ status: 423 }])
  expect(run).toMatchObject({ exitCode: 1, requests: [STATUS] })
})

test('five failing polls end the wait', async () => {
  const run = await update(['check'], [{ status: 404 }, { status: 500 }])
  expect(run).toMatchObject({ exitCode: 1 })
  expect(run.sleeps).toHaveLength(5)
})

test.each([
  ['check', 99],
  ['cancel', 49],
])('%s gives up after %d polls', async (word, polls) => {
  const run = await update([word], [{ status: 404 }, { status: 423 }])
  expect(run.exitCode).toBe(1)
  expect(run.stderr).toContain('did not end in time')
  expect(run.sleeps).toHaveLength(polls)
})
