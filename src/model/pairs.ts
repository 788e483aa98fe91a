/**
 * Trees and pairs: how a JSON tree becomes flat `key name -> JSON text` pairs, and back.
 */
import { JsonSyntaxError, parseJson } from '../lib/json-parse.ts'
import {
  isJsonObject,
  jsonObject,
  printJson,
  type JsonObject,
  type JsonValue,
  type MutableJsonObject,
} from '../lib/json.ts'
import { formatKey, keyOf, KeyError, MAX_KEY_BYTES, parseSegments } from './key.ts'

/** Key name (canonical text) to stored text (compact JSON). */
export type Pairs = ReadonlyMap<string, string>

function childName(parent: string, segment: string): string {
  const own = keyOf([segment]).name
  const name = parent === '' ? own : `${parent}.${own}`
  if (name.length > MAX_KEY_BYTES) {
    throw new KeyError(`the key is ${String(name.length)} bytes long, at most ${String(MAX_KEY_BYTES)} are possible`)
  }
  return name
}

function flattenInto(pairs: Map<string, string>, value: JsonValue, name: string): void {
  if (value === null) return
  if (!isJsonObject(value)) {
    if (name === '') throw new KeyError('a value needs a key: the top of the tree is not an object')
    pairs.set(name, printJson(value))
    return
  }
  // every member name has to be a legal segment, also where nothing is stored below it
  for (const segment of Object.keys(value)) flattenInto(pairs, value[segment] as JsonValue, childName(name, segment))
}

/**
 * Flattens a tree to pairs: one pair per scalar and per whole array, none for `null` and `{}`.
 *
 * @param prefix segments put before every key, often `['settings']`
 * @throws KeyError for a member name that cannot be a key segment, a name over 255 bytes, or a bare value without prefix
 */
export function flattenTree(tree: JsonValue, prefix: readonly string[]): Map<string, string> {
  const pairs = new Map<string, string>()
  flattenInto(pairs, tree, prefix.length === 0 ? '' : keyOf(prefix).name)
  return pairs
}

/** Where a pair of this key stands below the prefix; a key outside the prefix keeps all of its segments. */
function below(segments: readonly string[], prefix: readonly string[]): readonly string[] {
  if (!prefix.every((segment, i) => segments[i] === segment)) return segments
  if (segments.length === prefix.length)
    throw new KeyError(`the key ${JSON.stringify(formatKey(segments))} is the prefix`)
  return segments.slice(prefix.length)
}

function parseText(name: string, text: string): JsonValue {
  try {
    return parseJson(text)
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    throw new KeyError(`the text stored for ${JSON.stringify(name)} is not JSON: ${error.message}`)
  }
}

/** Objects made for inner segments, as opposed to objects that are a pair's value. */
type Inner = Set<JsonValue>

function place(
  root: MutableJsonObject,
  inner: Inner,
  segments: readonly string[],
  name: string,
  value: JsonValue,
): void {
  let node = root
  for (const segment of segments.slice(0, -1)) {
    if (!Object.hasOwn(node, segment)) {
      const child = jsonObject()
      inner.add(child)
      node[segment] = child
    }
    const next = node[segment] as MutableJsonObject
    if (!inner.has(next)) throw new KeyError(`a key above ${JSON.stringify(name)} has a value of its own`)
    node = next
  }
  const last = segments.at(-1) as string
  if (inner.has(node[last] as JsonValue)) {
    throw new KeyError(`the key ${JSON.stringify(name)} has a value and other keys below it`)
  }
  node[last] = value
}

/**
 * Builds a tree from pairs; the inverse of `flattenTree`. A text that is a JSON object becomes a subtree. Keys outside
 * the prefix survive as members that no model knows.
 *
 * @param prefix segments taken off every key
 * @throws KeyError for an invalid key, a text that is not JSON, a key that equals the prefix, or a key with both a
 * value and children
 */
export function buildTree(pairs: Iterable<readonly [string, string]>, prefix: readonly string[]): JsonObject {
  const root = jsonObject()
  const inner: Inner = new Set()
  for (const [name, text] of pairs) {
    place(root, inner, below(parseSegments(name), prefix), name, parseText(name, text))
  }
  return root
}
