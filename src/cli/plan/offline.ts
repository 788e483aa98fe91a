/** Plans between documents: each side is rendered as a host would render it, and what differs is told. */
import { createMetadataHandler, httpOverHandler } from '../../imds-server/handler.ts'
import { sortedUnique } from '../../lib/byte-order.ts'
import { hasErrors, sortDiagnostics, type Diagnostic } from '../../lib/diagnostics.ts'
import type { Facts } from '../../lib/facts.ts'
import type { JsonValue } from '../../lib/json.ts'
import type { Clock, ProgramIo } from '../../lib/ports.ts'
import { loadModel } from '../../model/models.ts'
import type { Variant } from '../../variants/variant.ts'
import type { DocumentResult } from '../document.ts'
import { withNetwork } from '../network.ts'

import { stateAfter, type FileState } from '../rendered/file-state.ts'
import { renderOffline, type ChangeResult, type NamedBytes, type RenderResult, type UserData } from '../render.ts'
import type { NotRenderedEvent } from '../report.ts'
import { diffFiles, servicesOf } from './files-diff.ts'
import { bootsTwice, liveEffect, plannedCommand } from './live-effect.ts'
import { diffSettings, keptSettings, pairsOf, Shown } from './settings-diff.ts'
import type { KeptSetting, LiveEffect, Plan, PlanKind, Side } from './types.ts'

/** A document of settings. */
export interface PlanDocument {
  readonly name: string
  readonly variant: Variant
  readonly read: DocumentResult
}

export interface OfflinePlanOptions {
  readonly as: PlanKind
  /** User data, and what was applied since, in order. */
  readonly from: readonly [PlanDocument, ...PlanDocument[]]
  readonly to: PlanDocument
  readonly facts: Facts
  readonly network?: NamedBytes | undefined
  readonly generators: boolean
  readonly showSecrets: boolean
  readonly io: Pick<ProgramIo, 'env' | 'signal'>
  readonly clock: Clock
}

/** A host at one moment. */
interface HostState {
  readonly settings: JsonValue
  readonly files: FileState
  readonly notRendered: readonly NotRenderedEvent[]
}

const sideOf = ({ name, variant }: PlanDocument, label = name): Side => ({
  name: label,
  variant: variant.name,
  release: variant.release,
})

const asUserData = ({ name, read }: PlanDocument): UserData => ({ file: name, read })

const findingsOf = ({ read }: PlanDocument): readonly Diagnostic[] =>
  read.ok ? (read.document.findings ?? []) : read.diagnostics

/** Each finding once, in the order of the places. */
function together(lists: readonly (readonly Diagnostic[])[]): Diagnostic[] {
  const byText = new Map(lists.flat().map((diagnostic) => [JSON.stringify(diagnostic), diagnostic]))
  return sortDiagnostics([...byText.values()])
}

async function render(
  { facts, network, generators, showSecrets, io, clock }: OfflinePlanOptions,
  [first, ...changes]: readonly [PlanDocument, ...PlanDocument[]],
): Promise<RenderResult> {
  const { variant } = first
  const result = await renderOffline({
    variant,
    userData: asUserData(first),
    changes: changes.map(asUserData),
    facts,
    io,
    masks: !showSecrets,
    ...(generators ? { http: httpOverHandler(createMetadataHandler(facts, { clock })) } : {}),
  })
  return network === undefined ? result : withNetwork(result, network, variant)
}

/** The host after user data and some changes. */
function stateAt(result: RenderResult, changes: readonly ChangeResult[]): HostState {
  const files = changes.reduce((state, change) => stateAfter(change, state), stateAfter(result))
  const { settings = null } = changes.at(-1) ?? result
  return { settings, files, notRendered: result.notRendered }
}

/** Failures that a state has and the one before has not. */
function newFailures(before: readonly NotRenderedEvent[], after: readonly NotRenderedEvent[]): NotRenderedEvent[] {
  const known = new Set(before.map(({ path, message }) => `${path} ${message}`))
  return after.filter(({ path, message }) => !known.has(`${path} ${message}`))
}

