/** A plan as text for people. */
import type { Palette } from '../../lib/diagnostics.ts'
import { printJson, type JsonValue } from '../../lib/json.ts'
import { unifiedDiff, type DiffPalette } from '../rendered/unified-diff.ts'
import { diffStat, summaryOf } from './summary.ts'
import {
  hasDifferences,
  type FileDifference,
  type KeptSetting,
  type LiveEffect,
  type Plan,
  type PlannedCommand,
  type SettingChange,
} from './types.ts'

export interface PlanStyle {
  readonly palette: Palette
  readonly diff: DiffPalette
  /** Without the differences within files. */
  readonly isShort: boolean
}

const MAX_VALUE = 88
const MAX_KEPT = 8
/** How much is shown in front of the first difference of long values. */
const LEAD = 20

function cut(text: string): string {
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text
}

const shorten = (value: JsonValue): string => cut(printJson(value))

/** Two long texts from a little before the first difference on. */
function fromDifference(old: string, now: string): readonly [string, string] {
  if (cut(old) !== cut(now)) return [cut(old), cut(now)]
  let first = 0
  while (first < old.length && old[first] === now[first]) first++
  const start = Math.max(0, first - LEAD)
  return [`…${cut(old.slice(start))}`, `…${cut(now.slice(start))}`]
}

const MARKS = { added: '+', changed: '~', removed: '-' } as const

function painted(change: keyof typeof MARKS, text: string, { diff }: PlanStyle): string {
  return change === 'added' ? diff.added(text) : change === 'removed' ? diff.removed(text) : diff.hunk(text)
}

function valuesOf({ before, after, hidden }: SettingChange): string {
  if (after === undefined) return before === undefined ? '' : shorten(before)
  if (before === undefined) return shorten(after)
  const [old, now] = [printJson(before), printJson(after)]
  if (hidden && old === now) return `${cut(now)} (only secret values differ)`
  return fromDifference(old, now).join(' -> ')
}

function settingLines(settings: readonly SettingChange[], style: PlanStyle): string[] {
  if (settings.length === 0) return []
  const width = Math.max(...settings.map(({ key }) => key.length))
  return [
    '',
    style.palette.strong('Settings'),
    ...settings.map((each) => {
      const mark = painted(each.change, MARKS[each.change], style)
      return `  ${mark} ${each.key.padEnd(width)}  ${valuesOf(each)}`
    }),
  ]
}

function differenceText(file: FileDifference, style: PlanStyle): string {
  const { path, before, after, isBeforeKnown } = file
  if (!isBeforeKnown) return `${path}: changes; what is in it now is not known here (--root tells)\n`
  const text = unifiedDiff({ path, before, after }, style.diff)
  return text === '' ? `${style.diff.header(`${path}: only secret values differ`)}\n` : text
}

function fileLines({ files, notRendered }: Plan, style: PlanStyle): string[] {
  const { palette } = style
  const width = Math.max(0, ...files.map(({ path }) => path.length))
  const list = files.map((file) => {
    const mark = painted(file.change, MARKS[file.change], style)
    const services = palette.faint(file.services.join(', '))
    return `  ${mark} ${file.path.padEnd(width)}  ${diffStat(file).padEnd(7)}  ${services}`.trimEnd()
  })
  const failures = notRendered.map(({ path, code, message }) => `  ${path}: ${code}: ${message}`)
  return [
    ...(files.length > 0 ? ['', palette.strong('Files')] : []),
    ...(style.isShort ? list : files.flatMap((file) => differenceText(file, style).trimEnd().split('\n'))),
    ...(failures.length > 0 ? ['', palette.warning('Cannot be rendered'), ...failures] : []),
  ]
}

function commandLine({ command, services }: PlannedCommand, width: number, palette: Palette): string {
  return `  ${command.padEnd(width)}  ${palette.faint(services.join(', '))}`.trimEnd()
}

