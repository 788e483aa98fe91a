/** What a helper is: a plain function with a declared kind and number of arguments. */
import type { JsonObject, JsonValue } from '../lib/json.ts'
import { RenderFailure } from './failures.ts'
import type { Found } from './frames.ts'
import { originName, type Atom, type Operand, type Text } from './values.ts'

/** What rendering needs to know of the host. */
export interface RenderFacts {
  /** Processors that the process may use. */
  readonly cpus: number
  /** Whether an Elastic Fabric Adapter is attached. */
  readonly efaAttached: boolean
  /** Why the devices could not be read. What depends on them fails with it. */
  readonly devicesFault?: string
  /** Answers of the name resolver; empty for a name that does not resolve. */
  readonly resolve: ReadonlyMap<string, readonly string[]>
}

/** Thrown by a helper that needs the addresses of a name; rendering starts again when they are known. */
export class LookupNeeded extends Error {
  override readonly name = 'LookupNeeded'
  readonly host: string

  constructor(host: string) {
    super(`the addresses of '${host}' are needed`)
    this.host = host
  }
}

export type Args = readonly Operand[]

/** Returns a typed JSON value. */
export interface ValueHelper {
  readonly kind: 'value'
  /** Least number of arguments. */
  readonly least: number
  /** Further arguments are an error. */
  readonly exact?: boolean
  /** Whether a missing argument counts as null; else it is an error. */
  readonly missingIsNull?: boolean
  readonly run: (args: Args, name: string) => JsonValue
}

/** Writes text; as an argument of another helper the text is a string. */
export interface TextHelper {
  readonly kind: 'text'
  readonly count: number
  /** Any number of arguments will do. */
  readonly anyCount?: boolean
  readonly run: (args: Args, facts: RenderFacts, name: string, hash: Readonly<Record<string, Operand>>) => Text
}

/** Chooses or repeats its body. */
export interface BlockHelper {
  readonly kind: 'block'
  readonly least: number
  readonly exact?: boolean
  readonly run: (args: Args, block: Block) => string
}

export type Helper = ValueHelper | TextHelper | BlockHelper

/** What a block helper can do. */
export interface Block {
  readonly hash: Readonly<Record<string, Operand>>
  readonly hasElse: boolean
  /** Number of block parameters. */
  readonly params: number
  /** The body, or the else branch, in the same frame. Empty where there is none. */
  body(): string
  otherwise(): string
  /** The body in a new frame. `params` are the values of the block parameters. */
  within(context: Found, locals?: ReadonlyMap<string, JsonValue>, params?: readonly Found[]): string
}

/** Fails because of an argument. */
export function refuse(argument: Operand | undefined, message: string): never {
  throw new RenderFailure('TEMPLATE_HELPER_FAILED', message, originName(argument?.origin))
}

/** The argument's value, null if it is missing. */
export function valueOf(argument: Operand | undefined): JsonValue {
  return argument?.value ?? null
}

/** An argument that must be a string. */
export function stringOf(argument: Operand | undefined, role: string): string {
  const value = valueOf(argument)
  return typeof value === 'string' ? value : refuse(argument, `${role} must be a string, not ${typeName(value)}`)
}

/** The name of a JSON type, for messages. */
export function typeName(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return 'unset'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'string') return 'a string'
  if (typeof value === 'boolean') return 'a boolean'
  if (typeof value === 'object') return 'a map'
  return 'a number'
}

export type Scalar = boolean | string | bigint | number

/** Whether a value is a string, number or boolean. */
export function isScalar(value: JsonValue): value is Scalar {
  return value !== null && typeof value !== 'object'
}

/** A value of its own in the output. */
export function atom(value: JsonValue, origin?: Operand['origin']): Atom {
  return origin === undefined ? { value } : { value, origin }
}

/** Text that is one value. */
export function single(value: JsonValue, origin?: Operand['origin']): Text {
  return { pieces: [atom(value, origin)] }
}

/** An argument that separates or joins: template text if it is written there, else a value like any other. */
export function separator(argument: Operand | undefined, role: string): string | Atom {
  const text = stringOf(argument, role)
  return argument?.literal === true ? text : atom(text, argument?.origin)
}

/** Puts a separator between lists of pieces. */
export function joinPieces(lists: readonly (readonly (string | Atom)[])[], between: string | Atom): Text {
  return { pieces: lists.flatMap((list, i) => (i === 0 ? list : [between, ...list])) }
}

/** The origin of a member or element. */
export function originBelow(argument: Pick<Operand, 'origin'>, segment: string | number): Operand['origin'] {
  return { parent: argument.origin, segment: String(segment) }
}

/** Whether an object has exactly this member set to true. */
export function isEnabled(value: JsonValue | undefined): boolean {
  return typeof value === 'object' && value !== null && (value as JsonObject)['enabled'] === true
}
