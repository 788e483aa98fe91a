import { ApiClient, isSuccess } from '../api/client.ts'
import { ActivityWatch, type ActivityEnd } from '../lib/activity.ts'
import { LOG_LEVEL_OPTION, logLevelOf, parseArgs, SOCKET_PATH_OPTION, type ArgsSpec } from '../lib/args.ts'
import { PipelineError } from '../lib/errors.ts'
import { EXIT_OK } from '../lib/exit-codes.ts'
import { isJsonObject, jsonObject, member, printJson, type JsonObject, type JsonValue } from '../lib/json.ts'
import { createLogger, type Logger } from '../lib/log.ts'
import { LAUNCH_TRANSACTION } from '../lib/paths.ts'
import type { Host, Program } from '../lib/ports.ts'
import { ANNOUNCE_AFTER_MS, Waiting } from '../lib/waiting.ts'
import { KeyError } from '../model/key.ts'
import { buildTree } from '../model/pairs.ts'
import { decodeGenerators, planGenerators, type GeneratorStep } from './plan-generators.ts'
import { lineTurns, type LineTurn } from './line-turns.ts'
import { proxyEnvironment } from './proxy-env.ts'
import { readOutcome, type GeneratorOutcome } from './read-outcome.ts'

const SPEC: ArgsSpec = {
  usage: 'usage: sundog [--socket-path PATH] [--log-level LEVEL]',
  options: [SOCKET_PATH_OPTION, LOG_LEVEL_OPTION],
}
const TIMEOUT_MS = 360_000

