/** Restart commands, and systemd's own reload before them. */
import { APPLY_ID_VARIABLE } from '../api/apply-record.ts'
import { PipelineError } from '../lib/errors.ts'
import type { Host, RunPurpose, RunResult } from '../lib/ports.ts'
import { decodeUtf8Lossy } from '../lib/utf8.ts'
import type { PlannedRestart } from './plan-apply.ts'

/** Makes systemd read its units again. */
export const DAEMON_RELOAD = 'systemctl daemon-reload'
/** The name of this run is not the one of a run that a command may start. */
const NOT_THEIRS = { [APPLY_ID_VARIABLE]: undefined }
/** Longest part of a failed command's output that goes into the message. */
const MAX_OUTPUT_LINES = 20

/**
 * The words of a restart command.
 *
 * Reference: a command is cut at every single space and nothing is quoted, so two spaces make an empty argument.
 */
export function splitRestartCommand(command: string): string[] {
  return command.split(' ')
}

function outcomeOf(result: RunResult): string | undefined {
  if (result.startError !== undefined) return `could not be started: ${result.startError}`
  if (result.exitCode === 0) return undefined
  const end =
    result.exitCode === undefined
      ? `was ended by ${result.signal ?? 'a signal'}`
      : `ended with ${String(result.exitCode)}`
  const output = decodeUtf8Lossy(result.stderr).trim().split('\n').slice(-MAX_OUTPUT_LINES).join('\n')
  return output === '' ? end : `${end}:\n${output}`
}

type Target = Pick<Host, 'runner' | 'events'>

interface Step {
  readonly command: string
  readonly purpose: RunPurpose
  readonly services: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** Is told which command is being run. */
interface Watcher {
  during<T>(command: string, task: () => Promise<T>): Promise<T>
}

const unwatched: Watcher = { during: (_command, task) => task() }

async function runStep(step: Step, host: Target, signal: AbortSignal, watcher: Watcher): Promise<void> {
  const { command, purpose, services, env } = step
  const words = splitRestartCommand(command)
  const result = await watcher.during(command, () =>
    host.runner.run({ command: words, purpose, env: { ...env, ...NOT_THEIRS }, signal }),
  )
  host.events.emit({ kind: 'command', command, purpose, services, env, ran: !result.recorded })
  const failure = outcomeOf(result)
  if (failure === undefined) return
  const owner = services.length === 0 ? '' : ` of service ${services.join(', ')}`
  throw new PipelineError('RESTART_COMMAND_FAILED', `'${command}'${owner} ${failure}`, {
    details: { command, services, exitCode: result.exitCode, signal: result.signal },
  })
}

/** Makes systemd read its units again. @throws PipelineError `RESTART_COMMAND_FAILED` */
export function executeDaemonReload(host: Target, signal: AbortSignal, watcher = unwatched): Promise<void> {
  return runStep({ command: DAEMON_RELOAD, purpose: 'reload', services: [], env: {} }, host, signal, watcher)
}

/**
 * Runs restart commands one after another; the first that does not succeed ends the run.
 *
 * @throws PipelineError `RESTART_COMMAND_FAILED`
 */
export async function executeRestarts(
  restarts: readonly PlannedRestart[],
  host: Target,
  signal: AbortSignal,
  watcher = unwatched,
): Promise<void> {
  for (const { command, service, env } of restarts) {
    await runStep({ command, purpose: 'restart', services: [service], env }, host, signal, watcher)
  }
}
