/** Plans for a host that runs: its own API tells what applying a document would do. Nothing is changed. */
import { badStatus, decodeBody, encodeQuery, isSuccess, type ApiClient } from '../../api/client.ts'
import { hasErrors, sortDiagnostics, type Diagnostic } from '../../lib/diagnostics.ts'
import { PipelineError } from '../../lib/errors.ts'
import { isJsonArray, isJsonObject, jsonObject, member, type JsonObject, type JsonValue } from '../../lib/json.ts'
import type { Host } from '../../lib/ports.ts'
import { loadModel } from '../../model/models.ts'
import { fetchAffectedServices } from '../../thar-be-settings/read-metadata.ts'
import { variantCatalogue } from '../../variants/catalogue.ts'
import { loadDefaults } from '../../variants/load.ts'
import { findVariant, type Variant } from '../../variants/variant.ts'
import type { DocumentResult, SettingsDocument } from '../document.ts'
import { renderFindings } from '../render-findings.ts'
import { stateOf, type FileState } from '../rendered/file-state.ts'
import { maskedContents } from '../rendered/masked.ts'
import type { FileEvent, NotRenderedEvent } from '../report.ts'
import { diffFiles, servicesOf } from './files-diff.ts'
import { liveEffect } from './live-effect.ts'
import { diffSettings, pairsOf, Shown } from './settings-diff.ts'
import type { FileDifference, KeptSetting, Plan, PlannedCommand } from './types.ts'

export interface LiveTarget {
  readonly api: ApiClient
  /** What the host is called. */
  readonly name: string
  /** Reads a file of the host, undefined if it has none there; missing where its files cannot be read. */
  readonly readFile?: (path: string) => string | undefined
  readonly variant: Variant
}

export interface LivePlanOptions {
  readonly target: LiveTarget
  readonly to: { readonly name: string; readonly read: DocumentResult }
  readonly showSecrets: boolean
  readonly host: Pick<Host, 'facts' | 'entropy'>
}

const ID_LENGTH = 16
/** The API's answer to a dry run without anything pending. */
const NOTHING_PENDING = 422

const textOf = (value: JsonValue | undefined, name: string): string => {
  const found = member(value, name)
  return typeof found === 'string' ? found : ''
}

const listOf = (value: JsonValue | undefined, name: string): readonly JsonValue[] => {
  const found = member(value, name)
  return isJsonArray(found) ? found : []
}

const wordsOf = (value: JsonValue, name: string): string[] =>
  listOf(value, name).filter((item) => typeof item === 'string')

/**
 * The variant that a host is of.
 *
 * @throws PipelineError `API_UNREACHABLE`, `VARIANT_UNKNOWN`, `VARIANT_RELEASE_UNKNOWN`
 */
export async function variantOfHost(api: ApiClient): Promise<Variant> {
  const os = await api.getJson('/os')
  return findVariant(textOf(os, 'variant_id'), textOf(os, 'version_id'))
}

interface DryRun {
  readonly report: JsonValue
  /** What `GET /` would answer afterwards. */
  readonly model: JsonValue
}

/** Asks the host in a transaction that is taken away again. */
async function dryRun({ target: { api }, host }: LivePlanOptions, settings: JsonValue): Promise<DryRun> {
  const query = `tx=${encodeQuery(`bottlerocket-plan-${host.entropy.alphanumeric(ID_LENGTH)}`)}`
  const nothing = jsonObject({ files: [], commands: [], notRendered: [] })
  try {
    await api.send('PATCH', `/settings?${query}`, settings)
    const uri = `/tx/dry_run?${query}`
    const response = await api.request('POST', uri)
    if (response.status === NOTHING_PENDING) return { report: nothing, model: await api.getJson('/') }
    if (!isSuccess(response.status)) throw badStatus('POST', uri, response)
    return { report: decodeBody('POST', uri, response), model: await api.getJson(`/tx/preview?${query}`) }
  } finally {
    await api.request('DELETE', `/tx?${query}`).catch(() => undefined)
  }
}

function fileEvents(report: JsonValue): FileEvent[] {
  return listOf(report, 'files')
    .filter((file) => member(file, 'changed') === true)
    .map((file) => ({
      kind: 'file',
      name: textOf(file, 'name'),
      path: textOf(file, 'path'),
      mode: textOf(file, 'mode'),
      content: textOf(file, 'content'),
      changed: true,
      services: wordsOf(file, 'services'),
    }))
}