interface Run {
  readonly host: Host
  readonly log: Logger
  readonly env: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

interface Failure {
  readonly step: GeneratorStep
  readonly outcome: Extract<GeneratorOutcome, { kind: 'failure' }>
}

/** The generator itself speaks first if it is one of ours. */
const ANNOUNCE_GENERATOR_AFTER_MS = ANNOUNCE_AFTER_MS + 500

function endOf(outcome: GeneratorOutcome, isStopped: boolean): Omit<ActivityEnd, 'detail'> {
  switch (outcome.kind) {
    case 'value':
      return { outcome: 'ok' }
    case 'skip':
      return { outcome: 'none' }
    case 'failure':
      return isStopped ? { outcome: 'unfinished' } : { outcome: 'failed', reason: outcome.reason.replace(':\n', ': ') }
  }
}

async function runGenerator(step: GeneratorStep, run: Run, lines: LineTurn): Promise<GeneratorOutcome> {
  const { key, command, words } = step
  const { host, log, signal } = run
  const startMs = host.clock.monotonic()
  const watch = new ActivityWatch(host, 'generator', key.name)
  const waiting = new Waiting({
    host,
    program: 'sundog',
    target: `the generator of ${key.name} ('${command}')`,
    leftMs: () => TIMEOUT_MS - (host.clock.monotonic() - startMs),
    stderr: {
      write: (line) => {
        lines.say(() => {
          log.info({ generator: key.name }, line.trimEnd())
        })
      },
    },
    afterMs: ANNOUNCE_GENERATOR_AFTER_MS,
    isDue: () => !watch.hasNotice,
  })
  const result = await host.runner
    .run({
      command: words,
      purpose: 'program',
      env: run.env,
      timeoutMs: TIMEOUT_MS,
      signal,
      onStderrLine: (line) => {
        lines.say(() => {
          log.info({ generator: key.name }, line)
        })
      },
      onEvent: watch.onEvent,
    })
    .finally(() => {
      waiting.end()
    })
  const outcome = readOutcome(result)
  if (outcome.kind === 'skip') {
    lines.say(() => {
      log.warn({ setting: key.name, command }, 'the generator has no value, skipped')
    })
  }
  watch.end({ ...endOf(outcome, signal.aborted), detail: command })
  lines.end()
  return outcome
}

function generatorFailure(failures: readonly Failure[]): PipelineError {
  const [first] = failures
  const messages = failures.map(
    ({ step, outcome }) => `the generator of ${step.key.name} ('${step.command}') failed: ${outcome.reason}`,
  )
  return new PipelineError(first?.outcome.code ?? 'GENERATOR_FAILED', messages.join('\n'), {
    details: { settings: failures.map(({ step }) => step.key.name) },
  })
}

/**
 * Runs all generators at the same time: each depends only on what is live. The first failure ends the others.
 *
 * @returns key name to value, in byte order of the names
 * @throws PipelineError `GENERATOR_FAILED`, `GENERATOR_INVALID_OUTPUT`
 */
async function runGenerators(steps: readonly GeneratorStep[], run: Run): Promise<Map<string, JsonValue>> {
  const values = new Map<string, JsonValue>()
  const failures: Failure[] = []
  const stop = new AbortController()
  const signal = AbortSignal.any([run.signal, stop.signal])
  const turns = lineTurns(steps.length)
  const outcomes = await Promise.all(
    steps.map(async (step, i) => {
      const outcome = await runGenerator(step, { ...run, signal }, turns[i] as LineTurn)
      // what ends after the first failure may have ended because of it
      if (outcome.kind === 'failure' && !stop.signal.aborted) {
        failures.push({ step, outcome })
        stop.abort()
      }
      return outcome
    }),
  )
  run.signal.throwIfAborted()
  if (failures.length > 0) throw generatorFailure(failures)
  outcomes.forEach((outcome, i) => {
    if (outcome.kind === 'value') values.set((steps[i] as GeneratorStep).key.name, outcome.value)
  })
  return values
}

/** The values as the content of `settings`. @throws PipelineError `GENERATOR_COMMAND_INVALID` for keys that clash */
function toSettings(values: ReadonlyMap<string, JsonValue>): JsonObject {
  const pairs = [...values]
    .filter(([, value]) => value !== null)
    .map(([name, value]): [string, string] => [name, printJson(value)])
  try {
    return buildTree(pairs, ['settings'])
  } catch (error) {
    if (!(error instanceof KeyError)) throw error
    throw new PipelineError('GENERATOR_COMMAND_INVALID', `the generated settings do not fit together: ${error.message}`)
  }
}

/** @throws PipelineError `GENERATOR_VALUES_REFUSED` with the API's own text */
async function sendSettings(api: ApiClient, values: ReadonlyMap<string, JsonValue>): Promise<void> {
  const uri = `/settings?tx=${LAUNCH_TRANSACTION}`
  const response = await api.request('PATCH', uri, toSettings(values))
  if (isSuccess(response.status)) return
  const names = [...values.keys()].join(', ')
  throw new PipelineError(
    'GENERATOR_VALUES_REFUSED',
    `the API refused the generated settings (${names}): status ${String(response.status)}: ${response.body}`,
    { details: { status: response.status, settings: [...values.keys()] } },
  )
}

/** Gives every setting that has a generator and no value the value that its generator prints. */
export const sundog: Program = {
  name: 'sundog',
  async run(argv, io, host) {
    const args = parseArgs(SPEC, argv)
    const level = logLevelOf(SPEC, args)
    const log = createLogger({ program: 'sundog', level, sink: 'split', stdout: io.stdout, stderr: io.stderr })
    const api = new ApiClient(host.api(args.value('--socket-path')))
    const generators = decodeGenerators(await api.getJson('/metadata/setting-generators'))
    if (generators.size === 0) {
      log.info({}, 'no setting has a generator')
      return EXIT_OK
    }
    const answer = await api.getJson('/?prefix=settings.')
    const live = isJsonObject(answer) ? answer : jsonObject()
    const steps = planGenerators(generators, live)
    const env = proxyEnvironment(member(live, 'settings'))
    const values = await runGenerators(steps, { host, log, env, signal: io.signal })
    await sendSettings(api, values)
    log.info({ settings: [...values.keys()] }, 'generated settings')
    return EXIT_OK
  },
}
