/** Rendering offline: the same programs as in a boot, over files in memory, contacting nobody. */
import { ApiClient, encodeQuery, isSuccess } from '../api/client.ts'
import { startApiServer } from '../apiserver/start.ts'
import type { Diagnostic } from '../lib/diagnostics.ts'
import { PipelineError } from '../lib/errors.ts'
import { EXIT_OK } from '../lib/exit-codes.ts'
import type { Facts } from '../lib/facts.ts'
import { parseJson } from '../lib/json-parse.ts'
import { isJsonObject, type JsonValue } from '../lib/json.ts'
import { LAUNCH_TRANSACTION } from '../lib/paths.ts'
import type { Host, HostEvent, HostFacts, Http, ProgramIo } from '../lib/ports.ts'
import { decodeUtf8Lossy } from '../lib/utf8.ts'
import { loadModel, type SettingsModel } from '../model/models.ts'
import { validateSettings } from '../model/validate.ts'
import type { Variant } from '../variants/variant.ts'
import { bootSteps, storewolfCommand } from './boot-steps.ts'
import { readDocument, type DocumentResult } from './document.ts'
import { maskedContents } from './rendered/masked.ts'
import { renderFindings } from './render-findings.ts'
import { writeNetworkStatus } from './run-boot.ts'
import { EventLog, outcomeOf, type ApplyOutcome } from './report.ts'
import { offlineTarget, type TargetHost } from './target-host.ts'

export interface NamedBytes {
  readonly file: string
  readonly bytes: Uint8Array
}

/** A document that has been read already. */
export interface ReadUserData {
  readonly file: string
  readonly read: DocumentResult
}

export type UserData = NamedBytes | ReadUserData

export interface RenderOptions {
  readonly variant: Variant
  readonly userData: UserData
  /** Later settings changes, each a document of its own. */
  readonly changes: readonly UserData[]
  readonly facts: Facts
  /** What generators reach over HTTP; without it no generator runs. */
  readonly http?: Http
  /** Whether contents are wanted that can be shown. */
  readonly masks?: boolean
  /** Is told where settings get their values. */
  readonly watch?: ValueWatch
  readonly io: Pick<ProgramIo, 'env' | 'signal'>
}

/** What gives settings their values, in the order in which they do. */
export type ValueSource = 'storewolf' | 'early-boot-config' | 'user-data' | 'sundog' | 'pluto'

/** Is told of a run where settings get their values. */
export interface ValueWatch {
  /** What the pending transaction holds after one of them. */
  pending(source: ValueSource, settings: JsonValue): void
  event(event: HostEvent): void
  /** What the files are rendered from, beside settings. */
  rendered(os: JsonValue, facts: HostFacts): void
}

/** What one run of the applier did, and what to show of it. */
export interface RenderOutcome extends ApplyOutcome {
  /** Contents with their secrets hidden, by path: of those files only that hold some. */
  readonly masked: ReadonlyMap<string, string>
}

export interface ChangeResult extends RenderOutcome {
  readonly accepted: boolean
  readonly changedKeys: readonly string[]
  /** Effective settings after it, present when it was accepted. */
  readonly settings: JsonValue | undefined
  readonly diagnostics: readonly Diagnostic[]
}

export interface RenderResult extends RenderOutcome {
  readonly accepted: boolean
  /** Effective settings, present when they were accepted. */
  readonly settings: JsonValue | undefined
  readonly changes: readonly ChangeResult[]
  readonly diagnostics: readonly Diagnostic[]
}

const NOTHING: RenderOutcome = { files: [], commands: [], notRendered: [], masked: new Map() }
/** The API's answer to a commit without anything to commit. */
const NOTHING_PENDING = 422

const refuseAll: Http = {
  request: ({ url }) => Promise.reject(new PipelineError('INTERNAL', `offline, yet ${url} was asked for`)),
}

function readUserData(userData: UserData): DocumentResult {
  return 'read' in userData ? userData.read : readDocument(userData.bytes, userData.file)
}

/** One target in memory with its API running. */
class OfflineRun {
  private readonly target: TargetHost
  private readonly model: SettingsModel
  private readonly options: RenderOptions
  private readonly log: EventLog
  private failures: PipelineError[] = []

  constructor(options: RenderOptions) {
    this.options = options
    this.model = loadModel(options.variant.modelName)
    this.log = new EventLog((event) => options.watch?.event(event))
    this.target = offlineTarget(
      {
        variant: options.variant,
        facts: options.facts,
        events: this.log,
        io: options.io,
        onFailure: (_program, error) => {
          if (error instanceof PipelineError) this.failures.push(error)
        },
        // files that cannot be rendered are events, too, and any other failure is thrown
        onDetachedStderr: () => undefined,
      },
      options.http ?? refuseAll,
    )
  }

  get host(): Host {
    return this.target.host
  }

  private get api(): ApiClient {
    return new ApiClient(this.host.api())
  }

  /** @throws PipelineError of the program that failed, or one with its standard error */
  private async command(command: readonly string[]): Promise<void> {
    this.failures = []
    const result = await this.host.runner.run({ command, purpose: 'program' })
    if (result.exitCode === EXIT_OK) return
    throw (
      this.failures.at(-1) ??
      new PipelineError('HOST_COMMAND_FAILED', `${command.join(' ')}: ${decodeUtf8Lossy(result.stderr).trim()}`)
    )
  }

