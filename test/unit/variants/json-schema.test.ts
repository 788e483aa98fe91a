/** The schema of user data over the mistakes of `test/rejected`, and what an editor shows of a setting. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { isJsonObject, member, type JsonObject, type JsonValue } from '../../../src/lib/json.ts'
import { catalogueOf } from '../../../src/model/catalogue.ts'
import { loadModel, MODEL_NAMES, type ModelName } from '../../../src/model/models.ts'
import { parseUserToml } from '../../../src/toml/user-toml.ts'
import { userDataSchema } from '../../../src/variants/json-schema.ts'
import { findVariant, listVariants } from '../../../src/variants/variant.ts'
import { compileSchema, type SchemaCheck } from '../../support/json-schema.ts'

const FOLDER = fileURLToPath(new URL('../../rejected/', import.meta.url))
const checks = new Map<ModelName, SchemaCheck>()

function checkOf(family: ModelName): SchemaCheck {
  const name = listVariants().find((variant) => findVariant(variant).modelName === family) as string
  const check = checks.get(family) ?? compileSchema(userDataSchema(findVariant(name)))
  checks.set(family, check)
  return check
}

interface Case {
  readonly name: string
  readonly family: ModelName
  readonly tree: JsonObject
  readonly codes: readonly string[]
}

/** The documents with mistakes that are TOML. */
const cases = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.toml'))
  .sort()
  .flatMap((file): Case[] => {
    const text = readFileSync(FOLDER + file, 'utf8')
    const family = MODEL_NAMES.find((name) => text.startsWith(`# family: ${name}\n`))
    const parsed = parseUserToml(text, file)
    if (family === undefined || !parsed.ok) return []
    const result = loadModel(family).parse(parsed.tree['settings'] ?? null)
    const codes = result.ok ? [] : result.problems.map(({ code }) => code)
    return [{ name: file.slice(0, -'.toml'.length), family, tree: parsed.tree, codes }]
  })

/** What lies in the meaning of a string, or in what cannot be written in a schema. */
const BEYOND: readonly string[] = ['SETTINGS_INVALID_VALUE', 'SETTINGS_BAD_KEY', 'SETTINGS_NULL_VALUE']

describe('the schema', () => {
  it.each(cases.filter(({ codes }) => codes.some((code) => !BEYOND.includes(code))))(
    'refuses $name',
    ({ family, tree }) => {
      expect(checkOf(family)(tree)).not.toEqual([])
    },
  )

  it('refuses most of the other mistakes too', () => {
    const others = cases.filter(({ codes }) => codes.length > 0 && codes.every((code) => BEYOND.includes(code)))
    const missed = others.filter(({ family, tree }) => checkOf(family)(tree).length === 0)
    expect(others.length).toBeGreaterThan(5)
    expect(missed.length, missed.map(({ name }) => name).join(', ')).toBeLessThanOrEqual(others.length / 3)
  })

  it.each(cases.filter(({ codes }) => codes.length === 0))('accepts $name, which the model accepts', (example) => {
    if (member(example.tree, 'settings') === undefined) return
    expect(checkOf(example.family)(example.tree)).toEqual([])
  })
})

/** Integers up to here are exact in JavaScript, which the validator is written in. */
const EXACT = 2n ** 53n

describe.each(['aws-k8s-nvidia', 'aws-ecs-2'] as const)('integers of %s', (family) => {
  const integers = catalogueOf(loadModel(family).groups).flatMap(({ path, type }) =>
    type.kind === 'integer' && !path.includes('*') ? [{ key: path.join('.'), path, type }] : [],
  )
  const faultsOf = (path: readonly string[], value: bigint): string[] =>
    checkOf(family)({ settings: [...path].reverse().reduce<JsonValue>((inner, step) => ({ [step]: inner }), value) })

  it.each(integers)('$key has its exact bounds', ({ path, type: { minimum, maximum } }) => {
    expect([...faultsOf(path, minimum), ...faultsOf(path, maximum)]).toEqual([])
    if (minimum > -EXACT) expect(faultsOf(path, minimum - 1n)).not.toEqual([])
    if (maximum < EXACT) expect(faultsOf(path, maximum + 1n)).not.toEqual([])
  })
})

function schemaAt(variant: string, ...path: string[]): JsonObject {
  const found = path.reduce<JsonValue | undefined>(
    (schema, name) => member(member(schema, 'properties'), name),
    userDataSchema(findVariant(variant)),
  )
  if (!isJsonObject(found)) throw new Error(`${path.join('.')} is not in the schema`)
  return found
}

describe('an editor', () => {
  it('is told what a setting is, where its value comes from and what a change does', () => {
    expect(schemaAt('aws-k8s-1.30', 'settings', 'kubernetes', 'max-pods')).toEqual({
      description: [
        'How many pods the node runs at most.',
        'Set at boot by `pluto`, unless the instance type is unknown.',
        'Services that see a change: kubernetes.',
      ].join('\n\n'),
      examples: [110n],
      type: 'integer',
      minimum: 0n,
      maximum: 4294967295n,
    })
    expect(schemaAt('metal-k8s-1.29', 'settings', 'kubernetes', 'max-pods')['description']).not.toContain('pluto')
  })

  it('is told the defaults of its variant', () => {
    expect(schemaAt('aws-k8s-1.30', 'settings', 'kubernetes', 'cloud-provider')['default']).toBe('external')
    expect(schemaAt('aws-k8s-1.25', 'settings', 'kubernetes', 'cloud-provider')['default']).toBe('aws')
    expect(schemaAt('metal-k8s-1.29', 'settings', 'kubernetes', 'cloud-provider')['default']).toBe('')
    expect(schemaAt('aws-ecs-2', 'settings', 'oci-defaults', 'capabilities')['default']).toHaveProperty('chown', true)
  })

  it('offers the names that people write, and accepts the others', () => {
    const boot = schemaAt('aws-ecs-2', 'settings', 'boot')
    expect(member(boot['properties'], 'kernel-parameters')).not.toHaveProperty('x-taplo')
    expect(member(boot['properties'], 'kernel')).toHaveProperty('x-taplo', { hidden: true })
    const registry = schemaAt('aws-ecs-2', 'settings', 'container-registry')
    expect(member(registry['properties'], 'creds')).toHaveProperty('x-taplo', { hidden: true })
  })

  it('is told of settings without function and of secrets', () => {
    expect(schemaAt('aws-k8s-1.30', 'settings', 'oci-hooks', 'log4j-hotpatch-enabled')['deprecated']).toBe(true)
    expect(schemaAt('aws-k8s-1.30', 'settings', 'kubernetes', 'server-key')['writeOnly']).toBe(true)
    expect(schemaAt('aws-k8s-1.30', 'settings', 'kubernetes', 'api-server')).not.toHaveProperty('writeOnly')
  })

  it('gets no two forms of a table', () => {
    const check = checkOf('aws-ecs-2')
    const ntp = (value: JsonValue): JsonValue => ({ settings: { ntp: value } })
    expect(check(ntp({ 'time-servers': ['a'], options: [] }))).toEqual([])
    // a host reads it by position, but nobody should write it
    expect(loadModel('aws-ecs-2').parse({ ntp: [['a'], []] }).ok).toBe(true)
    expect(check(ntp([['a'], []]))).not.toEqual([])
  })
})
