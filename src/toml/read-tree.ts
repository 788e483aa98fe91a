/**
 * From the syntax tree of a TOML document to its JSON tree and the places of all keys and values.
 */
import type { AST } from 'toml-eslint-parser'
import type { Diagnostic, Place } from '../lib/diagnostics.ts'
import { MAX_JSON_DEPTH } from '../lib/json-parse.ts'
import {
  isJsonArray,
  isJsonObject,
  jsonObject,
  type JsonObject,
  type JsonValue,
  type MutableJsonObject,
} from '../lib/json.ts'
import { SourceTree, type PlaceFinder, type SourceMap } from '../lib/source-map.ts'
import { nameOf, type KeyNode } from './ast.ts'
import { dateTimeValue } from './date-time.ts'

type Path = (string | number)[]

/** A second definition of a path, with the place of the first one. */
export interface Duplicate {
  readonly path: readonly (string | number)[]
  readonly at: Place
  readonly first: Place | undefined
}

export interface TreeReading {
  readonly tree: JsonObject
  readonly sourceMap: SourceMap
  readonly problems: readonly Diagnostic[]
  /** Names at the top level, see `TomlDocument`. */
  readonly topLevel: Iterable<string>
  /** Only of keys that were given another name, see `readTree`; the tree has the first definition of each. */
  readonly duplicates: readonly Duplicate[]
}

const MIN_INTEGER = -(2n ** 63n)
const MAX_INTEGER = 2n ** 63n - 1n

/** `settings` itself is taken off before the settings become JSON, which may nest 127 levels. */
const MAX_DEPTH = MAX_JSON_DEPTH + 1

class TreeReader implements TreeReading {
  readonly tree = jsonObject()
  readonly sourceMap: SourceTree
  readonly problems: Diagnostic[] = []
  readonly topLevel = new Set<string>()
  readonly duplicates: Duplicate[] = []
  private readonly places: PlaceFinder
  private readonly renamed: ReadonlyMap<number, string>

  constructor(places: PlaceFinder, renamed: ReadonlyMap<number, string>) {
    this.places = places
    this.renamed = renamed
    this.sourceMap = new SourceTree(places.file)
  }

  readDocument(program: AST.TOMLProgram): void {
    for (const statement of program.body[0].body) {
      if (statement.type === 'TOMLKeyValue') this.readPair(statement, this.tree, [])
      else this.readTable(statement)
    }
  }

  private place(node: AST.TOMLNode): Place {
    return this.places.place(...node.range)
  }

  private problem(code: Diagnostic['code'], node: AST.TOMLNode, message: string): void {
    this.problems.push({ code, severity: 'error', message, at: this.place(node) })
  }

  /** Notes a part of a key. `path` ends before it; the name that the user gave it is added. */
  private noteKey(node: KeyNode, path: Path): void {
    const original = this.renamed.get(node.range[0])
    path.push(original ?? nameOf(node))
    const place = this.place(node)
    if (original !== undefined) {
      this.duplicates.push({ path: [...path], at: place, first: this.sourceMap.key(path) })
    }
    this.sourceMap.add(path, place, place)
  }

  private isTooDeep(depth: number, node: AST.TOMLNode): boolean {
    if (depth <= MAX_DEPTH) return false
    this.problem('USERDATA_TOML_SYNTAX', node, `more than ${String(MAX_DEPTH)} levels of nesting`)
    return true
  }

  private noteTopLevel(name: string, isOwnHeader: boolean): void {
    if (isOwnHeader) this.topLevel.delete(name)
    this.topLevel.add(name)
  }

  private readTable(table: AST.TOMLTable): void {
    this.noteTopLevel(String(table.resolvedKey[0]), table.kind === 'standard' && table.resolvedKey.length === 1)
    if (this.isTooDeep(table.resolvedKey.length, table.key)) return
    const path: Path = []
    let names = 0
    let node: MutableJsonObject | JsonValue[] = this.tree
    for (const [i, step] of table.resolvedKey.entries()) {
      if (typeof step === 'number') path.push(step)
      else this.noteKey(table.key.keys[names++] as KeyNode, path)
      node = descend(node, path.at(-1) as string | number, typeof table.resolvedKey[i + 1] === 'number')
    }
    this.sourceMap.add(path, undefined, this.place(table.key))
    for (const pair of table.body) this.readPair(pair, node as MutableJsonObject, path)
  }

