/**
 * From a tree of settings with positions to diagnostics.
 */
import { sortDiagnostics, type Diagnostic } from '../lib/diagnostics.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../lib/json.ts'
import { nearestPlace, type DocumentPath, type SourceMap } from '../lib/source-map.ts'
import { formatSegment, keyOf, KeyError } from './key.ts'
import type { ModelProblem, SettingsModel } from './models.ts'

const SETTINGS: DocumentPath = ['settings']
const LEGAL_SEGMENT = /^[A-Za-z0-9_/.-]+$/

/** Names that pass the model but cannot be part of a datastore key. */
function unstorable(tree: JsonObject, path: readonly string[]): ModelProblem[] {
  return Object.keys(tree).flatMap((name) => {
    const below = [...path, name]
    try {
      keyOf(['settings', ...below])
    } catch (error) {
      if (!(error instanceof KeyError)) throw error
      return [{ code: 'SETTINGS_UNSTORABLE_KEY', path: below, message: error.message, atKey: true } as const]
    }
    const value = tree[name] as JsonValue
    return isJsonObject(value) ? unstorable(value, below) : []
  })
}

/** A dotted key for messages: also segments that no key can have are shown, in quotes. */
function displayKey(path: DocumentPath): string {
  const segments = path.map(String)
  return segments
    .map((segment) => (LEGAL_SEGMENT.test(segment) ? formatSegment(segment) : JSON.stringify(segment)))
    .join('.')
}

function relatedOf({ path, twin }: ModelProblem, at: DocumentPath, sourceMap: SourceMap): Pick<Diagnostic, 'related'> {
  const place = twin === undefined ? undefined : sourceMap.key([...at, ...path.slice(0, -1), twin])
  return place === undefined ? {} : { related: [{ message: 'given here already', at: place }] }
}

/**
 * Checks the content of `settings`.
 *
 * @param at where that content stands in the document of the source map
 * @returns every problem, in the order of their places; nothing if the settings would be accepted and stored
 */
export function validateSettings(
  model: SettingsModel,
  tree: JsonValue,
  sourceMap: SourceMap,
  at: DocumentPath = SETTINGS,
): Diagnostic[] {
  const result = model.parse(tree)
  const problems = result.ok ? unstorable(result.settings, []) : result.problems
  return sortDiagnostics(
    problems.map((problem): Diagnostic => {
      const { code, path, message, hint, atKey = false } = problem
      const place = nearestPlace(sourceMap, [...at, ...path], atKey)
      return {
        code,
        severity: 'error',
        path: displayKey(['settings', ...path]),
        message,
        ...(hint !== undefined && { hint }),
        ...(place !== undefined && { at: place }),
        ...relatedOf(problem, at, sourceMap),
      }
    }),
  )
}
