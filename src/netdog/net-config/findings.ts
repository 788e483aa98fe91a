/** Reading the tables of net.toml: typed members, with every fault noted at its place. */
import type { Diagnostic, Place } from '../../lib/diagnostics.ts'
import type { ErrorCode } from '../../lib/error-codes.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../lib/json.ts'
import { nearest } from '../../lib/nearest.ts'
import type { DocumentPath, SourceMap } from '../../lib/source-map.ts'
import { DATE_TIME_MEMBER } from '../../toml/date-time.ts'

/** The largest integer of 32 bits without sign. */
export const MAX_U32 = 2n ** 32n - 1n

const BARE_KEY = /^[A-Za-z0-9_-]+$/

/** A path as it is written in TOML, list positions in brackets. */
export function printPath(path: DocumentPath): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${String(step)}]`
    else text += `${text === '' ? '' : '.'}${BARE_KEY.test(step) ? step : JSON.stringify(step)}`
  }
  return text
}

/** Whether a value is a table; dates are objects, too. */
export function isTable(value: JsonValue | undefined): value is JsonObject {
  return isJsonObject(value) && !Object.hasOwn(value, DATE_TIME_MEMBER)
}

function describe(value: JsonValue): string {
  if (isJsonObject(value)) return isTable(value) ? 'a table' : 'a date'
  if (isJsonArray(value)) return 'a list'
  if (typeof value === 'string') return `the text ${JSON.stringify(value)}`
  if (typeof value === 'bigint') return `the integer ${String(value)}`
  return typeof value === 'boolean' ? `the boolean ${String(value)}` : 'a number with a fraction'
}

export interface Note {
  readonly hint?: string | undefined
  /** Where, if not at the value of the path. */
  readonly at?: Place | undefined
  readonly related?: Diagnostic['related']
}

/** The faults of one document. */
export class Findings {
  readonly diagnostics: Diagnostic[] = []
  readonly sourceMap: SourceMap

  constructor(sourceMap: SourceMap) {
    this.sourceMap = sourceMap
  }

  error(code: ErrorCode, path: DocumentPath, message: string, note: Note = {}): void {
    const at = note.at ?? this.sourceMap.value(path) ?? this.sourceMap.key(path)
    this.diagnostics.push({
      code,
      severity: 'error',
      ...(path.length > 0 && { path: printPath(path) }),
      message,
      ...(note.hint !== undefined && { hint: note.hint }),
      ...(at !== undefined && { at }),
      ...(note.related !== undefined && { related: note.related }),
    })
  }

  wrongType(path: DocumentPath, wanted: string, value: JsonValue, hint?: string): void {
    this.error('NET_WRONG_TYPE', path, `${wanted} is needed, not ${describe(value)}`, { hint })
  }
}

/** A table whose members are read by name. Getters give undefined for an absent member and for a faulty one. */
export class TableReader {
  readonly path: DocumentPath
  readonly findings: Findings
  private readonly table: JsonObject
  private readonly known = new Set<string>()

  constructor(findings: Findings, table: JsonObject, path: DocumentPath) {
    this.findings = findings
    this.table = table
    this.path = path
  }

  pathOf(name: string): DocumentPath {
    return [...this.path, name]
  }

  /** Whether the member is there, whatever its value. */
  has(name: string): boolean {
    return Object.hasOwn(this.table, name)
  }

  /** The value of a member. Null stands for `nan` and `inf`. */
  value(name: string): JsonValue | undefined {
    this.known.add(name)
    return this.has(name) ? this.table[name] : undefined
  }

  /** Notes a fault if the member is absent. */
  require(name: string, hint?: string): void {
    if (this.has(name)) return
    const at = this.findings.sourceMap.key(this.path) ?? this.findings.sourceMap.value(this.path)
    this.findings.error('NET_MISSING_KEY', this.path, `'${name}' is missing`, { hint, at })
  }

  boolean(name: string): boolean | undefined {
    const value = this.value(name)
    if (value === undefined || typeof value === 'boolean') return value
    this.findings.wrongType(this.pathOf(name), 'true or false', value, booleanHint(value))
    return undefined
  }

  /** An integer from `min` to `max`, both included. */
  integer(name: string, min: bigint, max: bigint): bigint | undefined {
    const value = this.value(name)
    if (value === undefined) return undefined
    if (typeof value !== 'bigint') {
      this.findings.wrongType(this.pathOf(name), 'an integer', value)
      return undefined
    }
    if (value >= min && value <= max) return value
    const range = `from ${String(min)} to ${String(max)}`
    this.findings.error('NET_INVALID_VALUE', this.pathOf(name), `${String(value)} is not ${range}`)
    return undefined
  }

  /** One of a few words. */
  word<T extends string>(name: string, words: readonly T[]): T | undefined {
    const value = this.value(name)
    if (value === undefined) return undefined
    const found = words.find((word) => word === value)
    if (found !== undefined) return found
    const wanted = words.map((word) => `"${word}"`).join(', ')
    if (typeof value === 'string') {
      this.findings.error('NET_INVALID_VALUE', this.pathOf(name), `${JSON.stringify(value)} is not one of ${wanted}`, {
        hint: suggest(value, words),
      })
    } else this.findings.wrongType(this.pathOf(name), `one of ${wanted}`, value)
    return undefined
  }

  /** A text that `parse` understands; `wanted` says what that is. */
  text<T>(name: string, wanted: string, parse: (text: string) => T | undefined, hint?: string): T | undefined {
    const value = this.value(name)
    return value === undefined ? undefined : this.parsed(value, this.pathOf(name), wanted, parse, hint)
  }

  /** A list of texts that `parse` understands; faulty ones are left out. */
  texts<T>(name: string, wanted: string, parse: (text: string) => T | undefined, hint?: string): T[] | undefined {
    const value = this.value(name)
    if (value === undefined) return undefined
    if (!isJsonArray(value)) {
      this.findings.wrongType(this.pathOf(name), 'a list', value, hint)
      return undefined
    }
    return value
      .map((item, i) => this.parsed(item, [...this.pathOf(name), i], wanted, parse, hint))
      .filter((item) => item !== undefined)
  }

  private parsed<T>(
    value: JsonValue,
    path: DocumentPath,
    wanted: string,
    parse: (text: string) => T | undefined,
    hint: string | undefined,
  ): T | undefined {
    if (typeof value !== 'string') {
      this.findings.wrongType(path, `${wanted}, as text,`, value)
      return undefined
    }
    const result = parse(value)
    if (result === undefined) {
      this.findings.error('NET_INVALID_VALUE', path, `${JSON.stringify(value)} is not ${wanted}`, { hint })
    }
    return result
  }

  tableReader(name: string): TableReader | undefined {
    const value = this.value(name)
    if (value === undefined) return undefined
    if (isTable(value)) return new TableReader(this.findings, value, this.pathOf(name))
    this.findings.wrongType(this.pathOf(name), 'a table', value)
    return undefined
  }

  /** The tables of a list of tables. */
  tableReaders(name: string): TableReader[] | undefined {
    const value = this.value(name)
    if (value === undefined) return undefined
    const path = this.pathOf(name)
    if (!isJsonArray(value)) {
      this.findings.wrongType(path, 'a list of tables', value, `write [[${printPath(path)}]], with two brackets`)
      return undefined
    }
    return value.flatMap((item, i) => {
      if (isTable(item)) return [new TableReader(this.findings, item, [...path, i])]
      this.findings.wrongType([...path, i], 'a table', item)
      return []
    })
  }

  /** Notes every member that nobody asked for. @param hints what to say of some names, instead of the nearest known one */
  refuseUnknown(hints: (name: string) => string | undefined = () => undefined): void {
    for (const name of Object.keys(this.table)) {
      if (this.known.has(name)) continue
      const at = this.findings.sourceMap.key(this.pathOf(name))
      const hint = hints(name) ?? suggest(name, this.known) ?? `known here: ${[...this.known].join(', ')}`
      this.findings.error('NET_UNKNOWN_KEY', this.pathOf(name), 'unknown key', { hint, at })
    }
  }
}

function booleanHint(value: JsonValue): string | undefined {
  return value === 'true' || value === 'false' ? `write ${value} without quotes` : undefined
}

/** `did you mean ...?`, if some known name is close. */
export function suggest(name: string, known: Iterable<string>): string | undefined {
  const close = nearest(name, known)
  return close === undefined ? undefined : `did you mean "${close}"?`
}
