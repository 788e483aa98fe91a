/**
 * An analysis of a boot as one page that needs nothing but itself: no script, no font, no address. Its colours follow the
 * reader's light or dark setting.
 */
import { durationOf, type Analysis } from './analysis.ts'
import type { PathItem, Span } from './analysis-path.ts'
import { PAGE_STYLE } from './analysis-style.ts'
import {
  blockedTexts,
  formatMs,
  headline,
  nameOf,
  pathName,
  recordedUnits,
  UNIT_COLUMNS,
  unitTimes,
} from './analysis-text.ts'
import type { UnitSpan } from './unit-analysis.ts'

const MOST_TICKS = 8
const MOST_BLAMED = 25
const NARROWEST_PERCENT = 0.25

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** A text as HTML, for content and for attributes in double quotes. Control characters, which HTML cannot hold, become `�`. */
export function escapeHtml(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cs}]/gu, (character) => (/[\t\n]/.test(character) ? character : '\uFFFD'))
    .replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character)
}

/** Round numbers of milliseconds from zero to the end, so that the axis has no more than eight. */
export function axisTicks(totalMs: number): number[] {
  const smallest = totalMs / MOST_TICKS
  const power = 10 ** Math.floor(Math.log10(Math.max(smallest, 1e-3)))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= smallest) ?? power
  return Array.from({ length: Math.floor(totalMs / step) + 1 }, (_, i) => i * step)
}

const percent = (ms: number, totalMs: number): string => `${((ms / Math.max(totalMs, 1e-3)) * 100).toFixed(3)}%`

function position(startMs: number, endMs: number, totalMs: number): string {
  const width = Math.max(((endMs - startMs) / Math.max(totalMs, 1e-3)) * 100, NARROWEST_PERCENT)
  return `left:${percent(startMs, totalMs)};width:${width.toFixed(3)}%`
}

const OUTCOME_TEXT: Readonly<Record<Span['outcome'], string>> = {
  ok: '',
  none: 'no value',
  failed: 'failed',
  skipped: 'skipped',
  unfinished: 'not waited for',
}

/** What the reader is told of a bar under the pointer. */
function tip(span: Span): string {
  const { startMs, endMs, outcome, reason, attempts, waits } = span
  const waited = waits.reduce((sum, { ms }) => sum + ms, 0)
  return [
    nameOf(span),
    `${formatMs(startMs)} to ${formatMs(endMs)}: ${formatMs(durationOf(span))}`,
    ...(OUTCOME_TEXT[outcome] === '' ? [] : [OUTCOME_TEXT[outcome] + (reason === undefined ? '' : `: ${reason}`)]),
    ...(attempts > 1 ? [`${String(attempts)} attempts`] : []),
    ...(waits.length > 0
      ? [`waited ${formatMs(waited)} for ${[...new Set(waits.map(({ target }) => target))].join(', ')}`]
      : []),
  ].join('\n')
}

function isCritical(span: Span, path: readonly PathItem[]): boolean {
  return path.some(({ step, part }) => step === span.step && (part === span.part || span.part === undefined))
}

function row(span: Span, { trace, criticalPath }: Analysis): string {
  const { totalMs } = trace
  const classes = ['bar', span.kind, span.outcome, ...(isCritical(span, criticalPath) ? ['critical'] : [])].join(' ')
  const waits = span.waits.map(
    ({ startMs, ms, target, reason }) =>
      `<i class="wait" style="${position(startMs, startMs + ms, totalMs)}" title="${escapeHtml(`waited ${formatMs(ms)} for ${target}\nlast answer: ${reason}`)}"></i>`,
  )
  const note = OUTCOME_TEXT[span.outcome]
  const label = `<b>${escapeHtml(span.part ?? span.step)}</b>${span.detail === undefined ? '' : ` <small>${escapeHtml(span.detail)}</small>`}`
  const bar =
    span.outcome === 'skipped'
      ? ''
      : `<i class="${classes}" style="${position(span.startMs, span.endMs, totalMs)}"></i>${waits.join('')}`
  return (
    `<tr class="${span.part === undefined ? 'step' : 'part'} ${span.outcome}" title="${escapeHtml(tip(span))}">` +
    `<th scope="row">${label}</th><td class="lane">${bar}</td>` +
    `<td class="time">${span.outcome === 'skipped' ? '' : formatMs(durationOf(span))}</td>` +
    `<td class="note">${note}</td></tr>`
  )
}

function tickMarks(totalMs: number): string {
  const mark = (ms: number): string =>
    `<i class="tick" style="left:${percent(ms, totalMs)}"><u>${formatMs(ms).replace(/\.0+ /, ' ')}</u></i>`
  return axisTicks(totalMs).map(mark).join('')
}

function timeline(analysis: Analysis): string {
  const { totalMs } = analysis.trace
  const rows = analysis.spans.map((span) => row(span, analysis))
  return (
    `<table class="timeline"><caption>Timeline</caption><thead><tr><th scope="col">Step</th>` +
    `<td class="lane axis">${tickMarks(totalMs)}</td><th scope="col" class="time">Time</th><td></td></tr></thead>` +
    `<tbody>${rows.join('\n')}</tbody></table>` +
    `<p class="legend"><i class="bar step"></i> step <i class="bar provider"></i> user data provider ` +
    `<i class="bar generator"></i> generator <i class="bar command"></i> command before the step’s own ` +
    `<i class="wait"></i> waited <i class="bar step critical"></i> on the critical path</p>`
  )
}

