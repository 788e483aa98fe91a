/** Helpers that every template has, with the meaning that they have in handlebars-rust, not in handlebars.js. */
import { sortedEntries } from '../../lib/byte-order.ts'
import { isJsonArray, isJsonObject, jsonEquals, type JsonValue } from '../../lib/json.ts'
import { encodeUtf8 } from '../../lib/utf8.ts'
import { RenderFailure } from '../failures.ts'
import type { Found } from '../frames.ts'
import {
  originBelow,
  refuse,
  typeName,
  valueOf,
  type Args,
  type Block,
  type BlockHelper,
  type Helper,
} from '../helper.ts'
import type { TextHelper, ValueHelper } from '../helper.ts'
import { isTruthy, originName, type Operand } from '../values.ts'

/** The value of a hash argument of the tag itself. */
function hashValue(block: Block, name: string): JsonValue | undefined {
  return Object.hasOwn(block.hash, name) ? block.hash[name]?.value : undefined
}

function condition(wanted: boolean): BlockHelper {
  return {
    kind: 'block',
    least: 1,
    run: ([subject], block) => {
      const truthy = isTruthy(subject?.value, hashValue(block, 'includeZero') === true)
      return truthy === wanted ? block.body() : block.otherwise()
    },
  }
}

const foundOf = (operand: Operand | undefined): Found => ({ value: operand?.value, origin: operand?.origin })

/** Fails for what `each` or `with` cannot go into and no else branch catches. */
export function nothingToEnter(subject: Operand | undefined, name: string): never {
  const what = subject?.written ?? 'its argument'
  const reason = subject?.value === undefined ? 'is not set' : `is ${typeName(subject.value)}`
  const code = subject?.value === undefined ? 'TEMPLATE_VALUE_MISSING' : 'TEMPLATE_HELPER_FAILED'
  throw new RenderFailure(code, `'${name}' cannot go through '${what}', which ${reason}`, originName(subject?.origin))
}

function eachItem(subject: Operand, items: readonly JsonValue[], block: Block): string {
  return items
    .map((value, i) => {
      const index = BigInt(i)
      const item = { value, origin: originBelow(subject, i) }
      const locals = new Map<string, JsonValue>([
        ['index', index],
        ['first', i === 0],
        ['last', i === items.length - 1],
      ])
      return block.within(item, locals, [item, { value: index, origin: undefined }])
    })
    .join('')
}

function eachMember(subject: Operand, members: readonly (readonly [string, JsonValue])[], block: Block): string {
  return members
    .map(([key, value], i) => {
      const item = { value, origin: originBelow(subject, key) }
      const locals = new Map<string, JsonValue>([
        ['key', key],
        ['first', i === 0],
        ['last', i === members.length - 1],
      ])
      return block.within(item, locals, [item, { value: key, origin: undefined }])
    })
    .join('')
}

const EACH: BlockHelper = {
  kind: 'block',
  least: 1,
  run: ([subject], block) => {
    const value = subject?.value
    if (subject !== undefined && isJsonArray(value)) {
      return value.length === 0 ? block.otherwise() : eachItem(subject, value, block)
    }
    if (subject !== undefined && isJsonObject(value)) {
      const members = sortedEntries(value)
      return members.length === 0 ? block.otherwise() : eachMember(subject, members, block)
    }
    return block.hasElse ? block.otherwise() : nothingToEnter(subject, 'each')
  },
}

const WITH: BlockHelper = {
  kind: 'block',
  least: 1,
  run: ([subject], block) => {
    if (isTruthy(subject?.value)) {
      const found = foundOf(subject)
      return block.within(found, undefined, [found])
    }
    return block.hasElse ? block.otherwise() : nothingToEnter(subject, 'with')
  },
}

const RAW: BlockHelper = { kind: 'block', least: 0, run: (_args, block) => block.body() }

const LOOKUP: ValueHelper = {
  kind: 'value',
  least: 2,
  missingIsNull: true,
  run: ([collection, key]) => {
    const from = valueOf(collection)
    const at = valueOf(key)
    let found: JsonValue | undefined
    if (isJsonArray(from) && typeof at === 'bigint' && at >= 0n) found = from[Number(at)]
    else if (isJsonObject(from) && typeof at === 'string') found = from[at]
    return found ?? refuse(collection, "'lookup' finds nothing there")
  },
}

const MAX_SIGNED = 2n ** 63n - 1n

function integerOf(argument: Operand | undefined, name: string): bigint {
  const value = valueOf(argument)
  if (typeof value === 'bigint' && value <= MAX_SIGNED) return value
  return refuse(argument, `'${name}' compares 64-bit integers only, not ${typeName(value)}`)
}

function comparison(holds: (a: bigint, b: bigint) => boolean): ValueHelper {
  return {
    kind: 'value',
    least: 2,
    run: ([a, b], name) => holds(integerOf(a, name), integerOf(b, name)),
  }
}

function binary(holds: (a: JsonValue, b: JsonValue) => boolean): ValueHelper {
  return { kind: 'value', least: 2, run: ([a, b]) => holds(valueOf(a), valueOf(b)) }
}

function lengthOf([subject]: Args): bigint {
  const value = valueOf(subject)
  if (typeof value === 'string') return BigInt(encodeUtf8(value).length)
  if (isJsonArray(value)) return BigInt(value.length)
  return isJsonObject(value) ? BigInt(Object.keys(value).length) : 0n
}

const LOG_LEVELS = ['error', 'warn', 'info', 'debug', 'trace']

// Reference: writes a log record, which at level info spoils the JSON that the command prints; here there is none
const LOG: TextHelper = {
  kind: 'text',
  count: 0,
  anyCount: true,
  run: (_args, _facts, _name, hash) => {
    const level = Object.hasOwn(hash, 'level') ? hash['level'] : undefined
    if (level !== undefined && !(typeof level.value === 'string' && LOG_LEVELS.includes(level.value))) {
      refuse(level, `the level of 'log' is one of ${LOG_LEVELS.join(', ')}`)
    }
    return { pieces: [] }
  },
}

/** Built-in helpers by name. */
export const BUILT_IN: Readonly<Record<string, Helper>> = {
  if: condition(true),
  unless: condition(false),
  each: EACH,
  with: WITH,
  raw: RAW,
  log: LOG,
  lookup: LOOKUP,
  eq: binary(jsonEquals),
  ne: binary((a, b) => !jsonEquals(a, b)),
  gt: comparison((a, b) => a > b),
  gte: comparison((a, b) => a >= b),
  lt: comparison((a, b) => a < b),
  lte: comparison((a, b) => a <= b),
  and: binary((a, b) => isTruthy(a) && isTruthy(b)),
  or: binary((a, b) => isTruthy(a) || isTruthy(b)),
  not: { kind: 'value', least: 1, run: ([a]) => !isTruthy(valueOf(a)) },
  len: { kind: 'value', least: 1, run: lengthOf },
}
