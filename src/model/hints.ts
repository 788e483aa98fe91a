/**
 * Advice for faulty settings: the name or value that was probably meant. A value is only suggested if the setting
 * accepts it, and never for a setting that must not be shown.
 */
import type { ErrorCode } from '../lib/error-codes.ts'
import { parseNumberLiteral } from '../lib/json-parse.ts'
import { isJsonArray, isJsonObject, member, printJson, type JsonValue } from '../lib/json.ts'
import { nearest } from '../lib/nearest.ts'
import type { DocumentPath } from '../lib/source-map.ts'
import { formatKey } from './key.ts'
import { holdsSecret, locate } from './locate.ts'
import { releaseOf, releaseOfValue } from './newer-settings.ts'
import { runSchema, type ModelProblem } from './problems.ts'
import { allowedWords } from './type-words.ts'
import type { Group, MapType, RecordType, SettingType } from './types.ts'

export interface HintContext {
  /** The type of the whole tree. */
  readonly type: RecordType
  readonly tree: JsonValue
  /** The families of variants that have a settings group. */
  readonly familiesWith: (group: string) => readonly string[]
  /** The groups of all families. */
  readonly allGroups: readonly Group[]
}

const accepts = (type: SettingType, value: JsonValue): boolean => runSchema(type.schema(), value).issues.length === 0

/** The value at a path of the user's tree. */
function valueAt(tree: JsonValue, path: DocumentPath): JsonValue | undefined {
  let value: JsonValue | undefined = tree
  for (const step of path) {
    value = isJsonArray(value) ? value[Number(step)] : member(value, String(step))
  }
  return value
}

/** A name in the spelling that settings have: `logLevel` and `Log_Level` become `log-level`. */
function toKebabCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll('_', '-')
    .toLowerCase()
}

function similarName(name: string, known: readonly string[]): string | undefined {
  const kebab = toKebabCase(name)
  return known.includes(kebab) ? kebab : nearest(kebab, known)
}

function didYouMean(text: string | undefined): string | undefined {
  return text === undefined ? undefined : `did you mean ${text}?`
}

const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/

/** What somebody may have wanted to write, in another type. */
function otherTypes(value: JsonValue): JsonValue[] {
  const list = isJsonArray(value) ? value : [value]
  const single = list.length === 1 ? (list[0] as JsonValue) : value
  const forms: JsonValue[] = [single]
  if (typeof single === 'string') {
    const number = NUMBER.test(single.trim()) ? parseNumberLiteral(single.trim()) : undefined
    if (number !== undefined) forms.push(number)
    if (/^(?:true|false|yes|no|on|off)$/i.test(single)) forms.push(/^(?:true|yes|on)$/i.test(single))
    if (single.includes(',')) forms.push(single.split(',').map((part) => part.trim()))
    if (single.includes(' ')) forms.push(single.split(' '))
  } else if (typeof single === 'number' && Number.isInteger(single)) {
    forms.push(BigInt(single))
  } else if (single === 0n || single === 1n) {
    forms.push(single === 1n)
  }
  if (typeof single === 'boolean' || typeof single === 'bigint' || typeof single === 'number') {
    forms.push(printJson(single))
  }
  return [...forms, list]
}

const SHORTEST_PART = 3
/** How many names a hint lists at most. */
const MAX_LISTED = 12

/** The known word that is meant: nearly the same, or one is a part of the other. */
function similarWord(value: string, words: readonly string[]): string | undefined {
  const kebab = toKebabCase(value)
  const isPart = (word: string): boolean =>
    Math.min(word.length, kebab.length) >= SHORTEST_PART &&
    (kebab.startsWith(word) || word.startsWith(kebab) || kebab.endsWith(`-${word}`))
  return nearest(value, words) ?? nearest(kebab, words) ?? words.find(isPart)
}

/** The same text, better written. */
function otherSpellings(type: SettingType, value: JsonValue): string[] {
  if (typeof value !== 'string') return []
  const trimmed = value.trim()
  const spellings = [trimmed, trimmed.toLowerCase(), value.replaceAll(' ', ''), toKebabCase(value)]
  if (/^[0-9]+$/.test(trimmed)) spellings.push(`${trimmed}s`)
  const similar = similarWord(value, wordsOf(type))
  return similar === undefined ? spellings : [...spellings, similar]
}

function wordsOf(type: SettingType): readonly string[] {
  if (type.kind === 'union') return type.forms.flatMap(wordsOf)
  return type.kind === 'converted' ? wordsOf(type.from) : (allowedWords(type) ?? [])
}

/** A chain of tables that came of a name with dots and without quotes: `vm.max_map_count` instead of one name. */
function dottedName(value: JsonValue, name: string): string {
  if (!isJsonObject(value)) return name
  const names = Object.keys(value)
  return names.length === 1 ? dottedName(value[names[0] as string] as JsonValue, `${name}.${names[0] as string}`) : name
}

function quotesHint(path: DocumentPath, { type, tree }: HintContext): string | undefined {
  const map = mapOf(locate(type, path.slice(0, -1))?.type)
  const value = valueAt(tree, path)
  if (map === undefined || !isJsonObject(value)) return undefined
  const name = dottedName(value, String(path.at(-1)))
  if (name === path.at(-1) || !accepts(map.names, name)) return undefined
  return `put the whole name in quotes: ${JSON.stringify(name)}`
}

