/** A boot under a root, with everything that a report or a person wants to know of it. */
import { ApiClient, encodeQuery } from '../api/client.ts'
import { PipelineError, messageOf, systemCode } from '../lib/errors.ts'
import type { Facts } from '../lib/facts.ts'
import { isJsonObject, jsonObject, printJson, toJson, type JsonObject, type JsonValue } from '../lib/json.ts'
import { LAUNCH_TRANSACTION, PATHS } from '../lib/paths.ts'
import type { Host, HostEvent, ProgramIo } from '../lib/ports.ts'
import { loadModel } from '../model/models.ts'
import { flattenTree } from '../model/pairs.ts'
import type { Variant } from '../variants/variant.ts'
import { runBoot, type BootResult } from './run-boot.ts'
import {
  diagnosticsJson,
  eventLog,
  outcomeJson,
  outcomeOf,
  SCHEMA_VERSION,
  stepsJson,
  type ApplyOutcome,
} from './report.ts'
import { rootedTarget } from './target-host.ts'

export interface BootTargetOptions {
  readonly variant: Variant
  /** Absolute path on this machine. */
  readonly root: string
  readonly imdsUrl: string
  readonly facts: Facts
  readonly fresh: boolean
  readonly runCommands: boolean
  readonly env: ProgramIo['env']
  readonly signal: AbortSignal
  readonly watch?: (event: HostEvent) => void
}

/** A setting that a generator or pluto found. */
export interface GeneratedSetting {
  readonly key: string
  /** The stored JSON text, or undefined if the setting is secret. */
  readonly text: string
  readonly secret: boolean
}

export interface BootSummary {
  readonly variant: Variant
  readonly root: string
  readonly host: Host
  readonly result: BootResult
  readonly outcome: ApplyOutcome
  readonly generated: readonly GeneratedSetting[]
  /** Whether user data had been read by an earlier boot on this root. */
  readonly secondBoot: boolean
  /** The report as one JSON document. */
  report(): string
  /** Waits for what the server still does in the background. */
  settled(): Promise<void>
  /** Stops the API server, if it runs. */
  close(): Promise<void>
}

/** What the pipeline keeps between boots under a root. */
const STATE = [PATHS.datastore, PATHS.earlyBootConfigMarker, PATHS.bootRecordDirectory]

function prepareRoot(host: Host, options: BootTargetOptions): void {
  try {
    host.fs.makeDirectory('/')
    if (options.fresh)
      STATE.forEach((path) => {
        host.fs.removeTree(path)
      })
  } catch (cause) {
    const reason = systemCode(cause) ?? messageOf(cause)
    throw new PipelineError('HOST_FILE_UNWRITABLE', `cannot use the root ${options.root}: ${reason}`, { cause })
  }
}

async function pendingSettings(host: Host): Promise<JsonObject> {
  const uri = `/tx?tx=${encodeQuery(LAUNCH_TRANSACTION)}`
  const pending = await new ApiClient(host.api()).getJson(uri)
  return isJsonObject(pending) ? pending : jsonObject()
}

/** Runs a boot and keeps the API server up; the caller closes it. @throws PipelineError if the root cannot be used */
export async function bootTarget(options: BootTargetOptions): Promise<BootSummary> {
  const log = eventLog(options.watch)
  let failures: { program: string; error: unknown }[] = []
  const target = rootedTarget(
    {
      variant: options.variant,
      facts: options.facts,
      events: log,
      io: options,
      runCommands: options.runCommands,
      onFailure: (program, error) => failures.push({ program, error }),
    },
    options.root,
    options.imdsUrl.replace(/\/+$/, ''),
  )
  const { host } = target
  prepareRoot(host, options)
  const secondBoot = host.fs.stat(PATHS.earlyBootConfigMarker) !== undefined
  const generated: GeneratedSetting[] = []
  const model = loadModel(options.variant.modelName)
  const result = await runBoot({
    host,
    variant: options.variant,
    currentIp: options.facts.currentIp,
    takeFailures: () => {
      const taken = failures
      failures = []
      return taken
    },
    afterStep: async (name) => {
      if (name !== 'sundog' && name !== 'pluto') return
      for (const [key, text] of flattenTree(await pendingSettings(host), ['settings'])) {
        generated.push({ key, text, secret: model.isSecret(key.split('.').slice(1)) })
      }
    },
  })
  const outcome = outcomeOf(log.take())
  const settings = result.failedStep === undefined ? await new ApiClient(host.api()).getJson('/settings') : undefined
  return {
    variant: options.variant,
    root: options.root,
    host,
    result,
    outcome,
    generated,
    secondBoot,
    report: () => bootReport(result, outcome, settings),
    settled: () => target.settled(),
    close: async () => {
      await target.settled()
      await result.server?.close()
    },
  }
}

function bootReport(result: BootResult, outcome: ApplyOutcome, settings: JsonValue | undefined): string {
  return printJson(
    jsonObject({
      schemaVersion: toJson(SCHEMA_VERSION),
      ...(settings === undefined ? {} : { settings }),
      ...outcomeJson(outcome),
      steps: stepsJson(result.steps),
      diagnostics: diagnosticsJson(result.diagnostics),
      ...(result.failedStep === undefined ? {} : { failedStep: result.failedStep }),
    }),
  )
}
