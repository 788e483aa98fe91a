/** What `install` and `uninstall` did, as text for people and as one JSON document. */
import { renderDiagnostic, type Diagnostic, type Palette } from '../../lib/diagnostics.ts'
import { jsonObject, printJson, toJson, type JsonObject } from '../../lib/json.ts'
import type { Variant } from '../../variants/types.ts'
import { diagnosticsJson, SCHEMA_VERSION } from '../report.ts'
import { ENTRY_KINDS, isLink, type Entry } from './entry.ts'
import type { InstallPlan } from './plan.ts'
import type { Wanted } from './wanted.ts'

export type Action = 'added' | 'updated' | 'removed' | 'kept'

export interface Change {
  readonly action: Action
  readonly path: string
  /** What a link says. */
  readonly target?: string
}

export interface InstallReport {
  readonly variant: Variant
  readonly root: string
  readonly dryRun: boolean
  readonly wanted: Wanted
  readonly plan: InstallPlan
}

export interface UninstallReport {
  readonly variant: string
  readonly root: string
  readonly dryRun: boolean
  readonly changes: readonly Change[]
  /** Directories that hold something else. */
  readonly directories: readonly string[]
  readonly diagnostics: readonly Diagnostic[]
}

const KIB = 1024
const PATH_COLUMN = 9
const COUNT_WIDTH = 5
const SIZE_WIDTH = 11

const changeOf = (action: Action, entry: Entry): Change =>
  isLink(entry) ? { action, path: entry.path, target: entry.target } : { action, path: entry.path }

/** What a plan changes, in the order of the paths. */
function changesOf(plan: InstallPlan): readonly Change[] {
  const changes: Change[] = [
    ...plan.added.map((entry) => changeOf('added', entry)),
    ...plan.updated.map((entry) => changeOf('updated', entry)),
    ...plan.removed.map(({ path }): Change => ({ action: 'removed', path })),
    ...plan.kept.map((path): Change => ({ action: 'kept', path })),
  ]
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1))
}

interface Size {
  readonly kind: string
  readonly files: number
  readonly links: number
  readonly bytes: number
}

/** Files, links and bytes of entries by what they are for, and of all together. */
export function sizesOf(entries: readonly Entry[]): readonly Size[] {
  const sizeOf = (kind: string, some: readonly Entry[]): Size => {
    const files = some.filter((entry) => !isLink(entry))
    const bytes = files.reduce((sum, entry) => sum + (isLink(entry) ? 0 : entry.data.length), 0)
    return { kind, files: files.length, links: some.length - files.length, bytes }
  }
  const rows = ENTRY_KINDS.map((kind) =>
    sizeOf(
      kind,
      entries.filter((entry) => entry.kind === kind),
    ),
  )
  return [...rows.filter(({ files, links }) => files + links > 0), sizeOf('total', entries)]
}

const kib = (bytes: number): string => `${(bytes / KIB).toFixed(1)} KiB`

function sizeLines(entries: readonly Entry[], palette: Palette): string[] {
  const sizes = sizesOf(entries)
  const width = Math.max(...sizes.map(({ kind }) => kind.length))
  const row = ({ kind, files, links, bytes }: Size): string =>
    `  ${kind.padEnd(width)}  ${String(files).padStart(COUNT_WIDTH)}  ${String(links).padStart(COUNT_WIDTH)}  ${kib(bytes).padStart(SIZE_WIDTH)}`
  const head = `  ${''.padEnd(width)}  ${'files'.padStart(COUNT_WIDTH)}  ${'links'.padStart(COUNT_WIDTH)}  ${'size'.padStart(SIZE_WIDTH)}`
  return ['', palette.strong('Installed'), palette.faint(head), ...sizes.map(row)]
}

function changeLines(changes: readonly Change[], palette: Palette): string[] {
  return changes.map(({ action, path, target }) => {
    const link = target === undefined ? '' : palette.faint(` -> ${target}`)
    return `  ${action.padEnd(PATH_COLUMN)}${path}${link}`
  })
}