function valueHint(problem: ModelProblem, context: HintContext): string | undefined {
  const { code, path } = problem
  const { type, tree } = context
  const location = locate(type, path)
  const value = valueAt(tree, path)
  if (location === undefined || value === undefined || location.secret || holdsSecret(location.type)) return undefined
  if (isJsonObject(value)) return quotesHint(path, context)
  const isType = code === 'SETTINGS_WRONG_TYPE'
  const missing = isType ? missingNameHint(path, type) : undefined
  if (missing !== undefined) return missing
  const release = releaseOfValue(path, value)
  if (release !== undefined) return `this value came with release ${release}`
  const candidates = isType ? otherTypes(value) : otherSpellings(location.type, value)
  const better = candidates.find((candidate) => candidate !== value && accepts(location.type, candidate))
  if (better === undefined) return undefined
  return isType ? `write ${printJson(better)}` : didYouMean(printJson(better))
}

/** A field of a map's entries that stands in the map itself, as in `[settings.host-containers]` with `enabled = true`. */
function missingNameHint(path: DocumentPath, type: RecordType): string | undefined {
  const above = path.slice(0, -1)
  const values = mapOf(locate(type, above)?.type)?.values
  if (values?.kind !== 'record' || !Object.hasOwn(values.fields, String(path.at(-1)))) return undefined
  return `a name is missing: [settings.${formatKey(above.map(String))}.NAME]`
}

function memberHint(path: DocumentPath, context: HintContext): string | undefined {
  const parent = locate(context.type, path.slice(0, -1))
  if (parent?.type.kind !== 'record') return undefined
  const release = releaseOf(path)
  if (release !== undefined) return `it came with release ${release}`
  const last = String(path.at(-1))
  const elsewhere = whereItBelongs(last, context)
  if (elsewhere !== undefined) return elsewhere
  const known = Object.keys(parent.type.fields)
  const name = didYouMean(similarName(last, known))
  return name ?? (known.length <= MAX_LISTED ? `possible here: ${known.sort().join(', ')}` : undefined)
}

const isTable = (type: SettingType): boolean => type.kind === 'record' || type.kind === 'map'

const onlyIn = (families: readonly string[]): string =>
  `only these families of variants have it: ${families.join(', ')}`

/**
 * Advice for the name of a group, or of a setting of one, that stands somewhere else: the heading it belongs under.
 * Undefined for names that are neither.
 */
export function whereItBelongs(name: string, { type, familiesWith, allGroups }: HintContext): string | undefined {
  const hasMember = (group: { readonly type: SettingType }): boolean =>
    group.type.kind === 'record' && Object.hasOwn(group.type.fields, name)
  const own = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined
  if (own !== undefined) return isTable(own.type) ? `write [settings.${name}]` : `write settings.${name} = ...`
  const groups = Object.keys(type.fields).filter((group) => hasMember(type.fields[group] as Group))
  if (groups.length > 0) return `it belongs under ${groups.map((group) => `[settings.${group}]`).join(' or ')}`
  const elsewhere = allGroups.find((group) => group.name === name || hasMember(group))
  if (elsewhere === undefined) return undefined
  const families = familiesWith(elsewhere.name).join(', ')
  return `it belongs under [settings.${elsewhere.name}], which only these families of variants have: ${families}`
}

function groupHint(name: string, context: HintContext): string | undefined {
  const { type, familiesWith } = context
  const families = familiesWith(name)
  if (families.length > 0) return onlyIn(families)
  const release = releaseOf([name])
  if (release !== undefined) return `it came with release ${release}`
  if (name === 'settings') return 'leave out the second "settings"'
  return whereItBelongs(name, context) ?? didYouMean(similarName(name, Object.keys(type.fields)))
}

/** The map that a name is in; the last step of the path is the name. */
function mapOf(type: SettingType | undefined): MapType | undefined {
  if (type?.kind === 'map') return type
  if (type?.kind === 'converted') return mapOf(type.from)
  return type?.kind === 'union' ? type.forms.map(mapOf).find((form) => form !== undefined) : undefined
}

function nameHint(path: DocumentPath, context: HintContext): string | undefined {
  const names = mapOf(locate(context.type, path.slice(0, -1))?.type)?.names
  const name = String(path.at(-1))
  if (names === undefined) return undefined
  const release = releaseOf(path)
  if (release !== undefined) return `it came with release ${release}`
  const quotes = quotesHint(path, context)
  if (quotes !== undefined) return quotes
  const spellings = [name.replace(/[_. ]/g, '-'), toKebabCase(name), ...otherSpellings(names, name)]
  const better = spellings.find((spelling) => spelling !== name && accepts(names, spelling))
  return better === undefined ? undefined : didYouMean(JSON.stringify(better))
}

type Adviser = (problem: ModelProblem, context: HintContext) => string | undefined

const ADVISERS: Partial<Record<ErrorCode, Adviser>> = {
  SETTINGS_BAD_KEY: ({ path }, context) => nameHint(path, context),
  SETTINGS_INVALID_VALUE: valueHint,
  SETTINGS_NULL_VALUE: () => 'give a value, or leave it out',
  SETTINGS_UNKNOWN_GROUP: ({ path }, context) => groupHint(String(path[0]), context),
  SETTINGS_UNKNOWN_KEY: ({ path }, context) => memberHint(path, context),
  SETTINGS_WRONG_TYPE: valueHint,
}

/** Completes a problem: unknown groups get their own code, and whatever helps becomes its hint. */
export function explain(problem: ModelProblem, context: HintContext): ModelProblem {
  const isGroup = problem.code === 'SETTINGS_UNKNOWN_KEY' && problem.path.length === 1
  const named: ModelProblem = isGroup
    ? { ...problem, code: 'SETTINGS_UNKNOWN_GROUP', message: 'the variant has no such settings group' }
    : problem
  const hint = named.hint ?? ADVISERS[named.code]?.(named, context)
  return hint === undefined ? named : { ...named, hint }
}
