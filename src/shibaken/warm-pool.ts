/** Waits until an instance of a warm pool is put to work. */
import type { ImdsClient } from '../imds/client.ts'
import { fetchLifecycleState } from '../imds/targets.ts'
import { messageOf, PipelineError, systemCode } from '../lib/errors.ts'
import { member } from '../lib/json.ts'
import type { Host, ProgramIo } from '../lib/ports.ts'
import { Waiting } from '../lib/waiting.ts'
import { parseUserToml } from '../toml/user-toml.ts'

/** Rendered from `settings.autoscaling`. */
export const WARM_POOL_CONFIG = '/etc/warm-pool-wait.toml'
const IN_SERVICE = 'InService'
const POLL_MS = 5000
const PROGRAM = 'shibaken'
const TARGET = `the life-cycle state ${IN_SERVICE}`

export interface WarmPoolConfig {
  readonly shouldWait: boolean
  /** Is written when the wait is over, so that the unit is not started again. */
  readonly markerPath: string
}

/** Reads the configuration file. @throws PipelineError `WARM_POOL_CONFIG_INVALID` */
export function parseWarmPoolConfig(text: string): WarmPoolConfig {
  const parsed = parseUserToml(text, WARM_POOL_CONFIG)
  if (!parsed.ok) {
    const { diagnostics } = parsed
    throw new PipelineError('WARM_POOL_CONFIG_INVALID', `${WARM_POOL_CONFIG} is not TOML`, { diagnostics })
  }
  const shouldWait = member(parsed.tree, 'should_wait')
  const markerPath = member(parsed.tree, 'marker_path')
  if (typeof shouldWait !== 'boolean' || typeof markerPath !== 'string') {
    throw new PipelineError('WARM_POOL_CONFIG_INVALID', `${WARM_POOL_CONFIG} needs should_wait and marker_path`)
  }
  return { shouldWait, markerPath }
}

function readConfig(host: Host): WarmPoolConfig {
  let text: string
  try {
    text = host.fs.readText(WARM_POOL_CONFIG)
  } catch (cause) {
    const reason = systemCode(cause) ?? messageOf(cause)
    throw new PipelineError('HOST_FILE_UNREADABLE', `cannot read ${WARM_POOL_CONFIG}: ${reason}`, { cause })
  }
  return parseWarmPoolConfig(text)
}

function writeMarker(path: string, { host, warn, io }: Wait): void {
  try {
    host.fs.writeFile(path, '')
    io.stdout.write(`${path}\n`)
  } catch (error) {
    warn(`cannot write ${path}: ${systemCode(error) ?? messageOf(error)}`)
  }
}

interface Wait {
  readonly io: ProgramIo
  readonly host: Host
  readonly warn: (text: string) => void
  readonly client: ImdsClient
}

/** Waits for the life-cycle state `InService`, if the configuration says so; then writes the marker file. */
export async function waitForService(wait: Wait): Promise<void> {
  const { io, host } = wait
  const config = readConfig(host)
  io.stdout.write(`autoscaling.should-wait value is ${String(config.shouldWait)}\n`)
  if (config.shouldWait) {
    const waiting = new Waiting({ host, program: PROGRAM, target: TARGET, stderr: io.stderr })
    try {
      await pollState(wait, waiting)
    } finally {
      waiting.end()
    }
    io.stdout.write(`the instance is ${IN_SERVICE}\n`)
  }
  writeMarker(config.markerPath, wait)
}

/** Asks every five seconds until the instance is in service. There is no limit: it may stay in its pool for days. */
async function pollState({ client, host, io }: Wait, waiting: Waiting): Promise<void> {
  for (let state = await fetchLifecycleState(client); state !== IN_SERVICE; state = await fetchLifecycleState(client)) {
    const reason = state === undefined ? 'the metadata service knows no state' : `state ${state}`
    waiting.note(`last answer: ${reason}`)
    const startMs = host.clock.monotonic()
    const poll = { program: PROGRAM, target: TARGET, reason, startMs, ms: POLL_MS, retry: true }
    host.events.emit({ kind: 'wait', wait: poll })
    await host.clock.sleep(POLL_MS, io.signal)
  }
}
