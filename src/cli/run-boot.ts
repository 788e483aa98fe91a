/** One boot of a target: runs the steps one after another until the first that fails. */
import { startApiServer } from '../apiserver/start.ts'
import { primaryAddress } from '../host/node-facts.ts'
import path from 'node:path'
import { ActivityWatch } from '../lib/activity.ts'
import { StepRecorder, writeBootRecord } from '../lib/boot-record.ts'
import type { Diagnostic } from '../lib/diagnostics.ts'
import { messageOf, PipelineError } from '../lib/errors.ts'
import { EXIT_OK } from '../lib/exit-codes.ts'
import { unwritableFile } from '../lib/file-errors.ts'
import { printJson, toJson } from '../lib/json.ts'
import { PATHS } from '../lib/paths.ts'
import type { ApiListener, EventSink, Host, HostEvent, RunResult } from '../lib/ports.ts'
import { decodeUtf8Lossy } from '../lib/utf8.ts'
import { loadModel } from '../model/models.ts'
import type { Variant } from '../variants/variant.ts'
import { bootSteps, type BootStep, type CommandStep } from './boot-steps.ts'
import type { Pile, StepRecord } from './report.ts'

export interface ProgramFailure {
  readonly program: string
  readonly error: unknown
}

export interface BootRun {
  readonly host: Host
  readonly variant: Variant
  /** The address that the network would have given the host, if the facts name one. */
  readonly currentIp: string | undefined
  /** What programs threw, oldest first. */
  readonly failures: Pile<ProgramFailure>
  /** Is called after a step, before the next one starts. */
  afterStep?(name: string): Promise<void>
}

export interface BootResult {
  readonly steps: readonly StepRecord[]
  readonly failedStep: string | undefined
  readonly diagnostics: readonly Diagnostic[]
  /** The API server, still running. */
  readonly server: ApiListener | undefined
}

/** What a failed step has to say. */
class StepFailure extends Error {
  readonly stderr: string

  constructor(command: readonly string[], reason: string, stderr: string) {
    super(`${command.join(' ')}: ${reason}`)
    this.stderr = stderr
  }
}

/** What a command came to, if it did not succeed. */
function failureOf(command: readonly string[], result: RunResult): StepFailure | undefined {
  if (result.exitCode === EXIT_OK) return undefined
  const reason =
    result.startError ?? (result.exitCode === undefined ? 'was ended' : `exit status ${String(result.exitCode)}`)
  return new StepFailure(command, reason, decodeUtf8Lossy(result.stderr))
}

/** Runs the commands of a step; what stands before the step's own command is a part of it. */
async function runCommands(step: CommandStep, host: Host, events: EventSink): Promise<void> {
  for (const [i, command] of step.commands.entries()) {
    const part = { clock: host.clock, events }
    const watch =
      i + 1 < step.commands.length
        ? new ActivityWatch(part, 'command', path.posix.basename(command[0] ?? ''))
        : undefined
    const onEvent =
      watch?.onEvent ??
      ((event: HostEvent): void => {
        events.emit(event)
      })
    const failure = failureOf(command, await host.runner.run({ command, purpose: 'program', onEvent }))
    watch?.end(failure === undefined ? { outcome: 'ok' } : { outcome: 'failed', reason: failure.message })
    if (failure !== undefined) throw failure
  }
}

/** Leaves the address that the network would have given the host: the one of the facts, else this machine's. */
export function writeNetworkStatus(host: Host, currentIp: string | undefined): void {
  try {
    host.fs.makeDirectory('/var/lib/netdog')
    host.fs.writeFile(PATHS.currentIp, currentIp ?? primaryAddress())
  } catch (cause) {
    throw unwritableFile(PATHS.currentIp, cause)
  }
}

/** Why a step need not run, if so. */
function skipReason(step: BootStep, host: Host): string | undefined {
  if (step.kind === 'network') return host.fs.stat(PATHS.currentIp) === undefined ? undefined : 'the address is known'
  const marker = step.kind === 'command' ? step.unlessExists : undefined
  return marker !== undefined && host.fs.stat(marker) !== undefined ? `${marker} exists` : undefined
}

function toDiagnostics(step: string, failure: unknown, failures: readonly { error: unknown }[]): Diagnostic[] {
  const errors = [...failures.map(({ error }) => error), failure].filter((error) => error instanceof PipelineError)
  const outermost = errors.at(-1)
  if (outermost === undefined) {
    const said = failure instanceof StepFailure && failure.stderr !== '' ? `\n${failure.stderr.trimEnd()}` : ''
    return [{ code: 'BOOT_STEP_FAILED', severity: 'error', message: `${step}: ${messageOf(failure)}${said}` }]
  }
  const own: Diagnostic = {
    code: outermost.code,
    severity: 'error',
    message: outermost.message,
    ...(outermost.hint === undefined ? {} : { hint: outermost.hint }),
  }
  const placed = errors.flatMap((error) => error.diagnostics)
  return [own, ...new Map(placed.map((diagnostic) => [printJson(toJson(diagnostic)), diagnostic])).values()]
}

/** Runs a boot. Never throws for a step that fails: the result names it. */
export async function runBoot(run: BootRun): Promise<BootResult> {
  const { host, variant } = run
  const bootStartMs = host.clock.monotonic()
  const sinceStart = (): number => host.clock.monotonic() - bootStartMs
  const steps: StepRecord[] = []
  let server: ApiListener | undefined

  const execute = async (step: BootStep, events: EventSink): Promise<void> => {
    if (step.kind === 'command') await runCommands(step, host, events)
    else if (step.kind === 'network') writeNetworkStatus(host, run.currentIp)
    else server = await startApiServer(host, { model: loadModel(variant.modelName) })
  }
  const record = (recorder: StepRecorder, step: StepRecord): void => {
    steps.push(step)
    const [startMs, endMs] = [bootStartMs + step.startMs, bootStartMs + step.endMs]
    writeBootRecord(host.fs, recorder.record({ ...step, startMs, endMs, bootStartMs }))
  }
  for (const step of bootSteps(variant)) {
    const startMs = sinceStart()
    const recorder = new StepRecorder()
    const skipped = skipReason(step, host)
    if (skipped !== undefined) {
      record(recorder, { name: step.name, startMs, endMs: startMs, outcome: 'skipped', reason: skipped })
      continue
    }
    run.failures.take()
    try {
      await execute(step, both(recorder, host.events))
      record(recorder, { name: step.name, startMs, endMs: sinceStart(), outcome: 'ok' })
    } catch (error) {
      const failures = run.failures.take()
      const diagnostics = toDiagnostics(step.name, error, failures)
      const reason = diagnostics[0]?.message ?? messageOf(error)
      record(recorder, { name: step.name, startMs, endMs: sinceStart(), outcome: 'failed', reason })
      return { steps, failedStep: step.name, diagnostics, server }
    }
    await run.afterStep?.(step.name)
  }
  return { steps, failedStep: undefined, diagnostics: [], server }
}

const both = (first: EventSink, second: EventSink): EventSink => ({
  emit: (event) => {
    first.emit(event)
    second.emit(event)
  },
})
