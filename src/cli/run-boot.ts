/** One boot of a target: runs the steps one after another until the first that fails. */
import { startApiServer } from '../apiserver/start.ts'
import { primaryAddress } from '../host/node-facts.ts'
import type { Diagnostic } from '../lib/diagnostics.ts'
import { messageOf, PipelineError } from '../lib/errors.ts'
import { EXIT_OK } from '../lib/exit-codes.ts'
import { unwritableFile } from '../lib/file-errors.ts'
import { printJson, toJson } from '../lib/json.ts'
import { PATHS } from '../lib/paths.ts'
import type { ApiListener, Host } from '../lib/ports.ts'
import { decodeUtf8Lossy } from '../lib/utf8.ts'
import { loadModel } from '../model/models.ts'
import type { Variant } from '../variants/variant.ts'
import { bootSteps, type BootStep, type CommandStep } from './boot-steps.ts'
import { SCHEMA_VERSION, type Pile, type StepRecord, type WaitEvent } from './report.ts'

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
  /** What programs waited for. */
  readonly waits: Pile<WaitEvent>
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

async function runCommands(step: CommandStep, host: Host): Promise<void> {
  for (const command of step.commands) {
    const result = await host.runner.run({ command, purpose: 'program' })
    if (result.exitCode === EXIT_OK) continue
    const reason =
      result.startError ?? (result.exitCode === undefined ? 'was ended' : `exit status ${String(result.exitCode)}`)
    throw new StepFailure(command, reason, decodeUtf8Lossy(result.stderr))
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

/** Leaves the step's record on the target. The boot goes on if that cannot be written. */
function writeRecord(host: Host, index: number, step: StepRecord, waits: readonly WaitEvent[]): void {
  const number = String(index + 1).padStart(2, '0')
  const record = toJson({
    schemaVersion: SCHEMA_VERSION,
    ...step,
    // each wait stood between two attempts at something
    attempts: step.outcome === 'skipped' ? 0 : waits.length + 1,
    waits: waits.map(({ program, reason, ms }) => ({ program, reason, ms: Math.round(ms) })),
  })
  try {
    host.fs.makeDirectory(PATHS.bootRecordDirectory)
    host.fs.replaceFile(`${PATHS.bootRecordDirectory}/${number}-${step.name}.json`, printJson(record) + '\n', {
      durable: false, // of this boot only, and on a host in memory
    })
  } catch {
    // a full disk fails the step that needs it; its record is the smaller loss
  }
}

/** Runs a boot. Never throws for a step that fails: the result names it. */
export async function runBoot(run: BootRun): Promise<BootResult> {
  const { host, variant } = run
  const start = host.clock.monotonic()
  const steps: StepRecord[] = []
  let server: ApiListener | undefined

  const execute = async (step: BootStep): Promise<void> => {
    if (step.kind === 'command') await runCommands(step, host)
    else if (step.kind === 'network') writeNetworkStatus(host, run.currentIp)
    else server = await startApiServer(host, { model: loadModel(variant.modelName) })
  }
  const record = (step: StepRecord): void => {
    steps.push(step)
    writeRecord(host, steps.length - 1, step, run.waits.take())
  }
  for (const step of bootSteps(variant)) {
    const startMs = host.clock.monotonic() - start
    const skipped = skipReason(step, host)
    if (skipped !== undefined) {
      record({ name: step.name, startMs, endMs: startMs, outcome: 'skipped', reason: skipped })
      continue
    }
    run.failures.take()
    try {
      await execute(step)
      record({ name: step.name, startMs, endMs: host.clock.monotonic() - start, outcome: 'ok' })
    } catch (error) {
      const endMs = host.clock.monotonic() - start
      record({ name: step.name, startMs, endMs, outcome: 'failed', reason: messageOf(error) })
      return {
        steps,
        failedStep: step.name,
        diagnostics: toDiagnostics(step.name, error, run.failures.take()),
        server,
      }
    }
    await run.afterStep?.(step.name)
  }
  return { steps, failedStep: undefined, diagnostics: [], server }
}