const LEAST_SHOWN_MS = 1

/** Units in a table of lanes: each start with its phases in it. */
function unitTimeline(analysis: Analysis): string {
  const { manager, criticalPath } = analysis
  if (manager === undefined) return ''
  const totalMs = Math.max(analysis.trace.totalMs, manager.reached?.ms ?? 0)
  const isShown = ({ name, startMs, endMs, isRecorded, outcome }: UnitSpan): boolean =>
    startMs <= totalMs &&
    (isRecorded || outcome === 'failed' || (endMs - startMs >= LEAST_SHOWN_MS && name.endsWith('.service')))
  const rows = manager.units.filter(isShown).map((unit) => {
    const phases = unit.phases.map((phase) => {
      const [startMs, endMs] = [phase.startMs, Math.min(phase.endMs, totalMs)]
      const what = `${phase.kind}${phase.program === undefined ? '' : ` of ${phase.program}`}: ${formatMs(endMs - startMs)}`
      return `<i class="bar ${phase.kind.replace(' ', '-')}" style="${position(startMs, endMs, totalMs)}" title="${escapeHtml(what)}"></i>`
    })
    const isOnPath = criticalPath.some((item) => item.unit === unit.name)
    return (
      `<tr class="${unit.isRecorded ? 'step' : 'part'} ${unit.outcome}${isOnPath ? ' critical' : ''}">` +
      `<th scope="row"><b>${escapeHtml(unit.name)}</b></th><td class="lane">${phases.join('')}</td>` +
      `<td class="time">${formatMs(durationOf(unit))}</td><td class="note">${unit.outcome === 'ok' ? '' : unit.outcome}</td></tr>`
    )
  })
  return (
    `<table class="timeline units"><caption>Units, since the start of the service manager</caption><thead><tr><th scope="col">Unit</th>` +
    `<td class="lane axis">${tickMarks(totalMs)}</td><th scope="col" class="time">Time</th><td></td></tr></thead>` +
    `<tbody>${rows.join('\n')}</tbody></table>` +
    `<p class="legend"><i class="bar process-start"></i> process start <i class="bar program"></i> program ` +
    `<i class="bar manager"></i> service manager <i class="bar unit"></i> unit without a record; on the critical path: <b>bold</b></p>`
  )
}

function table(caption: string, heads: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''
  const isTime = (i: number): boolean => heads[i] === 'Time' || UNIT_COLUMNS.some((head) => head === heads[i])
  const cell = (tag: 'td' | 'th scope="col"', i: number, value: string): string =>
    `<${tag}${isTime(i) ? ' class="ms"' : ''}>${escapeHtml(value)}</${tag.slice(0, 2)}>`
  const cells = (values: readonly string[]): string => values.map((value, i) => cell('td', i, value)).join('')
  return (
    `<section><table class="list"><caption>${caption}</caption><thead><tr>` +
    `${heads.map((head, i) => cell('th scope="col"', i, head)).join('')}</tr></thead>` +
    `<tbody>${rows.map((values) => `<tr>${cells(values)}</tr>`).join('\n')}</tbody></table></section>`
  )
}

function unitTable(analysis: Analysis): string {
  const heads = ['Unit', ...UNIT_COLUMNS]
  const rows = recordedUnits(analysis).map((unit) => [unit.name, ...unitTimes(unit)])
  return table('Starts of units', heads, rows)
}

function tables(analysis: Analysis): string {
  const { blame, criticalPath, waits } = analysis
  return [
    unitTable(analysis),
    table(
      'Critical path',
      ['At', 'Time', 'What'],
      criticalPath.map((item) => [formatMs(item.startMs), formatMs(durationOf(item)), pathName(item)]),
    ),
    table(
      'Longest first',
      ['Time', 'What'],
      blame.slice(0, MOST_BLAMED).map((span) => [formatMs(durationOf(span)), nameOf(span)]),
    ),
    table(
      'Waited for',
      ['Time', 'For', 'Pauses', 'Last answer', 'In'],
      waits.map(({ step, part, target, ms, count, answer }) => [
        formatMs(ms),
        target,
        String(count),
        answer,
        part === undefined ? step : `${step} › ${part}`,
      ]),
    ),
  ].join('\n')
}

function failure(analysis: Analysis): string {
  const failed = analysis.spans.filter(({ outcome }) => outcome === 'failed')
  const items = [
    ...failed.map((span) => `<li><b>${escapeHtml(nameOf(span))}</b>: ${escapeHtml(span.reason ?? 'failed')}</li>`),
    ...blockedTexts(analysis).map((text) => `<li>${escapeHtml(text)}</li>`),
  ]
  if (items.length === 0) return ''
  return `<ul class="failure">${items.join('')}</ul>`
}

/** The page. @param name what it is called in the reader's list of windows */
export function renderPage(analysis: Analysis, name: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Boot: ${escapeHtml(name)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header><h1>Boot</h1><p>${escapeHtml(headline(analysis))}</p></header>
<main>
${failure(analysis)}
${timeline(analysis)}
${unitTimeline(analysis)}
<div class="lists">
${tables(analysis)}
</div>
</main>
</body>
</html>
`
}
