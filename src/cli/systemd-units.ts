/** The units of a service manager, from what `systemctl show` prints of them (systemctl(1), org.freedesktop.systemd1(5)). */
import type { Host } from '../lib/ports.ts'
import { decodeUtf8Lossy } from '../lib/utf8.ts'

/** A unit as the service manager tells of its last start. Times are milliseconds of the monotonic clock. */
export interface Unit {
  /** With its suffix: `sundog.service`. */
  readonly name: string
  readonly activeState: string
  /** `success`, or how it failed. */
  readonly result: string
  /** When the manager turned to it and looked at its conditions. */
  readonly triedMs?: number
  /** Whether its conditions held. */
  readonly isWanted: boolean
  /** When its start began. */
  readonly startMs?: number
  /** When it was up; of a oneshot that does not stay, when it was done. Absent while it is starting. */
  readonly upMs?: number
  /** When its main process was started. */
  readonly processMs?: number
  readonly invocation?: string
  /** What it was ordered after, also by an option of the others. */
  readonly after: readonly string[]
  /** What it cannot start without. */
  readonly needs: readonly string[]
}

const PROPERTIES = [
  ...['Id', 'LoadState', 'ActiveState', 'Result', 'InvocationID', 'After', 'Requires', 'Requisite', 'BindsTo'],
  ...['ConditionResult', 'ConditionTimestampMonotonic', 'InactiveExitTimestampMonotonic'],
  ...['ActiveEnterTimestampMonotonic', 'InactiveEnterTimestampMonotonic', 'ExecMainStartTimestampMonotonic'],
]
/** Prints what is wanted of all units that a manager knows. */
export const SHOW_UNITS: readonly string[] = ['systemctl', 'show', '--all', `--property=${PROPERTIES.join()}`, '*']

/** Where a machine shows that systemd has started it, sd_booted(3). */
const BOOTED = '/run/systemd/system'
const MICROSECONDS_PER_MS = 1000

type Properties = ReadonlyMap<string, string>

function timeOf(properties: Properties, name: string): number | undefined {
  const value = Number(properties.get(`${name}TimestampMonotonic`) ?? '0')
  return Number.isFinite(value) && value > 0 ? value / MICROSECONDS_PER_MS : undefined
}

const wordsOf = (properties: Properties, ...names: readonly string[]): string[] =>
  names.flatMap((name) => (properties.get(name) ?? '').split(' ').filter((word) => word !== ''))

/** The end of a start that began at `startMs`: the first state that came after it. */
function upAt(properties: Properties, startMs: number): number | undefined {
  const times = ['ActiveEnter', 'InactiveEnter'].flatMap((name) => timeOf(properties, name) ?? [])
  const later = times.filter((ms) => ms >= startMs)
  return later.length === 0 ? undefined : Math.min(...later)
}

function readUnit(properties: Properties): Unit | undefined {
  const name = properties.get('Id')
  if (name === undefined || properties.get('LoadState') === 'not-found') return undefined
  const [triedMs, startMs, processMs] = ['Condition', 'InactiveExit', 'ExecMainStart'].map((one) =>
    timeOf(properties, one),
  )
  const upMs = startMs === undefined ? undefined : upAt(properties, startMs)
  const invocation = properties.get('InvocationID') ?? ''
  return {
    name,
    activeState: properties.get('ActiveState') ?? '',
    result: properties.get('Result') ?? 'success',
    isWanted: triedMs === undefined || properties.get('ConditionResult') !== 'no',
    ...(triedMs === undefined ? {} : { triedMs }),
    ...(startMs === undefined ? {} : { startMs }),
    ...(upMs === undefined ? {} : { upMs }),
    ...(processMs === undefined ? {} : { processMs }),
    ...(invocation === '' ? {} : { invocation }),
    after: wordsOf(properties, 'After'),
    needs: wordsOf(properties, 'Requires', 'Requisite', 'BindsTo'),
  }
}

/** Reads what `systemctl show` has printed: a line for each property, an empty line between units. Other lines are left out. */
export function parseUnits(text: string): Unit[] {
  const blocks = text.split(/\r?\n(?:\r?\n)+/).map((block) => block.split(/\r?\n/))
  return blocks.flatMap((lines) => {
    const pairs = lines.map((line): [string, string] => {
      const at = line.indexOf('=')
      return [line.slice(0, Math.max(at, 0)), line.slice(at + 1)]
    })
    return readUnit(new Map(pairs)) ?? []
  })
}

/** The units of this machine; undefined where systemd is not the service manager, or does not answer. */
export async function unitsOfHost(host: Host, signal: AbortSignal): Promise<Unit[] | undefined> {
  if (host.fs.stat(BOOTED)?.kind !== 'directory') return undefined
  const result = await host.runner.run({ command: SHOW_UNITS, purpose: 'program', signal })
  if (result.recorded || result.exitCode !== 0) return undefined
  return parseUnits(decodeUtf8Lossy(result.stdout))
}
