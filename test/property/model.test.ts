import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { jsonEquals, printJson, type JsonValue } from '../../src/lib/json.ts'
import { parseJson } from '../../src/lib/json-parse.ts'
import { formatKey, keyOf, KeyError, MAX_KEY_BYTES, parseKey, parseSegments } from '../../src/model/key.ts'
import { guessValue, parseKeypairs } from '../../src/model/keypairs.ts'
import { loadModel, MODEL_NAMES } from '../../src/model/models.ts'
import { buildTree, flattenTree } from '../../src/model/pairs.ts'
import { validateSettings } from '../../src/model/validate.ts'
import { formatAddress, parseAddress } from '../../src/model/scalars/address.ts'
import { SourceTree } from '../../src/lib/source-map.ts'
import { anyJson, nearly, storableTree, unicode } from './arbitraries.ts'

const models = fc.constantFrom(...MODEL_NAMES)
const groups = new Map(
  MODEL_NAMES.flatMap((model) => loadModel(model).groups.map((group) => [group.name, { group, model }])),
)

/** A family, one of its groups, and a value that comes close to the group's type. */
const nearlySettings = fc.constantFrom(...groups.keys()).chain((name) => {
  const { group, model } = groups.get(name) as NonNullable<ReturnType<typeof groups.get>>
  return fc.tuple(fc.constant(model), fc.constant(name), nearly(group.type))
})

const isDefined = (value: JsonValue): boolean =>
  value !== null && (typeof value !== 'object' || Object.values(value).every(isDefined))

describe('every model', () => {
  test.prop([models, anyJson])('takes any tree without throwing', (model, tree) => {
    const result = loadModel(model).parse(tree)
    expect(result.ok || result.problems.length > 0).toBe(true)
  })

  test.prop([nearlySettings], { numRuns: 1000 })('normalises once and for all', ([name, group, value]) => {
    const model = loadModel(name)
    const first = model.parse({ [group]: value })
    if (!first.ok) {
      expect(first.problems.length).toBeGreaterThan(0)
      return
    }
    expect(isDefined(first.settings)).toBe(true)
    const second = model.parse(first.settings)
    expect(second.ok && printJson(second.settings)).toBe(printJson(first.settings))
    // and again after a round through text, as the datastore does
    const third = model.parse(parseJson(printJson(first.settings)))
    expect(third.ok && jsonEquals(third.settings, first.settings)).toBe(true)
  })

  test.prop([nearlySettings])(
    'accepts exactly what validation has nothing against and the datastore can hold',
    ([name, group, value]) => {
      const model = loadModel(name)
      const tree = { [group]: value }
      const diagnostics = validateSettings(model, tree, new SourceTree('x.toml'))
      const result = model.parse(tree)
      let isStorable = true
      try {
        if (result.ok) flattenTree(result.settings, ['settings'])
      } catch (error) {
        expect(error).toBeInstanceOf(KeyError)
        isStorable = false
      }
      expect(diagnostics.length === 0).toBe(result.ok && isStorable)
    },
  )

  test.prop([
    models,
    fc.array(fc.tuple(fc.constantFrom('motd', 'kubernetes.max-pods', 'ntp.options', 'a b', ''), unicode)),
  ])('takes any key=value items without throwing', (model, items) => {
    const result = parseKeypairs(
      loadModel(model),
      items.map(([key, text]) => `${key}=${text}`),
    )
    expect(result.ok || result.problems.length > 0).toBe(true)
  })
})

describe('key=value', () => {
  test.prop([unicode])('a string setting takes any text as it is', (text) => {
    const result = parseKeypairs(loadModel('aws-k8s'), [`motd=${text}`])
    expect(result).toEqual({ ok: true, settings: { motd: text } })
  })

  test.prop([fc.bigInt({ min: -(2n ** 31n), max: 2n ** 31n - 1n })])(
    'an integer setting takes any integer',
    (value) => {
      const result = parseKeypairs(loadModel('aws-k8s'), [`kubernetes.event-qps=${String(value)}`])
      expect(result).toEqual({ ok: true, settings: { kubernetes: { 'event-qps': value } } })
    },
  )

  test.prop([fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })])('unsigned integers lose no digit', (value) => {
    expect(guessValue(String(value))).toBe(value)
  })
})

describe('pairs', () => {
  test.prop([storableTree, fc.constantFrom([], ['settings'], ['a.b', 'c'])])(
    'flatten and build are inverse',
    (tree, prefix) => {
      const pairs = flattenTree(tree, prefix)
      expect(printJson(buildTree(pairs, prefix))).toBe(printJson(tree))
      expect(printJson(buildTree([...pairs].reverse(), prefix))).toBe(printJson(tree))
    },
  )

  test.prop([anyJson])('any tree is flattened or refused with a reason', (tree) => {
    try {
      for (const [name, text] of flattenTree(tree, ['settings'])) {
        expect(parseKey(name).name).toBe(name)
        expect(name.length).toBeLessThanOrEqual(MAX_KEY_BYTES)
        expect(printJson(parseJson(text))).toBe(text)
      }
    } catch (error) {
      expect(error).toBeInstanceOf(KeyError)
    }
  })
})

describe('keys', () => {
  const segments = fc.array(fc.stringMatching(/^[A-Za-z0-9_/.-]{1,20}$/), { minLength: 1, maxLength: 6 })

  test.prop([segments])('printed and parsed again', (parts) => {
    expect(parseSegments(formatKey(parts))).toEqual(parts)
    expect(keyOf(parts)).toEqual(parseKey(formatKey(parts)))
  })

  test.prop([unicode])('any text is a key or a KeyError', (text) => {
    try {
      const key = parseKey(text)
      expect(parseKey(key.name).segments).toEqual(key.segments)
    } catch (error) {
      expect(error).toBeInstanceOf(KeyError)
    }
  })
})

describe('addresses', () => {
  test.prop([fc.oneof(fc.ipV4(), fc.ipV6())])('canonical form is a fixed point and keeps the value', (text) => {
    const parsed = parseAddress(text)
    expect(parsed).toBeDefined()
    if (parsed === undefined) return
    const canonical = formatAddress(parsed)
    expect(parseAddress(canonical)).toEqual(parsed)
    // the URL parser has its own idea of the same canonical form, but for mapped addresses
    if (parsed.family === 6 && parsed.value >> 32n !== 0xffffn) {
      expect(`[${canonical}]`).toBe(new URL(`http://[${text}]`).hostname)
    }
  })

  test.prop([fc.oneof(fc.stringMatching(/^[0-9a-fA-F:.]{0,20}$/), unicode)])(
    'any text gives an address or nothing',
    (text) => {
      const parsed = parseAddress(text)
      expect(parsed === undefined || parseAddress(formatAddress(parsed))?.value === parsed.value).toBe(true)
    },
  )
})