  private readPair(pair: AST.TOMLKeyValue, table: MutableJsonObject, tablePath: Path): void {
    const { keys } = pair.key
    if (tablePath.length === 0) this.noteTopLevel(nameOf(keys[0] as KeyNode), false)
    if (this.isTooDeep(tablePath.length + keys.length, pair.key)) return
    const path = [...tablePath]
    let node: MutableJsonObject = table
    for (const part of keys.slice(0, -1)) {
      this.noteKey(part, path)
      node = descend(node, path.at(-1) as string, false) as MutableJsonObject
    }
    const last = keys.at(-1) as KeyNode
    const original = this.renamed.get(last.range[0])
    const place = this.place(last)
    path.push(original ?? nameOf(last))
    if (original !== undefined) this.duplicates.push({ path: [...path], at: place, first: this.sourceMap.key(path) })
    this.sourceMap.add(path, place, this.place(pair.value))
    const value = this.readContent(pair.value, path)
    const name = path.at(-1) as string
    // of two definitions the first one stays
    if (!Object.hasOwn(node, name)) node[name] = value
  }

  private readContent(node: AST.TOMLContentNode, path: Path): JsonValue {
    if (this.isTooDeep(path.length, node)) return null
    this.sourceMap.add(path, undefined, this.place(node))
    if (node.type === 'TOMLArray') return node.elements.map((element, i) => this.readContent(element, [...path, i]))
    if (node.type === 'TOMLInlineTable') {
      const table = jsonObject()
      for (const pair of node.body) this.readPair(pair, table, path)
      return table
    }
    return this.readScalar(node)
  }

  private readScalar(node: AST.TOMLValue): JsonValue {
    switch (node.kind) {
      case 'string':
        if (!node.value.isWellFormed())
          this.problem('USERDATA_TOML_SYNTAX', node, 'half of a surrogate pair in a string')
        return node.value
      case 'boolean':
        return node.value
      case 'integer':
        if (node.bigint < MIN_INTEGER || node.bigint > MAX_INTEGER) {
          this.problem('USERDATA_INTEGER_RANGE', node, 'the integer does not fit in 64 bits with sign')
        }
        return node.bigint
      case 'float':
        if (Number.isFinite(node.value)) return node.value
        if (/\d/.test(node.number)) this.problem('USERDATA_TOML_SYNTAX', node, 'the number is too large')
        return null // nan and inf
      case 'offset-date-time':
      case 'local-date-time':
      case 'local-date':
      case 'local-time':
        return dateTimeValue(node.datetime)
    }
  }
}

/**
 * The container below `node` at `step`, made when it is not there yet. Where a second definition meets something else, its
 * content goes into a container of its own, which is dropped.
 */
function descend(
  node: MutableJsonObject | JsonValue[],
  step: string | number,
  toArray: boolean,
): MutableJsonObject | JsonValue[] {
  const children = node as Record<string | number, JsonValue>
  const child = Object.hasOwn(children, step) ? children[step] : undefined
  if (toArray ? isJsonArray(child) : isJsonObject(child)) return child as MutableJsonObject | JsonValue[]
  const made = toArray ? [] : jsonObject()
  if (child === undefined) children[step] = made
  return made
}

/**
 * Reads the JSON tree and the places from a syntax tree.
 *
 * @param renamed names that key parts (by their offset) have in the user's text, where duplicates were given other names
 * to get at a syntax tree at all; each is reported as a duplicate
 */
export function readTree(
  program: AST.TOMLProgram,
  places: PlaceFinder,
  renamed: ReadonlyMap<number, string> = new Map(),
): TreeReading {
  const reader = new TreeReader(places, renamed)
  reader.readDocument(program)
  return reader
}