  private async step(name: string): Promise<void> {
    const step = bootSteps(this.options.variant).find((candidate) => candidate.name === name)
    for (const command of step?.kind === 'command' ? step.commands : []) await this.command(command)
  }

  async open(): Promise<void> {
    if (this.options.http !== undefined) writeNetworkStatus(this.host, this.options.facts.currentIp)
    await this.command(storewolfCommand(this.options.variant))
    await startApiServer(this.host, { model: this.model })
    await this.tellPending('storewolf')
  }

  private async tellPending(source: ValueSource): Promise<void> {
    const { watch } = this.options
    if (watch === undefined) return
    watch.pending(source, await this.api.getJson(`/tx?tx=${encodeQuery(LAUNCH_TRANSACTION)}`))
  }

  /** Checks a document and writes it to a transaction. Returns what is wrong with it. */
  private async patch(read: DocumentResult, transaction: string): Promise<readonly Diagnostic[]> {
    if (!read.ok) return read.diagnostics
    const { settings, sourceMap, at, findings } = read.document
    const found = findings ?? validateSettings(this.model, settings, sourceMap, at)
    if (found.some(({ severity }) => severity === 'error')) return found
    const response = await this.api.request('PATCH', `/settings?tx=${encodeQuery(transaction)}`, settings)
    if (isSuccess(response.status)) return found
    // the model agreed, so it is a key that the datastore cannot hold
    const refused: Diagnostic = { code: 'API_BAD_STATUS', severity: 'error', path: 'settings', message: response.body }
    return [...found, refused]
  }

  /** What rendering says about the values of a document. */
  private async findMore(read: DocumentResult, effective: JsonValue): Promise<readonly Diagnostic[]> {
    if (!read.ok || !isJsonObject(effective)) return []
    const { settings, sourceMap, at = ['settings'] } = read.document
    return renderFindings(this.options.variant, { settings, sourceMap, at }, effective)
  }

  private async outcome(): Promise<RenderOutcome> {
    const outcome = outcomeOf(this.log.take())
    if (this.options.masks !== true) return { ...outcome, masked: NOTHING.masked }
    const masked = await maskedContents(outcome.files, {
      variant: this.options.variant,
      model: await this.api.getJson('/'),
      facts: this.host.facts,
      isSecret: (path) => path[0] === 'settings' && this.model.isSecret(path),
    })
    return { ...outcome, masked }
  }

  async first(): Promise<RenderResult> {
    const generators = this.options.http !== undefined
    // elsewhere the providers read discs and a hypervisor, of which an offline run has none
    if (generators && this.options.variant.platform === 'aws') await this.step('early-boot-config')
    await this.tellPending('early-boot-config')
    const read = readUserData(this.options.userData)
    const diagnostics = await this.patch(read, LAUNCH_TRANSACTION)
    if (diagnostics.some(({ severity }) => severity === 'error')) {
      return { accepted: false, settings: undefined, ...NOTHING, changes: [], diagnostics }
    }
    await this.tellPending('user-data')
    for (const { name } of bootSteps(this.options.variant)) {
      if (!generators || (name !== 'sundog' && name !== 'pluto')) continue
      await this.step(name)
      await this.tellPending(name)
    }
    await this.step('settings-applier')
    const { watch } = this.options
    if (watch !== undefined) watch.rendered(await this.api.getJson('/os'), this.host.facts)
    const settings = await this.api.getJson('/settings')
    const outcome = await this.outcome()
    const found = [...diagnostics, ...(await this.findMore(read, settings))]
    return { accepted: true, settings, ...outcome, changes: [], diagnostics: found }
  }

  async change(source: UserData, index: number): Promise<ChangeResult> {
    const transaction = `change-${String(index)}`
    const read = readUserData(source)
    const diagnostics = await this.patch(read, transaction)
    if (diagnostics.some(({ severity }) => severity === 'error')) {
      return { accepted: false, settings: undefined, changedKeys: [], ...NOTHING, diagnostics }
    }
    this.failures = []
    const response = await this.api.request('POST', `/tx/commit_and_apply?tx=${encodeQuery(transaction)}`)
    if (response.status !== NOTHING_PENDING && !isSuccess(response.status)) {
      throw new PipelineError('API_BAD_STATUS', response.body)
    }
    await this.target.settled()
    const failure = this.failures.find(({ code }) => code !== 'APPLY_RENDER_FAILED')
    if (failure !== undefined) throw failure
    const settings = await this.api.getJson('/settings')
    if (response.status === NOTHING_PENDING)
      return { accepted: true, settings, changedKeys: [], ...NOTHING, diagnostics }
    const outcome = await this.outcome()
    const changedKeys = parseJson(response.body) as string[]
    const found = [...diagnostics, ...(await this.findMore(read, settings))]
    const files = outcome.files.filter((file) => file.changed)
    return { accepted: true, settings, changedKeys, ...outcome, files, diagnostics: found }
  }
}

/**
 * Renders every file of a variant for some user data, then applies changes one after another.
 *
 * @throws PipelineError when a generator fails; findings about the documents are part of the result
 */
export async function renderOffline(options: RenderOptions): Promise<RenderResult> {
  const run = new OfflineRun(options)
  await run.open()
  const first = await run.first()
  if (!first.accepted) return first
  const changes: ChangeResult[] = []
  for (const [index, source] of options.changes.entries()) changes.push(await run.change(source, index))
  return { ...first, changes }
}
