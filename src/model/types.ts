/**
 * How settings are described: a tree of types. Each type knows its zod schema (built at first use), and keeps what a
 * schema cannot be asked for: field names, allowed words, marks and examples. Validation, hints, key lookup and
 * generated documents all start from here.
 */
import type { $brand, ZodType } from 'zod'
import type { JsonValue } from '../lib/json.ts'

/** What people want to know about a setting, beside its type. */
interface SettingInfo {
  /** One line in our words. */
  readonly description: string
  /** Accepted values. */
  readonly examples?: readonly JsonValue[]
  /** When a change takes effect, if not at once. Parts of the setting have the same unless they say otherwise. */
  readonly effect?: 'next-boot' | 'first-boot'
  /** A sentence on what else is to be known of that. */
  readonly effectNote?: string
  /** The value must not be shown. */
  readonly secret?: true
  /** It is accepted but has no function any more. */
  readonly deprecated?: true
}

interface TypeBase<Kind extends string, T> {
  readonly kind: Kind
  /** What a value has to be, to follow the word "expected". */
  readonly expects: string
  readonly schema: () => ZodType<T>
}

/** A string that its family of rules has checked. */
export type Checked<Name extends string> = string & $brand<Name>

/**
 * What can be said of a rule for strings without running it. Every accepted string fits, though not every string that fits
 * is accepted.
 */
export interface TextShape {
  /**
   * A regular expression that the string matches: anchored where it should be, and within what JavaScript, Rust and Python
   * agree on (no look-around), since readers of JSON Schema are written in any of them.
   */
  readonly pattern?: string
  /** In characters. */
  readonly minLength?: number
  readonly maxLength?: number
  /** All strings that are accepted, where they are few. */
  readonly words?: readonly string[]
}

export interface TextType<Name extends string = string> extends TypeBase<'text', Checked<Name>> {
  readonly name: Name
  readonly shape: TextShape
}

export type BooleanType = TypeBase<'boolean', boolean>

export interface IntegerType extends TypeBase<'integer', bigint> {
  readonly minimum: bigint
  readonly maximum: bigint
}

/** Fixed words that stay as they were written. */
export interface ChoiceType<Word extends string = string> extends TypeBase<'choice', Word> {
  readonly words: readonly Word[]
}

/** Fixed words, each with the spelling that it is stored in. */
export interface EnumerationType extends TypeBase<'enumeration', string> {
  readonly words: ReadonlyMap<string, string>
}

export interface ListType extends TypeBase<'list', JsonValue> {
  readonly elements: SettingType
  readonly nonEmpty?: true
}

/** A fixed number of values, each of its own type. */
export interface TupleType extends TypeBase<'tuple', JsonValue> {
  readonly items: readonly SettingType[]
}

/** Names that users choose, each with a value. */
export interface MapType extends TypeBase<'map', JsonValue> {
  readonly names: NameType
  readonly values: SettingType
}

export type NameType = TextType | ChoiceType | EnumerationType

/** A member of a record. */
export interface Field extends SettingInfo {
  readonly type: SettingType
  readonly required?: true
  /** Null is refused. In other fields it means "not given". */
  readonly refusesNull?: true
  /** Other names under which it is accepted. */
  readonly aliases?: readonly string[]
  /** The alias that people write, where that is not the name that is stored. */
  readonly writtenAs?: string
}

export type Fields = Readonly<Record<string, Field>>

export interface RecordType extends TypeBase<'record', JsonValue> {
  /** In the order of the positional form. */
  readonly fields: Fields
  /** Members that it does not know are ignored instead of refused. */
  readonly open?: true
}

/** One of several forms, told apart by their JSON type. */
export interface UnionType extends TypeBase<'union', JsonValue> {
  readonly forms: readonly SettingType[]
}

/** A type whose values are rewritten on the way in. */
export interface ConvertedType extends TypeBase<'converted', JsonValue> {
  readonly from: SettingType
  /** The word that a list has to begin with. */
  readonly firstWord?: string
}

export type SettingType =
  | TextType
  | BooleanType
  | IntegerType
  | ChoiceType
  | EnumerationType
  | ListType
  | TupleType
  | MapType
  | RecordType
  | UnionType
  | ConvertedType

/** A settings group: a member of `settings`. */
export interface Group extends SettingInfo {
  readonly name: string
  readonly type: SettingType
}

/** Makes a value at the first call and hands out the same one from then on. */
export function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}
