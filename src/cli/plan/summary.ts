/** A plan in one line, and each of its files in a few characters. */
import { unifiedDiff, type DiffPalette } from '../rendered/unified-diff.ts'
import type { FileDifference, Plan } from './types.ts'

const PLAIN: DiffPalette = { header: String, hunk: String, removed: String, added: String }
const HEADER_LINES = 2

/** The difference within a file as `patch -p1` reads it; empty if only secrets differ, or if nothing is known. */
export function diffText({ path, before, after, isBeforeKnown }: FileDifference): string {
  return isBeforeKnown ? unifiedDiff({ path, before, after }, PLAIN) : ''
}

/** How many lines are added and removed. */
export function lineCounts(file: FileDifference): { readonly added: number; readonly removed: number } {
  const lines = diffText(file).split('\n').slice(HEADER_LINES)
  const count = (sign: string): number => lines.filter((line) => line.startsWith(sign)).length
  return { added: count('+'), removed: count('-') }
}

/** The same as text, `+1 -2`. */
export function diffStat(file: FileDifference): string {
  if (!file.isBeforeKnown) return '?'
  const { added, removed } = lineCounts(file)
  const parts = [...(added > 0 ? [`+${String(added)}`] : []), ...(removed > 0 ? [`-${String(removed)}`] : [])]
  return parts.length === 0 ? 'secrets' : parts.join(' ')
}

function count(number: number, what: string): string {
  return `${String(number)} ${what}${number === 1 ? '' : 's'}`
}

/** Everything in one line: how many settings, files and commands, and whether a reboot is needed. */
export function summaryOf({ as, settings, files, notRendered, live }: Plan): string {
  const needed = live?.commands.filter((command) => as === 'apply' || command.needed).length ?? 0
  return [
    count(settings.length, 'setting'),
    count(files.length, 'file'),
    ...(notRendered.length > 0 ? [`${String(notRendered.length)} not rendered`] : []),
    ...(live === undefined ? ['new image'] : [count(needed, 'command'), live.reboot.needed ? 'reboot' : 'no reboot']),
  ].join(', ')
}