/** Commands in their order; those that run only because settings are given again come under a line of their own. */
function commandLines(commands: readonly PlannedCommand[], to: string, palette: Palette): string[] {
  if (commands.length === 0) return ['  no command runs']
  const width = Math.max(...commands.map(({ command }) => command.length))
  const lines = (wanted: boolean): string[] =>
    commands.filter(({ needed }) => needed === wanted).map((each) => commandLine(each, width, palette))
  const repeated = lines(false)
  return [
    ...lines(true),
    ...(repeated.length === 0
      ? []
      : [`  ${palette.faint(`also, as ${to} gives settings again that stay as they are:`)}`, ...repeated]),
  ]
}

function keptLines(kept: readonly KeptSetting[], { as }: Plan, palette: Palette): string[] {
  if (kept.length === 0) return []
  const shown = kept.slice(0, MAX_KEPT)
  const lines = shown.map(({ key, value, wanted }) => {
    const instead =
      as === 'apply' ? '' : wanted === undefined ? ' (a new node: not set)' : ` (a new node: ${shorten(wanted)})`
    return `    ${key} = ${shorten(value)}${palette.faint(instead)}`
  })
  const more = kept.length - shown.length
  return [
    `  ${palette.warning('stays as it is')}, since the API cannot unset settings: set it to what it shall be, or replace the node`,
    ...lines,
    ...(more > 0 ? [`    and ${String(more)} more`] : []),
  ]
}

function liveLines(plan: Plan, live: LiveEffect, palette: Palette): string[] {
  const { as, to } = plan
  const title =
    as === 'apply' ? 'Commands, in their order' : `On a node that runs, with apiclient apply ${to.name} instead`
  const { reboot, newNodesOnly, notRendered } = live
  return [
    '',
    palette.strong(title),
    ...(notRendered.length > 0
      ? ['  the settings would be in force, but no file written and nothing run, since some files cannot be rendered']
      : commandLines(live.commands, to.name, palette)),
    ...(reboot.needed
      ? [`  ${palette.warning('needs a reboot')} for ${reboot.settings.join(', ')}`]
      : ['  no reboot is needed']),
    ...(newNodesOnly.length > 0
      ? [`  ${palette.warning('takes a new node')} for ${newNodesOnly.join(', ')}: only the first boot looks at that`]
      : []),
    ...keptLines(live.kept, plan, palette),
  ]
}

function noteLines({ settings, live, bootsTwice, from, to }: Plan, palette: Palette): string[] {
  const notes = [
    ...settings.flatMap(({ key, effect }) => (effect?.note === undefined ? [] : [`${key}: ${effect.note}`])),
    ...(bootsTwice
      ? ['a new node boots twice: settings.boot.reboot-to-reconcile puts its boot settings right at once']
      : []),
    ...(live === undefined && from.variant !== to.variant
      ? [`${from.variant} and ${to.variant} are different images: no node that runs gets there without a new image`]
      : []),
  ]
  return notes.length === 0 ? [] : ['', palette.strong('Notes'), ...notes.map((note) => `  ${note}`)]
}

function titleOf({ as, from, to }: Plan): string {
  const variant = from.variant === to.variant ? to.variant : `${from.variant} -> ${to.variant}`
  return as === 'apply'
    ? `${variant}: ${to.name} applied to a node with ${from.name}`
    : `${variant}: a node with ${to.name} instead of ${from.name}`
}

/** The whole plan; `no differences` where there are none. Findings are not part of it. */
export function renderPlan(plan: Plan, style: PlanStyle): string {
  if (!hasDifferences(plan)) return 'no differences\n'
  const { palette } = style
  const lines = [
    palette.strong(titleOf(plan)),
    ...settingLines(plan.settings, style),
    ...fileLines(plan, style),
    ...(plan.live === undefined ? [] : liveLines(plan, plan.live, palette)),
    ...noteLines(plan, palette),
    '',
    summaryOf(plan),
  ]
  return lines.map((line) => `${line}\n`).join('')
}