/** Keys that the old documents give and the new one leaves out. */
function leftOut({ from, to }: OfflinePlanOptions, applied: ReadonlyMap<string, string>, shown: Shown): KeptSetting[] {
  const keysOf = ({ read, variant }: PlanDocument): string[] => {
    const parsed = read.ok ? loadModel(variant.modelName).parse(read.document.settings) : undefined
    return parsed?.ok === true ? [...pairsOf(parsed.settings).keys()] : []
  }
  const given = new Set(keysOf(to))
  return sortedUnique(from.flatMap(keysOf))
    .filter((key) => !given.has(key) && applied.has(key))
    .map((key) => ({ key, value: shown.value(key, applied.get(key) ?? 'null') }))
}

/** What the two sides of a plan come to. */
interface Runs {
  readonly before: HostState
  /** A new host with the new document; undefined where none is asked for. */
  readonly fresh: RenderResult | undefined
  /** The old host with the new document applied; undefined where it cannot be. */
  readonly applied: ChangeResult | undefined
  readonly old: RenderResult
}

async function runs(options: OfflinePlanOptions): Promise<Runs> {
  const { as, from, to } = options
  const [first, ...since] = from
  const canApply = first.variant === to.variant
  const old = await render(options, [first, ...since, ...(canApply ? [to] : [])])
  const fresh = as === 'replace' ? await render(options, [to]) : undefined
  const changes = canApply ? old.changes.slice(0, -1) : old.changes
  return { old, fresh, before: stateAt(old, changes), applied: canApply ? old.changes.at(-1) : undefined }
}

function liveOf(options: OfflinePlanOptions, { before, applied, fresh }: Runs): LiveEffect | undefined {
  const { variant } = options.to
  if (applied?.settings === undefined) return undefined
  const shown = new Shown(variant, options.showSecrets)
  const [old, now] = [pairsOf(before.settings), pairsOf(applied.settings)]
  const differing = new Set([...now].filter(([key, text]) => old.get(key) !== text).map(([key]) => key))
  const kept =
    fresh?.settings === undefined ? leftOut(options, now, shown) : keptSettings(now, pairsOf(fresh.settings), shown)
  const commands = applied.commands.map((event) => plannedCommand(event, differing))
  return liveEffect({ variant, differing, commands, kept, notRendered: applied.notRendered })
}

function rejected(options: OfflinePlanOptions, diagnostics: readonly Diagnostic[]): Plan {
  const { as, from, to } = options
  const none = { settings: [], files: [], notRendered: [], live: undefined, bootsTwice: false }
  return { as, from: sideOf(from[0], nameOf(from)), to: sideOf(to), accepted: false, ...none, diagnostics }
}

const nameOf = (from: readonly PlanDocument[]): string => from.map(({ name }) => name).join(' + ')

/** The host after: a new one, or the old one with the document applied. */
function stateAfterwards({ before, fresh, applied }: Runs): HostState {
  if (fresh !== undefined) return stateAt(fresh, [])
  const { settings = null, notRendered = [] } = applied ?? {}
  return { settings, files: applied === undefined ? before.files : stateAfter(applied, before.files), notRendered }
}

/**
 * Plans the way from one document to another. Findings about the documents are part of the plan.
 *
 * @throws PipelineError when a generator fails
 */
export async function planOffline(options: OfflinePlanOptions): Promise<Plan> {
  const { as, from, to, showSecrets } = options
  const found = [...from, to].map(findingsOf)
  if (found.some(hasErrors)) return rejected(options, together(found))
  const ran = await runs(options)
  const { old, fresh, before } = ran
  const results = [old, ...old.changes, ...(fresh === undefined ? [] : [fresh])]
  const diagnostics = together([...found, ...results.map((result) => result.diagnostics)])
  if (results.some(({ accepted }) => !accepted)) return rejected(options, diagnostics)
  const after = stateAfterwards(ran)
  const services = servicesOf(results.flatMap(({ files }) => files))
  const [first] = from
  return {
    as,
    from: sideOf(first, nameOf(from)),
    to: sideOf(to),
    accepted: true,
    settings: diffSettings(
      { pairs: pairsOf(before.settings), shown: new Shown(first.variant, showSecrets) },
      { pairs: pairsOf(after.settings), shown: new Shown(to.variant, showSecrets), variant: to.variant },
    ),
    files: diffFiles(before.files, after.files, services),
    notRendered: fresh === undefined ? after.notRendered : newFailures(before.notRendered, after.notRendered),
    live: liveOf(options, ran),
    bootsTwice: fresh !== undefined && bootsTwice(after.settings),
    diagnostics,
  }
}
