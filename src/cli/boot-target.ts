/** A boot under a root, with everything that a report or a person wants to know of it. */
import { ApiClient, encodeQuery } from '../api/client.ts'
import { PipelineError, messageOf, systemCode } from '../lib/errors.ts'
import type { Facts } from '../lib/facts.ts'
import { isJsonObject, jsonObject, printJson, toJson, type JsonObject, type JsonValue } from '../lib/json.ts'
import { LAUNCH_TRANSACTION, PATHS } from '../lib/paths.ts'
import type { Host, HostEvent, ProgramIo } from '../lib/ports.ts'
import { parseSegments } from '../model/key.ts'
import { loadModel, type SettingsModel } from '../model/models.ts'
import { flattenTree } from '../model/pairs.ts'
import type { Variant } from '../variants/variant.ts'
import { runBoot, type BootResult, type ProgramFailure } from './run-boot.ts'
import {
  diagnosticsJson,
  EventLog,
  outcomeJson,
  outcomeOf,
  Pile,
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
const STATE = [PATHS.datastore, PATHS.earlyBootConfigMarker]

function prepareRoot(host: Host, options: BootTargetOptions): void {
  try {
    host.fs.makeDirectory('/')
    // records are of one boot
    for (const path of [PATHS.bootRecordDirectory, ...(options.fresh ? STATE : [])]) host.fs.removeTree(path)
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

/** The settings that a step generated, which the transaction holds until the next step commits them. */
async function generatedBy(step: string, host: Host, model: SettingsModel): Promise<GeneratedSetting[]> {
  if (step !== 'sundog' && step !== 'pluto') return []
  const pairs = flattenTree(await pendingSettings(host), ['settings'])
  return [...pairs].map(([key, text]) => ({ key, text, secret: model.isSecret(parseSegments(key)) }))
}

/** Runs a boot and keeps the API server up; the caller closes it. @throws PipelineError if the root cannot be used */
export async function bootTarget(options: BootTargetOptions): Promise<BootSummary> {
  const { variant, root, facts, runCommands, watch } = options
  const failures = new Pile<ProgramFailure>()
  const log = new EventLog(watch)
  const onFailure = (program: string, error: unknown): void => {
    failures.push({ program, error })
  }
  const imdsUrl = options.imdsUrl.replace(/\/+$/, '')
  const target = rootedTarget({ variant, facts, events: log, io: options, runCommands, onFailure }, root, imdsUrl)
  const { host } = target
  prepareRoot(host, options)
  const secondBoot = host.fs.stat(PATHS.earlyBootConfigMarker) !== undefined
  const generated: GeneratedSetting[] = []
  const model = loadModel(variant.modelName)
  const result = await runBoot({
    host,
    variant,
    currentIp: facts.currentIp,
    failures,
    afterStep: async (name) => {
      generated.push(...(await generatedBy(name, host, model)))
    },
  })
  const outcome = outcomeOf(log.take())
  const settings = result.failedStep === undefined ? await new ApiClient(host.api()).getJson('/settings') : undefined
  return {
    variant,
    root,
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
