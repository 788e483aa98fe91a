import { ApiClient } from '../api/client.ts'
import {
  LOG_LEVEL_OPTION,
  logLevelOf,
  parseArgs,
  SOCKET_PATH_OPTION,
  type ArgsSpec,
  type ParsedArgs,
} from '../lib/args.ts'
import type { Diagnostic } from '../lib/diagnostics.ts'
import { messageOf, PipelineError } from '../lib/errors.ts'
import { EXIT_OK, type ExitCode } from '../lib/exit-codes.ts'
import { createLogger, type Logger } from '../lib/log.ts'
import type { Host, Program, ProgramIo } from '../lib/ports.ts'
import type { Service } from '../model/metadata.ts'
import { fileNamesOf, keysByService, planApply, type ApplyPlan } from './plan-apply.ts'
import { needsDaemonReload, planWrites } from './plan-writes.ts'
import {
  decodeChangedKeys,
  fetchAffectedServices,
  fetchAllFiles,
  fetchAllServices,
  fetchFiles,
  fetchServices,
} from './read-metadata.ts'
import { renderFiles, type RenderedFile, type RenderFailure } from './render-files.ts'
import { executeDaemonReload, executeRestarts } from './restart.ts'
import { executeWrites } from './write-files.ts'

const SPEC: ArgsSpec = {
  usage: 'usage: thar-be-settings [--all] [--daemon] [--socket-path PATH] [--log-level LEVEL]',
  options: [{ names: ['--all'] }, { names: ['--daemon'] }, SOCKET_PATH_OPTION, LOG_LEVEL_OPTION],
}
const OWN_PATH = '/usr/bin/thar-be-settings'

interface Run {
  readonly api: ApiClient
  readonly host: Host
  readonly log: Logger
  readonly signal: AbortSignal
}

function reportFailures(failures: readonly RenderFailure[], host: Host): void {
  for (const { file, error } of failures) {
    host.events.emit({
      kind: 'not-rendered',
      name: file.name,
      path: file.path,
      code: error.code,
      message: error.message,
    })
  }
}

function failureDiagnostics(failures: readonly RenderFailure[]): Diagnostic[] {
  return failures.flatMap(({ file, error }): Diagnostic[] => [
    {
      code: error.code,
      severity: 'error',
      message: `${file.path} (${file.name}): ${error.message}`,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    },
    ...error.diagnostics,
  ])
}

/** Renders the plan's files and tells of those that fail. The API is asked for the data once, if there is any file. */
async function render(
  plan: ApplyPlan,
  run: Run,
): Promise<{ rendered: readonly RenderedFile[]; failures: readonly RenderFailure[] }> {
  if (plan.files.length === 0) return { rendered: [], failures: [] }
  // loaded only here: neither the start of a daemon nor a run without files needs the template engine
  const { createRenderer } = await import('./engine.ts')
  const renderTemplate = createRenderer(await run.api.getJson('/'), run.host)
  const result = await renderFiles(plan.files, run.host.fs, renderTemplate)
  reportFailures(result.failures, run.host)
  return result
}

/** What a change of some settings affects. One file that cannot be rendered keeps everything as it is. */
async function applySelected(keys: readonly string[], run: Run): Promise<void> {
  const { api, host, log, signal } = run
  host.events.emit({ kind: 'changed-keys', keys })
  const changed = keysByService(await fetchAffectedServices(api, keys))
  if (changed.size === 0) {
    log.info({ keys }, 'no service is affected')
    return
  }
  const services = await fetchServices(api, [...changed.keys()])
  const fileNames = fileNamesOf(services)
  const files = fileNames.length === 0 ? new Map<string, never>() : await fetchFiles(api, fileNames)
  const plan = planApply(changed, services, files)
  const { rendered, failures } = await render(plan, run)
  if (failures.length > 0) {
    const paths = failures.map(({ file }) => file.path).join(', ')
    throw new PipelineError(
      'APPLY_RENDER_FAILED',
      `nothing was written, since these files cannot be rendered: ${paths}`,
      {
        diagnostics: failureDiagnostics(failures),
      },
    )
  }
  const writes = planWrites(rendered, host.fs)
  await executeWrites(writes, host)
  if (needsDaemonReload(writes)) await executeDaemonReload(host, signal)
  await executeRestarts(plan.restarts, host, signal)
  log.info({ services: [...changed.keys()] }, 'applied')
}

function toPipelineError(error: unknown): PipelineError {
  return error instanceof PipelineError ? error : new PipelineError('INTERNAL', messageOf(error), { cause: error })
}

/** Everything, as at boot. A file that cannot be rendered is left out with a warning. */
async function applyAll(run: Run): Promise<void> {
  const { api, host, log, signal } = run
  const files = await fetchAllFiles(api)
  // asked for early, so that files can be told with their services; without an answer the files are still written
  const services = await fetchAllServices(api).catch((error: unknown) => toPipelineError(error))
  const known = services instanceof PipelineError ? new Map<string, Service>() : services
  const plan = planApply('all', known, files)
  const { rendered, failures } = await render(plan, run)
  for (const { file, error } of failures) {
    log.warn({ file: file.path, template: file.templatePath, code: error.code }, `not rendered: ${error.message}`)
  }
  await executeWrites(planWrites(rendered, host.fs), host)
  if (services instanceof PipelineError) throw services
  await executeRestarts(plan.restarts, host, signal)
  log.info({}, 'applied all configuration files and services')
}

/** Starts this program again in the background, with the same work. */
async function startDaemon(args: ParsedArgs, io: ProgramIo, host: Host): Promise<ExitCode> {
  const words = args.flags.has('--all') ? ['--all'] : []
  for (const name of ['--socket-path', '--log-level']) {
    const value = args.value(name)
    if (value !== undefined) words.push(name, value)
  }
  const stdin = args.flags.has('--all') ? new Uint8Array() : await io.readStdin()
  const command = [...(io.self ?? [OWN_PATH]), ...words]
  try {
    await host.runner.runDetached({ command, purpose: 'program', stdin })
  } catch (cause) {
    throw new PipelineError('HOST_COMMAND_FAILED', `cannot go on in the background: ${messageOf(cause)}`, { cause })
  }
  return EXIT_OK
}

/**
 * Renders configuration files from the live settings and restarts the services that read them: all of them, or those
 * that the changed keys on standard input affect.
 */
export const tharBeSettings: Program = {
  name: 'thar-be-settings',
  async run(argv, io, host) {
    const args = parseArgs(SPEC, argv)
    const level = logLevelOf(SPEC, args)
    if (args.flags.has('--daemon')) return startDaemon(args, io, host)
    const keys = args.flags.has('--all') ? 'all' : decodeChangedKeys(await io.readStdin())
    const run: Run = {
      api: new ApiClient(host.api(args.value('--socket-path'))),
      host,
      log: await createLogger({
        program: 'thar-be-settings',
        level,
        sink: 'split',
        stdout: io.stdout,
        stderr: io.stderr,
      }),
      signal: io.signal,
    }
    await (keys === 'all' ? applyAll(run) : applySelected(keys, run))
    return EXIT_OK
  },
}
