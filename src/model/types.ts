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
  /** A change takes effect only at the next boot. */
  readonly reboot?: true
  /** The value must not be shown. */
  readonly secret?: true
}

interface TypeBase<Kind extends string, T> {
  readonly kind: Kind
  /** What a value has to be, to follow the word "expected". */
  readonly expects: string
  readonly schema: () => ZodType<T>
}

/** A string that its family of rules has checked. */
export type Checked<Name extends string> = string & $brand<Name>

export interface TextType<Name extends string = string> extends TypeBase<'text', Checked<Name>> {
  readonly name: Name
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
}

export type Fields = Readonly<Record<string, Field>>

export interface RecordType extends TypeBase<'record', JsonValue> {
  /** In the order of the positional form. */
  readonly fields: Fields
}

/** One of several forms, told apart by their JSON type. */
export interface UnionType extends TypeBase<'union', JsonValue> {
  readonly forms: readonly SettingType[]
}

/** A type whose values are rewritten on the way in. */
export interface ConvertedType extends TypeBase<'converted', JsonValue> {
  readonly from: SettingType
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
