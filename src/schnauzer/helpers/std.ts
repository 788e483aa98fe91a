/** Helpers of the extension `std`. */
import { sortedEntries } from '../../lib/byte-order.ts'
import { isJsonArray, isJsonObject, type JsonValue } from '../../lib/json.ts'
import { decodeBase64Strict } from '../../lib/strict-base64.ts'
import { decodeUtf8 } from '../../lib/utf8.ts'
import {
  atom,
  isEnabled,
  isScalar,
  joinPieces,
  originBelow,
  refuse,
  separator,
  single,
  stringOf,
  typeName,
  valueOf,
  type Args,
  type BlockHelper,
  type TextHelper,
  type ValueHelper,
} from '../helper.ts'
import { RenderFailure } from '../failures.ts'
import { encodeToml } from '../toml-encode.ts'
import type { Text } from '../values.ts'

/** `default FALLBACK VALUE`: a scalar, else the fallback. */
export const DEFAULT: TextHelper = {
  kind: 'text',
  count: 2,
  run: ([fallback, given]) => {
    const last = valueOf(fallback)
    if (!isScalar(last))
      refuse(fallback, `the fallback of 'default' is a string, number or boolean, not ${typeName(last)}`)
    const value = valueOf(given)
    if (value === null) return single(last, fallback?.origin)
    if (!isScalar(value)) refuse(given, `'default' takes a string, number or boolean, not ${typeName(value)}`)
    return single(value, given?.origin)
  },
}

/** `negate_or_else FALLBACK VALUE`: the opposite of a boolean; the fallback as it is if there is none. */
export const NEGATE_OR_ELSE: TextHelper = {
  kind: 'text',
  count: 2,
  run: ([fallback, given]) => {
    const last = valueOf(fallback)
    if (typeof last !== 'boolean')
      refuse(fallback, `the fallback of 'negate_or_else' is a boolean, not ${typeName(last)}`)
    const value = valueOf(given)
    if (value === null) return single(last, fallback?.origin)
    if (typeof value !== 'boolean') refuse(given, `'negate_or_else' negates booleans, not ${typeName(value)}`)
    return single(!value, given?.origin)
  },
}

/** `if_not_null VALUE`: any value will do, also a falsy one. */
export const IF_NOT_NULL: BlockHelper = {
  kind: 'block',
  least: 1,
  exact: true,
  run: ([given], block) => (valueOf(given) === null ? block.otherwise() : block.body()),
}

// Reference: its enabled-flag also reads from an array, so `[true]` counts
const countsAsEnabled = (value: JsonValue): boolean =>
  isEnabled(value) || (isJsonArray(value) && value.length === 1 && value[0] === true)

/** `any_enabled COLLECTION`: whether some item has `enabled = true`. */
export const ANY_ENABLED: ValueHelper = {
  kind: 'value',
  least: 1,
  run: ([collection]) => {
    const value = valueOf(collection)
    if (isJsonArray(value)) return value.some(countsAsEnabled)
    return isJsonObject(value) && Object.values(value).some(countsAsEnabled)
  },
}

function typeTest(holds: (value: JsonValue) => boolean): ValueHelper {
  return { kind: 'value', least: 1, exact: true, missingIsNull: true, run: ([given]) => holds(valueOf(given)) }
}

export const IS_NULL = typeTest((value) => value === null)
export const IS_BOOL = typeTest((value) => typeof value === 'boolean')
export const IS_NUMBER = typeTest((value) => typeof value === 'number' || typeof value === 'bigint')
export const IS_STRING = typeTest((value) => typeof value === 'string')
export const IS_ARRAY = typeTest((value) => isJsonArray(value))
export const IS_OBJECT = typeTest((value) => isJsonObject(value))

/** `base64_decode STRING`: the decoded text. */
export const BASE64_DECODE: TextHelper = {
  kind: 'text',
  count: 1,
  run: ([given]) => {
    const bytes = decodeBase64Strict(stringOf(given, "the argument of 'base64_decode'"))
    if (bytes === undefined) refuse(given, 'this is no base64 (standard alphabet, with padding)')
    try {
      return single(decodeUtf8(bytes), given?.origin)
    } catch {
      return refuse(given, 'the decoded bytes are not UTF-8')
    }
  },
}

/** `join_array DELIMITER ARRAY`: the items, each in double quotes. */
export const JOIN_ARRAY: TextHelper = {
  kind: 'text',
  count: 2,
  run: ([delimiter, list]) => {
    const between = separator(delimiter, "the delimiter of 'join_array'")
    const value = valueOf(list)
    if (!isJsonArray(value)) refuse(list, `'join_array' joins lists, not ${typeName(value)}`)
    const items = value.map((item, i) => {
      const origin = originBelow(list ?? {}, i)
      if (typeof item !== 'string') refuse({ value: item, origin }, `an item is ${typeName(item)}, not a string`)
      return ['"', atom(item, origin), '"']
    })
    return joinPieces(items, between)
  },
}

function joinMap([keySeparator, pairSeparator, failMode, map]: Args): Text {
  const between = separator(keySeparator, "the key separator of 'join_map'")
  const after = separator(pairSeparator, "the pair separator of 'join_map'")
  const mode = stringOf(failMode, "the third argument of 'join_map'")
  if (mode !== 'fail-if-missing' && mode !== 'no-fail-if-missing') {
    refuse(failMode, 'the third argument of \'join_map\' is "fail-if-missing" or "no-fail-if-missing"')
  }
  const value = valueOf(map)
  if (!isJsonObject(value)) {
    return mode === 'no-fail-if-missing' ? { pieces: [] } : refuse(map, `'join_map' joins maps, not ${typeName(value)}`)
  }
  const pairs = sortedEntries(value).map(([key, item]) => {
    const origin = originBelow(map ?? {}, key)
    if (!isScalar(item))
      refuse({ value: item, origin }, `'join_map' joins strings, numbers and booleans, not ${typeName(item)}`)
    return [atom(key, origin), between, atom(item, origin)]
  })
  return joinPieces(pairs, after)
}

/** `join_map KEYSEP PAIRSEP FAILMODE MAP`: the members in byte order. */
export const JOIN_MAP: TextHelper = { kind: 'text', count: 4, run: joinMap }

/** `toml_encode VALUE`: the value as inline TOML. */
export const TOML_ENCODE: TextHelper = {
  kind: 'text',
  count: 1,
  run: ([given]) => {
    const value = valueOf(given)
    try {
      const toml = encodeToml(value)
      return { pieces: [{ value: toml, toml, origin: given?.origin }] }
    } catch (error) {
      if (error instanceof RenderFailure) refuse(given, error.message)
      throw error
    }
  },
}

const GOARCH_OF: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  amd64: 'amd64',
  aarch64: 'arm64',
  arm64: 'arm64',
}

/** `goarch ARCH`: Go's name of an architecture. */
export const GOARCH: TextHelper = {
  kind: 'text',
  count: 1,
  run: ([given]) => {
    const name = stringOf(given, "the argument of 'goarch'")
    const arch = Object.hasOwn(GOARCH_OF, name) ? GOARCH_OF[name] : undefined
    return single(arch ?? refuse(given, `'${name}' is no known architecture`))
  },
}
