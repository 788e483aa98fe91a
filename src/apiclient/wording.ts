/** Where words of the command line say what about a setting. */
import type { Place } from '../lib/diagnostics.ts'
import { nearestPlace, PlaceFinder, type DocumentPath, type SourceMap } from '../lib/source-map.ts'
import { KeyError, parseKey } from '../model/key.ts'
import type { Wording } from './refusal.ts'

/** The segments of the key of a pair below `settings`; undefined if it is no key. */
function segmentsOf(pair: string): readonly string[] | undefined {
  try {
    const { segments } = parseKey(pair.split('=', 1)[0] as string)
    return segments[0] === 'settings' ? segments.slice(1) : segments
  } catch (error) {
    if (error instanceof KeyError) return undefined
    throw error
  }
}

/** Whether one of the paths is the other or lies below it. */
function areRelated(a: DocumentPath, b: DocumentPath): boolean {
  return a.slice(0, b.length).every((step, i) => String(step) === String(b[i]))
}

interface Pair {
  readonly name: string
  readonly text: string
  readonly segments: readonly string[] | undefined
}

function placeIn({ name, text }: Pair, atKey: boolean): Place {
  const equals = text.indexOf('=')
  const places = new PlaceFinder(text, name)
  return atKey || equals < 0 ? places.place(0, Math.max(equals, 1)) : places.place(equals + 1, text.length)
}

/** Pairs of the command line. A repeated key: the last one counts, as it does for the server. */
export function wordingOfPairs(pairs: readonly string[]): Wording {
  const known = pairs.map((text, i): Pair => ({ name: `pair ${String(i + 1)}`, text, segments: segmentsOf(text) }))
  return {
    sources: new Map(known.map(({ name, text }) => [name, text])),
    place: (path, atKey) => {
      const pair =
        known.findLast(({ segments }) => segments !== undefined && areRelated(segments, path)) ??
        // a text that is no key is named as it is
        known.find(({ segments, text }) => segments === undefined && text.split('=', 1)[0] === (path[0] ?? ''))
      return pair === undefined ? undefined : placeIn(pair, atKey)
    },
  }
}

/**
 * A document.
 *
 * @param at where the settings stand in it; the first that holds a setting counts
 */
export function wordingOfDocument(text: string, sourceMap: SourceMap, at: readonly DocumentPath[]): Wording {
  return {
    sources: new Map([[sourceMap.file, text]]),
    place: (path, atKey) => {
      const [first = ''] = path
      const start = at.find((candidate) => sourceMap.key([...candidate, first]) !== undefined) ?? at.at(-1) ?? []
      return nearestPlace(sourceMap, [...start, ...path], atKey)
    },
  }
}
