import { ApiClient, badStatus, isSuccess } from '../api/client.ts'
import { ActivityWatch } from '../lib/activity.ts'
import { LOG_LEVEL_OPTION, logLevelOf, parseArgs, SOCKET_PATH_OPTION, type ArgsSpec } from '../lib/args.ts'
import { messageOf, PipelineError, systemCode } from '../lib/errors.ts'
import { EXIT_OK } from '../lib/exit-codes.ts'
import { createLogger, type Logger } from '../lib/log.ts'
import { LAUNCH_TRANSACTION, PATHS } from '../lib/paths.ts'
import { ANNOUNCE_AFTER_MS, Waiting } from '../lib/waiting.ts'
import type { Host, Program, ProgramIo, RunResult } from '../lib/ports.ts'
import { discoverProviders, type ProviderLink } from './discover-providers.ts'
import { PLACES_VARIABLE, refusalFindings } from './places.ts'
import { readProviderResult, type Submission } from './plan-submissions.ts'

const SPEC: ArgsSpec = {
  usage: 'usage: early-boot-config [--socket-path PATH] [--log-level LEVEL]',
  options: [SOCKET_PATH_OPTION, LOG_LEVEL_OPTION],
}
const SETTINGS_URI = `/settings?tx=${LAUNCH_TRANSACTION}`

/** The provider itself speaks first if it is one of ours. */
const ANNOUNCE_PROVIDER_AFTER_MS = ANNOUNCE_AFTER_MS + 500

interface Started {
  readonly link: ProviderLink
  readonly result: Promise<RunResult>
  readonly watch: ActivityWatch
}

/** Starts all providers at once. Their standard error is logged line by line while they run. */
function startProviders(
  links: readonly ProviderLink[],
  level: string,
  io: ProgramIo,
  host: Host,
  log: Logger,
): Started[] {
  return links.map((link) => {
    const watch = new ActivityWatch(host, 'provider', link.name)
    const waiting = new Waiting({
      host,
      program: 'early-boot-config',
      target: `provider '${link.name}'`,
      stderr: {
        write: (line) => {
          log.info({}, line.trimEnd())
        },
      },
      afterMs: ANNOUNCE_PROVIDER_AFTER_MS,
      isDue: () => !watch.hasNotice,
    })
    const result = host.runner.run({
      command: [link.path],
      purpose: 'program',
      env: { EARLY_BOOT_CONFIG_LOG_LEVEL: level.toUpperCase(), [PLACES_VARIABLE]: '1' },
      signal: io.signal,
      onStderrLine: (line) => {
        log.info({}, `Provider '${link.name}': ${line}`)
      },
      onEvent: watch.onEvent,
    })
    // a failure is read when it is this provider's turn; until then nobody waits for it
    result
      .catch(() => undefined)
      .finally(() => {
        watch.stop()
        waiting.end()
      })
    return { link, result, watch }
  })
}

/** What a provider has found. @throws PipelineError as `readProviderResult` */
async function resultOf({ link, result, watch }: Started, signal: AbortSignal): Promise<Submission | undefined> {
  const ended = await result
  signal.throwIfAborted()
  try {
    const submission = readProviderResult(link, ended)
    watch.end(submission === undefined ? { outcome: 'none' } : { outcome: 'ok', detail: submission.desc })
    return submission
  } catch (error) {
    watch.end({ outcome: 'failed', reason: messageOf(error) })
    throw error
  }
}

/** Sends settings. @throws PipelineError `API_BAD_STATUS` with the API's text, and with the places that it is about */
async function submit({ settings, places }: Submission, api: ApiClient): Promise<void> {
  const response = await api.request('PATCH', SETTINGS_URI, settings)
  if (isSuccess(response.status)) return
  const { message, details } = badStatus('PATCH', SETTINGS_URI, response)
  const diagnostics = refusalFindings(response.body, places)
  throw new PipelineError('API_BAD_STATUS', message, { details, diagnostics })
}

/** Notes that user data has been read, so that the next boot does not read it again. */
function writeMarker(host: Host, log: Logger): void {
  try {
    host.fs.writeFile(PATHS.earlyBootConfigMarker, '')
  } catch (error) {
    const reason = systemCode(error) ?? messageOf(error)
    log.warn({ reason }, `cannot write ${PATHS.earlyBootConfigMarker}, so user data is read again at the next boot`)
  }
}

/** Reads user data from all providers and sends it to the API, at the first boot. */
export const earlyBootConfig: Program = {
  name: 'early-boot-config',
  async run(argv, io, host) {
    const args = parseArgs(SPEC, argv)
    const level = logLevelOf(SPEC, args)
    const log = createLogger({
      program: 'early-boot-config',
      level,
      sink: 'stdout',
      stdout: io.stdout,
      stderr: io.stderr,
    })
    const api = new ApiClient(host.api(args.value('--socket-path')))
    const providers = startProviders(discoverProviders(host.fs), level, io, host, log)
    const left = [...providers]
    try {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        const submission = await resultOf(next, io.signal)
        if (submission === undefined) continue
        log.info({ provider: next.link.name }, `found user data via ${submission.desc}, sending it to the API`)
        await submit(submission, api)
      }
    } finally {
      // those behind a failure go on by themselves; nobody waits for them
      for (const { watch } of left) watch.end({ outcome: 'unfinished' })
    }
    writeMarker(host, log)
    return EXIT_OK
  },
}