function notEnabledLines({ notEnabled }: Wanted, palette: Palette): string[] {
  if (notEnabled.length === 0) return []
  const width = Math.max(...notEnabled.map(({ unit }) => unit.length))
  const rows = notEnabled.map(
    ({ unit, missing }) => `  ${unit.padEnd(width)}  ${palette.faint(`no ${missing.join(', ')}`)}`,
  )
  return ['', palette.strong('Not enabled, for want of their programs (see --all-units)'), ...rows]
}

const diagnosticLines = (diagnostics: readonly Diagnostic[], palette: Palette): string[] =>
  diagnostics.length === 0 ? [] : ['', ...diagnostics.map((each) => renderDiagnostic(each, undefined, palette))]

const ENABLED = {
  links: 'units are enabled by links in /etc',
  presets: 'units are enabled by the presets of the first boot, since /etc has no machine-id',
}

/** An installation as text. */
export function installText({ variant, root, dryRun, wanted, plan }: InstallReport, palette: Palette): string {
  const changes = changesOf(plan)
  const head = `${variant.name} ${variant.release} under ${root}: ${ENABLED[wanted.enabledBy]}`
  const verb = dryRun ? 'would change' : 'changed'
  const count = changes.filter(({ action }) => action !== 'kept').length
  const summary = count === 0 ? 'nothing to change' : `${String(count)} files and links ${verb}`
  const entries = [...plan.added, ...plan.updated, ...plan.unchanged]
  return [
    palette.strong(head),
    ...changeLines(changes, palette),
    `  ${summary}, ${String(plan.unchanged.length)} as they were`,
    ...sizeLines(entries, palette),
    ...notEnabledLines(wanted, palette),
    ...diagnosticLines(wanted.warnings, palette),
    '',
  ].join('\n')
}

const changeJson = ({ action, path, target }: Change): JsonObject =>
  jsonObject({ action, path, ...(target === undefined ? {} : { target }) })

/** An installation as one JSON document. */
export function installJson({ variant, root, dryRun, wanted, plan }: InstallReport): string {
  const entries = [...plan.added, ...plan.updated, ...plan.unchanged]
  return printJson(
    jsonObject({
      schemaVersion: toJson(SCHEMA_VERSION),
      variant: variant.name,
      release: variant.release,
      root,
      dryRun,
      generalHost: wanted.isGeneral,
      enabledBy: wanted.enabledBy,
      changes: changesOf(plan).map(changeJson),
      forced: [...plan.forced],
      unchanged: toJson(plan.unchanged.length),
      sizes: sizesOf(entries).map((size) => toJson(size)),
      notEnabled: wanted.notEnabled.map(({ unit, missing }) => jsonObject({ unit, missing: [...missing] })),
      diagnostics: diagnosticsJson(wanted.warnings),
    }),
  )
}

/** A removal as text. */
export function uninstallText(report: UninstallReport, palette: Palette): string {
  const { variant, root, dryRun, changes, directories, diagnostics } = report
  const removed = changes.filter(({ action }) => action === 'removed').length
  return [
    palette.strong(`${variant} under ${root}: ${String(removed)} files and links ${dryRun ? 'would go' : 'removed'}`),
    ...changeLines(changes, palette),
    ...directories.map((directory) => `  kept     ${directory} ${palette.faint('(holds something else)')}`),
    ...diagnosticLines(diagnostics, palette),
    '',
  ].join('\n')
}

/** A removal as one JSON document. */
export function uninstallJson(report: UninstallReport): string {
  const { variant, root, dryRun, changes, directories, diagnostics } = report
  return printJson(
    jsonObject({
      schemaVersion: toJson(SCHEMA_VERSION),
      variant,
      root,
      dryRun,
      changes: changes.map(changeJson),
      directories: [...directories],
      diagnostics: diagnosticsJson(diagnostics),
    }),
  )
}
