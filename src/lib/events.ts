/** Events on their way from one process to another, one line of JSON each. */
import type { Activity, ActivityKind, ActivityOutcome, Wait } from './activity-types.ts'
import { isJsonArray, isJsonObject, member, printJson, toJson, type JsonValue } from './json.ts'
import type { HostEvent } from './ports.ts'

/** Names the open descriptor that a program of ours writes its events to. */
export const EVENTS_VARIABLE = 'BOTTLEROCKET_EVENTS'

const KINDS: readonly ActivityKind[] = ['provider', 'generator', 'command']
const OUTCOMES: readonly ActivityOutcome[] = ['ok', 'none', 'failed', 'unfinished']

/** An event as a line; undefined for those that stay in their process, such as the contents of files. */
export function encodeEvent(event: HostEvent): string | undefined {
  switch (event.kind) {
    case 'wait':
    case 'notice':
    case 'activity':
    case 'ready':
      return `${printJson(toJson(event))}\n`
    case 'file':
    case 'not-rendered':
    case 'command':
    case 'changed-keys':
      return undefined
  }
}

/** Thrown for a member that is not what it should be. */
class ShapeError extends Error {}

function text(value: JsonValue, name: string): string {
  const found = member(value, name)
  if (typeof found !== 'string') throw new ShapeError(name)
  return found
}

function optionalText(value: JsonValue, name: string): string | undefined {
  return member(value, name) === undefined ? undefined : text(value, name)
}

function number(value: JsonValue, name: string): number {
  const found = member(value, name)
  if (typeof found !== 'bigint' && typeof found !== 'number') throw new ShapeError(name)
  return Number(found)
}

/** Reads a wait. @throws ShapeError */
function waitOf(value: JsonValue): Wait {
  return {
    program: text(value, 'program'),
    target: text(value, 'target'),
    reason: text(value, 'reason'),
    startMs: number(value, 'startMs'),
    ms: number(value, 'ms'),
    retry: member(value, 'retry') === true,
  }
}

function waitsOf(value: JsonValue): Wait[] {
  const found = member(value, 'waits')
  if (!isJsonArray(found)) throw new ShapeError('waits')
  return found.map(waitOf)
}

function oneOf<T extends string>(value: JsonValue, name: string, known: readonly T[]): T {
  const found = text(value, name)
  const match = known.find((one) => one === found)
  if (match === undefined) throw new ShapeError(name)
  return match
}

function activityOf(value: JsonValue): Activity {
  const detail = optionalText(value, 'detail')
  const reason = optionalText(value, 'reason')
  return {
    kind: oneOf(value, 'kind', KINDS),
    name: text(value, 'name'),
    ...(detail === undefined ? {} : { detail }),
    startMs: number(value, 'startMs'),
    endMs: number(value, 'endMs'),
    outcome: oneOf(value, 'outcome', OUTCOMES),
    ...(reason === undefined ? {} : { reason }),
    attempts: number(value, 'attempts'),
    waits: waitsOf(value),
  }
}

/** Runs a reader of the functions above; undefined if the value has not the shape. */
function ifShaped<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof ShapeError) return undefined
    throw error
  }
}

/** Reads a wait of a record; undefined if it is none. */
export function decodeWait(value: JsonValue): Wait | undefined {
  return ifShaped(() => waitOf(value))
}

/** Reads an activity of a record; undefined if it is none. */
export function decodeActivity(value: JsonValue): Activity | undefined {
  return ifShaped(() => activityOf(value))
}

function eventOf(value: JsonValue): HostEvent | undefined {
  const kind = member(value, 'kind')
  if (kind === 'wait') return { kind, wait: waitOf(member(value, 'wait') ?? null) }
  if (kind === 'notice') return { kind, program: text(value, 'program'), text: text(value, 'text') }
  if (kind === 'activity') return { kind, activity: activityOf(member(value, 'activity') ?? null) }
  return kind === 'ready' ? { kind } : undefined
}

/** Reads a line that `encodeEvent` made; undefined for anything else. */
export function decodeEvent(line: string): HostEvent | undefined {
  let value: JsonValue
  try {
    // our own programs' lines, with numbers that a double holds: the exact parser would only slow down every program's start
    value = JSON.parse(line) as JsonValue
  } catch {
    return undefined
  }
  return isJsonObject(value) ? ifShaped(() => eventOf(value)) : undefined
}
