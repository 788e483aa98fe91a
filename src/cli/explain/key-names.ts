/** Keys of rendered files as people read and type them: `plugins."io.containerd.grpc.v1.cri".cni.bin_dir`, `mounts[0]`. */
import type { DocumentPath } from '../../lib/source-map.ts'

/** A path as text: names with anything but letters, digits, `_` and `-` in quotes, positions in brackets. */
export function formatFileKey(path: DocumentPath): string {
  if (path[0] === 'line' && path.length === 2 && typeof path[1] === 'number') return `line ${String(path[1])}`
  return path
    .map((step, i) => {
      if (typeof step === 'number') return `[${String(step)}]`
      const name = /^[\w-]+$/.test(step) ? step : `"${step}"`
      return i === 0 ? name : `.${name}`
    })
    .join('')
}

/** What two ways to write the same key have in common. */
const plainKey = (text: string): string => text.replaceAll('"', '').replace(/\[(\d+)\]/g, '.$1')

const ELISION = /…|\.\.\.|\*/

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** How well a key fits to what was typed. */
export type KeyMatch = 'exact' | 'below' | 'end' | undefined

/**
 * Whether a key is the one that was typed, lies below it, or ends in it. Quotes may be left out; `…`, `...` and `*` stand
 * for anything.
 */
export function matchKey(typed: string, path: DocumentPath): KeyMatch {
  const key = plainKey(formatFileKey(path))
  const wanted = plainKey(typed.replace(/[.]?(?:…|\.\.\.)$/, ''))
  if (key === wanted) return 'exact'
  if (ELISION.test(wanted)) {
    const pattern = wanted
      .split(ELISION)
      .map((part) => escaped(part.replace(/^\.|\.$/g, '')))
      .join('.*')
    return new RegExp(`^${pattern}(?:$|\\.)`).test(key) ? 'below' : undefined
  }
  if (key.startsWith(`${wanted}.`)) return 'below'
  return key.endsWith(`.${wanted}`) || key.includes(`.${wanted}.`) ? 'end' : undefined
}