async function fileDifferences({ target, showSecrets, host }: LivePlanOptions, run: DryRun): Promise<FileDifference[]> {
  const { variant, readFile } = target
  const files = fileEvents(run.report)
  const model = loadModel(variant.modelName)
  const isSecret = (path: readonly string[]): boolean => path[0] === 'settings' && model.isSecret(path)
  const masked = showSecrets
    ? new Map<string, string>()
    : await maskedContents(files, { variant, model: run.model, facts: host.facts, isSecret })
  const after: FileState = new Map(
    files.map(({ path, content }) => [path, { content, shown: masked.get(path) ?? content }]),
  )
  const before = readFile === undefined ? new Map() : stateOf(readFile, after)
  const differences = diffFiles(before, after, servicesOf(files))
  if (readFile !== undefined) return differences
  return differences.map((file) => ({ ...file, change: 'changed', isBeforeKnown: false }))
}

async function commandsOf(api: ApiClient, report: JsonValue, keys: readonly string[]): Promise<PlannedCommand[]> {
  const affected = keys.length === 0 ? new Map<string, readonly string[]>() : await fetchAffectedServices(api, keys)
  const needed = new Set([...affected.values()].flat())
  return listOf(report, 'commands').map((entry) => {
    const services = wordsOf(entry, 'services')
    // systemd's own reload belongs to no service
    const isNeeded = services.length === 0 ? keys.length > 0 : services.some((service) => needed.has(service))
    return { command: textOf(entry, 'command'), services, needed: isNeeded }
  })
}

const failuresOf = (report: JsonValue): NotRenderedEvent[] =>
  listOf(report, 'notRendered').map((failure) => ({
    kind: 'not-rendered',
    name: textOf(failure, 'file'),
    path: textOf(failure, 'path'),
    code: textOf(failure, 'code'),
    message: textOf(failure, 'message'),
  }))

/** What somebody has set on the host and the document leaves out. */
function keptOf(
  before: ReadonlyMap<string, string>,
  document: JsonValue,
  variant: Variant,
  shown: Shown,
): KeptSetting[] {
  const parsed = loadModel(variant.modelName).parse(document)
  const given = parsed.ok ? pairsOf(parsed.settings) : new Map<string, string>()
  const defaults = pairsOf(loadDefaults(variant)['settings'] ?? jsonObject())
  const catalogue = variantCatalogue(variant)
  return [...before].flatMap(([key, text]): KeptSetting[] => {
    const isMade = catalogue.find(key)?.setting.origins.some(({ kind }) => kind !== 'default') ?? false
    if (given.has(key) || isMade || defaults.get(key) === text) return []
    return [{ key, value: shown.value(key, text) }]
  })
}

async function findingsOf(
  { settings, sourceMap, at = ['settings'], findings = [] }: SettingsDocument,
  variant: Variant,
  model: JsonValue,
): Promise<Diagnostic[]> {
  const effective = member(model, 'settings')
  const more = await renderFindings(variant, { settings, sourceMap, at }, effective as JsonObject | undefined)
  return sortDiagnostics([...findings, ...more])
}

/**
 * What applying a document to a host would do.
 *
 * @throws PipelineError `API_UNREACHABLE`, `API_BAD_STATUS`, `API_INVALID_RESPONSE`
 */
export async function planLive(options: LivePlanOptions): Promise<Plan> {
  const { target, to, showSecrets } = options
  const { api, variant } = target
  const side = (name: string): Plan['from'] => ({ name, variant: variant.name, release: variant.release })
  const head = { as: 'apply', from: side(target.name), to: side(to.name), bootsTwice: false } as const
  if (!to.read.ok || hasErrors(to.read.document.findings ?? [])) {
    const diagnostics = to.read.ok ? (to.read.document.findings ?? []) : to.read.diagnostics
    return { ...head, accepted: false, settings: [], files: [], notRendered: [], live: undefined, diagnostics }
  }
  const { document } = to.read
  const settings = await api.getJson('/settings')
  if (!isJsonObject(settings)) throw new PipelineError('API_INVALID_RESPONSE', 'GET /settings did not answer settings')
  const run = await dryRun(options, document.settings)
  const shown = new Shown(variant, showSecrets)
  const [before, after] = [pairsOf(settings), pairsOf(member(run.model, 'settings') ?? jsonObject())]
  const changes = diffSettings({ pairs: before, shown }, { pairs: after, shown, variant })
  const keys = changes.map(({ key }) => key)
  const notRendered = failuresOf(run.report)
  return {
    ...head,
    accepted: true,
    settings: changes,
    files: await fileDifferences(options, run),
    notRendered,
    live: liveEffect({
      variant,
      differing: new Set(keys),
      commands: await commandsOf(api, run.report, keys),
      kept: keptOf(before, document.settings, variant, shown),
      notRendered,
    }),
    diagnostics: await findingsOf(document, variant, run.model),
  }
}
