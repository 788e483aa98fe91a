/** The state of updates, as the update programs leave it in a file. */
import { messageOf } from '../lib/errors.ts'
import { parseJson } from '../lib/json-parse.ts'
import { isJsonArray, isJsonObject, printJson, quoteJson, type JsonValue } from '../lib/json.ts'
import type { ApiResponse, Host } from '../lib/ports.ts'
import { ApiError, jsonText } from './http.ts'

/** Held by whoever runs an update command. */
export const UPDATE_LOCK_PATH = '/run/lock/thar-be-updates.lock'
/** Written by whoever ran one. */
export const UPDATE_STATUS_PATH = '/run/cache/thar-be-updates/status.json'

/** A check of one member that gives its printed form. @throws TypeError */
type Printer = (value: JsonValue) => string

const fail = (expected: string): never => {
  throw new TypeError(`expected ${expected}`)
}

const string: Printer = (value) => (typeof value === 'string' ? quoteJson(value) : fail('a string'))
const boolean: Printer = (value) => (typeof value === 'boolean' ? String(value) : fail('a boolean'))
const integer: Printer = (value) => (typeof value === 'bigint' ? String(value) : fail('an integer'))
const strings: Printer = (value) =>
  isJsonArray(value) && value.every((item) => typeof item === 'string') ? printJson(value) : fail('a list of strings')
const word =
  (...words: string[]): Printer =>
  (value) =>
    typeof value === 'string' && words.includes(value) ? quoteJson(value) : fail(words.join(' or '))
const nullable =
  (print: Printer): Printer =>
  (value) =>
    value === null ? 'null' : print(value)

/** Prints an object with its members in the given order. Members may be absent where null is possible. */
function object(members: Readonly<Record<string, Printer>>): Printer {
  return (value) => {
    if (!isJsonObject(value)) return fail('an object')
    const printed = Object.entries(members).map(([name, print]) => {
      try {
        return `${quoteJson(name)}:${print(value[name] ?? null)}`
      } catch (error) {
        throw new TypeError(`${name}: ${messageOf(error)}`, { cause: error })
      }
    })
    return `{${printed.join(',')}}`
  }
}

const image = object({ arch: string, version: string, variant: string })
const partition = nullable(object({ image, next_to_boot: boolean }))
const command = object({
  cmd_type: word('refresh', 'prepare', 'activate', 'deactivate'),
  cmd_status: word('Success', 'Failed', 'Unknown'),
  timestamp: string,
  exit_status: nullable(integer),
  stderr: nullable(string),
})
const status = object({
  update_state: word('Idle', 'Available', 'Staged', 'Ready'),
  available_updates: strings,
  chosen_update: nullable(image),
  active_partition: partition,
  staging_partition: partition,
  most_recent_command: nullable(command),
})

/** The status in its printed form. @throws TypeError naming the member that is wrong */
export function printUpdateStatus(value: JsonValue): string {
  return status(value)
}

/** Whether an update command holds the lock. @throws ApiError 500 if the lock file cannot be opened */
async function isLocked(host: Pick<Host, 'fs' | 'runner'>): Promise<boolean> {
  try {
    host.fs.makeDirectory('/run/lock')
    host.fs.writeFile(UPDATE_LOCK_PATH, '')
  } catch (error) {
    throw new ApiError(500, `the update lock cannot be opened: ${messageOf(error)}`)
  }
  // flock(1) ends with 1 if the lock is held; where it is missing, nobody can hold the lock
  const command = ['/usr/bin/flock', '--shared', '--nonblock', host.fs.hostPath(UPDATE_LOCK_PATH), '/usr/bin/true']
  const result = await host.runner.run({ command, purpose: 'program' })
  return result.exitCode === 1
}

/** Answers with the status. @throws ApiError 404 before the first update command, 423 during one, 500 */
export async function getUpdateStatus(host: Pick<Host, 'fs' | 'runner'>): Promise<ApiResponse> {
  if (await isLocked(host)) throw new ApiError(423, 'an update command is running')
  if (host.fs.stat(UPDATE_STATUS_PATH) === undefined) throw new ApiError(404, 'no update command has run yet')
  try {
    return jsonText(printUpdateStatus(parseJson(host.fs.readText(UPDATE_STATUS_PATH))))
  } catch (error) {
    throw new ApiError(500, `${UPDATE_STATUS_PATH} is not valid: ${messageOf(error)}`)
  }
}
