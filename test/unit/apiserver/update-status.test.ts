import { describe, expect, it } from 'vitest'
import {
  getUpdateStatus,
  printUpdateStatus,
  UPDATE_LOCK_PATH,
  UPDATE_STATUS_PATH,
} from '../../../src/apiserver/update-status.ts'
import { MemoryFs } from '../../../src/host/memory-fs.ts'
import { parseJson } from '../../../src/lib/json-parse.ts'
import { failingFs } from '../../support/faulty-fs.ts'
import { scriptedRunner, type Ending } from '../../support/test-host.ts'

const FULL = `{"update_state":"Ready","available_updates":["1.25.0","1.24.2"],\
"chosen_update":{"arch":"x86_64","version":"1.25.0","variant":"aws-k8s-1.31"},\
"active_partition":{"image":{"arch":"x86_64","version":"1.24.1","variant":"aws-k8s-1.31"},"next_to_boot":true},\
"staging_partition":null,\
"most_recent_command":{"cmd_type":"refresh","cmd_status":"Success","timestamp":"2024-10-04T12:00:00.123456789Z",\
"exit_status":0,"stderr":""}}`

/** The same with the members of every object in another order. */
const SHUFFLED = `{"staging_partition":null,"most_recent_command":{"stderr":"","exit_status":0,\
"timestamp":"2024-10-04T12:00:00.123456789Z","cmd_status":"Success","cmd_type":"refresh"},\
"active_partition":{"next_to_boot":true,"image":{"version":"1.24.1","variant":"aws-k8s-1.31","arch":"x86_64"}},\
"chosen_update":{"variant":"aws-k8s-1.31","arch":"x86_64","version":"1.25.0"},\
"available_updates":["1.25.0","1.24.2"],"update_state":"Ready"}`

describe('printUpdateStatus', () => {
  it.each([FULL, SHUFFLED])('prints the members in their order', (text) => {
    expect(printUpdateStatus(parseJson(text))).toBe(FULL)
  })

  it('prints members that are not set as null', () => {
    const command = '{"cmd_type":"prepare","cmd_status":"Unknown","timestamp":"t"}'
    expect(
      printUpdateStatus(parseJson(`{"update_state":"Idle","available_updates":[],"most_recent_command":${command}}`)),
    ).toBe(
      '{"update_state":"Idle","available_updates":[],"chosen_update":null,"active_partition":null,' +
        '"staging_partition":null,"most_recent_command":{"cmd_type":"prepare","cmd_status":"Unknown",' +
        '"timestamp":"t","exit_status":null,"stderr":null}}',
    )
  })

  it('prints the status of a host on which no command has been accepted yet', () => {
    const text =
      '{"update_state":"Idle","available_updates":[],"chosen_update":null,"active_partition":null,' +
      '"staging_partition":null,"most_recent_command":null}'
    expect(printUpdateStatus(parseJson(text))).toBe(text)
  })

  it.each([
    ['"Ready"', '"Nope"', 'update_state'],
    ['["1.25.0","1.24.2"]', '"1.25.0"', 'available_updates'],
    ['"next_to_boot":true', '"next_to_boot":1', 'next_to_boot'],
    ['"exit_status":0', '"exit_status":"0"', 'exit_status'],
    ['"cmd_type":"refresh"', '"cmd_type":"x"', 'cmd_type'],
    ['"arch":"x86_64","version":"1.25.0"', '"version":"1.25.0"', 'arch'],
  ])('refuses %s as %s', (from, to, member) => {
    expect(() => printUpdateStatus(parseJson(FULL.replace(from, to)))).toThrow(member)
  })
})

describe('getUpdateStatus', () => {
  const ask = (fs: MemoryFs, ending: Ending = {}): Promise<unknown> =>
    getUpdateStatus({ fs, runner: scriptedRunner(() => ending) })
  const withStatus = (text: string): MemoryFs => {
    const fs = new MemoryFs()
    fs.makeDirectory('/run/cache/thar-be-updates')
    fs.writeFile(UPDATE_STATUS_PATH, text)
    return fs
  }

  it('answers with the status, and leaves an empty lock file', async () => {
    const fs = withStatus(FULL)
    expect(await ask(fs)).toMatchObject({ status: 200, body: FULL })
    expect(fs.readText(UPDATE_LOCK_PATH)).toBe('')
  })

  it('answers where the lock program is missing', async () => {
    expect(await ask(withStatus(FULL), { startError: 'ENOENT' })).toMatchObject({ status: 200 })
  })

  it('is 423 while the lock is held, even without a status', async () => {
    await expect(ask(withStatus(FULL), { exitCode: 1 })).rejects.toMatchObject({ status: 423 })
    await expect(ask(new MemoryFs(), { exitCode: 1 })).rejects.toMatchObject({ status: 423 })
  })

  it('is 404 before the first update command', async () => {
    await expect(ask(new MemoryFs())).rejects.toMatchObject({ status: 404 })
  })

  it.each(['', '{', '[]', '{}'])('is 500 for the status %j', async (text) => {
    await expect(ask(withStatus(text))).rejects.toMatchObject({
      status: 500,
      message: expect.stringContaining(UPDATE_STATUS_PATH),
    })
  })

  it('is 500 if the lock cannot be opened', async () => {
    const fs = failingFs(withStatus(FULL), 'EROFS')
    await expect(getUpdateStatus({ fs, runner: scriptedRunner() })).rejects.toMatchObject({ status: 500 })
  })
})
