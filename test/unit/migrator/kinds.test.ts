import { describe, expect, it } from 'vitest'
import { parseJson } from '../../../src/lib/json-parse.ts'
import type { JsonValue } from '../../../src/lib/json.ts'
import type { Direction } from '../../../src/migrator/manifest.ts'
import type { Migration, MigrationContext, MigrationData } from '../../../src/migrator/migration.ts'
import {
  addMetadata,
  addPrefixes,
  addSettings,
  noChange,
  removeMetadata,
  removeSettings,
  replaceLists,
  replaceMetadata,
  replaceMetadataLists,
  replaceString,
} from '../../../src/migrator/kinds.ts'
import { awsContainerBump, KNOWN_RELEASES, publicContainerBump } from '../../../src/migrator/releases.ts'
import { replaceGenerator, replaceTemplate } from '../../../src/migrator/replace-generator.ts'
import { testHost } from '../../support/test-host.ts'

const value = (text: string): JsonValue => parseJson(text)

type Pairs = Readonly<Record<string, string>>
type Metadata = Readonly<Record<string, Pairs>>

function dataOf(data: Pairs, metadata: Metadata = {}): MigrationData {
  const values = (pairs: Pairs): Map<string, JsonValue> =>
    new Map(Object.entries(pairs).map(([key, text]) => [key, value(text)]))
  return {
    data: values(data),
    metadata: new Map(Object.entries(metadata).map(([key, names]) => [key, values(names)])),
  }
}

interface Result {
  readonly data: MigrationData
  readonly notes: readonly string[]
}

async function migrate(migration: Migration, direction: Direction, data: MigrationData): Promise<Result> {
  const notes: string[] = []
  const context: MigrationContext = { host: testHost(), note: (message) => void notes.push(message) }
  await migration[direction](data, context)
  return { data, notes }
}

const both = (migration: Migration): [Direction, Migration][] => [
  ['forward', migration],
  ['backward', migration],
]

describe('kinds of migrations', () => {
  const xy = { 'x.a': '1', 'x.b': '2', y: '3' }
  it.each<[string, Migration, Direction, Pairs, Pairs]>([
    ['add prefixes, back', addPrefixes(['x.']), 'backward', xy, { y: '3' }],
    ['add prefixes, as plain text', addPrefixes(['x']), 'backward', { ...xy, xx: '4' }, { y: '3' }],
    ['add prefixes, there', addPrefixes(['x.']), 'forward', xy, xy],
    ['add settings, there', addSettings(['x.a']), 'forward', xy, xy],
    ['add settings, back', addSettings(['x.a', 'z']), 'backward', xy, { 'x.b': '2', y: '3' }],
    ['remove settings, there', removeSettings(['x.a']), 'forward', xy, { 'x.b': '2', y: '3' }],
    ['remove settings, back', removeSettings(['x.a']), 'backward', xy, xy],
    ['replace string', replaceString('s', { old: 'v1', new: 'v2' }), 'forward', { s: '"v1"' }, { s: '"v2"' }],
    ['replace string, back', replaceString('s', { old: 'v1', new: 'v2' }), 'backward', { s: '"v2"' }, { s: '"v1"' }],
    [
      'replace another string',
      replaceString('s', { old: 'v1', new: 'v2' }),
      'forward',
      { s: '"mine"' },
      { s: '"mine"' },
    ],
    ['replace no string', replaceString('s', { old: 'v1', new: 'v2' }), 'forward', { s: '7' }, { s: '7' }],
    ['replace what is not set', replaceString('s', { old: 'v1', new: 'v2' }), 'forward', {}, {}],
    [
      'replace list',
      replaceLists([{ key: 'l', old: ['a', 'b'], new: ['c'] }]),
      'forward',
      { l: '["a","b"]' },
      { l: '["c"]' },
    ],
    [
      'replace list, back',
      replaceLists([{ key: 'l', old: ['a', 'b'], new: ['c'] }]),
      'backward',
      { l: '["c"]' },
      { l: '["a","b"]' },
    ],
    [
      'replace list in another order',
      replaceLists([{ key: 'l', old: ['a', 'b'], new: ['c'] }]),
      'forward',
      { l: '["b","a"]' },
      { l: '["b","a"]' },
    ],
    ['replace no list', replaceLists([{ key: 'l', old: ['a'], new: ['c'] }]), 'forward', { l: '"a"' }, { l: '"a"' }],
    ['no change', noChange, 'forward', xy, xy],
  ])('%s', async (_name, migration, direction, before, after) => {
    const { data } = await migrate(migration, direction, dataOf(before))
    expect(data).toEqual(dataOf(after))
  })

  it.each<[string, Migration, Direction, Metadata, Metadata]>([
    [
      'add, back',
      addMetadata([{ key: 'k', names: ['g'] }]),
      'backward',
      { k: { g: '"x"', h: '1' } },
      { k: { h: '1' } },
    ],
    ['add, there', addMetadata([{ key: 'k', names: ['g'] }]), 'forward', { k: { g: '"x"' } }, { k: { g: '"x"' } }],
    ['remove, there', removeMetadata([{ key: 'k', names: ['g'] }]), 'forward', { k: { g: '"x"' } }, { k: {} }],
    ['remove what is not there', removeMetadata([{ key: 'z', names: ['g'] }]), 'forward', { k: {} }, { k: {} }],
    [
      'replace',
      replaceMetadata([{ key: 'k', metadata: 'g', old: 'old', new: 'new' }]),
      'forward',
      { k: { g: '"old"' } },
      { k: { g: '"new"' } },
    ],
    [
      'replace, back',
      replaceMetadata([{ key: 'k', metadata: 'g', old: 'old', new: 'new' }]),
      'backward',
      { k: { g: '"new"' } },
      { k: { g: '"old"' } },
    ],
    [
      'replace another type',
      replaceMetadata([{ key: 'k', metadata: 'g', old: 'old', new: 'new' }]),
      'forward',
      { k: { g: '["old"]' } },
      { k: { g: '["old"]' } },
    ],
    [
      'replace for a key without any',
      replaceMetadata([{ key: 'k', metadata: 'g', old: 'old', new: 'new' }]),
      'forward',
      {},
      {},
    ],
    [
      'replace lists',
      replaceMetadataLists([{ key: 'k', metadata: 'a', old: ['x'], new: ['x', 'y'] }]),
      'forward',
      { k: { a: '["x"]' } },
      { k: { a: '["x","y"]' } },
    ],
    [
      'replace lists, back',
      replaceMetadataLists([{ key: 'k', metadata: 'a', old: ['x'], new: ['x', 'y'] }]),
      'backward',
      { k: { a: '["x","y"]' } },
      { k: { a: '["x"]' } },
    ],
  ])('metadata: %s', async (_name, migration, direction, before, after) => {
    const { data } = await migrate(migration, direction, dataOf({}, before))
    expect(data).toEqual(dataOf({}, after))
  })

  it.each([
    ['settings', replaceLists([{ key: 'l', old: ['a'], new: ['c'] }]), dataOf({ l: '[1]' })],
    [
      'metadata',
      replaceMetadataLists([{ key: 'l', metadata: 'm', old: ['a'], new: ['c'] }]),
      dataOf({}, { l: { m: '["a",true]' } }),
    ],
  ])('a list of %s with something else than texts is an error', async (_name, migration, data) => {
    for (const [direction] of both(migration)) {
      await expect(migrate(migration, direction, data)).rejects.toMatchObject({ code: 'MIGRATION_FAILED' })
    }
  })

  it('tells what it leaves alone', async () => {
    const { notes } = await migrate(replaceString('s', { old: 'a', new: 'b' }), 'forward', dataOf({ s: '"mine"' }))
    expect(notes).toEqual(['s holds something else and stays'])
  })
})

const OLD =
  "schnauzer-v2 render --requires 'aws@v1(helpers=[ecr-prefix])' --template '{{ ecr-prefix settings.aws.region }}/bottlerocket-admin:v0.11.11'"
const NEW = OLD.replace('v0.11.11', 'v0.11.12')
const KEY = 'settings.host-containers.admin.source'
const REGISTRY = '328549459982.dkr.ecr.us-west-2.amazonaws.com'
const region = { 'settings.aws.region': '"us-west-2"' }
const image = (tag: string): string => `"${REGISTRY}/bottlerocket-admin:${tag}"`
const generator = (command: string): Metadata => ({ [KEY]: { 'setting-generator': JSON.stringify(command) } })

describe('replacing a generator', () => {
  const bump = awsContainerBump({ name: 'admin', old: 'v0.11.11', new: 'v0.11.12' })

  it.each<[string, Direction, Pairs, Metadata, Pairs, Metadata]>([
    [
      'a generated value',
      'forward',
      { ...region, [KEY]: image('v0.11.11') },
      generator(OLD),
      { ...region, [KEY]: image('v0.11.12') },
      generator(NEW),
    ],
    [
      'a generated value, back',
      'backward',
      { ...region, [KEY]: image('v0.11.12') },
      generator(NEW),
      { ...region, [KEY]: image('v0.11.11') },
      generator(OLD),
    ],
    [
      'a value of the user',
      'forward',
      { ...region, [KEY]: '"mine"' },
      generator(OLD),
      { ...region, [KEY]: '"mine"' },
      generator(NEW),
    ],
    ['a key that is not set', 'forward', region, generator(OLD), region, generator(OLD)],
    [
      'another generator',
      'forward',
      { ...region, [KEY]: image('v0.11.11') },
      generator('schnauzer-v2 other'),
      { ...region, [KEY]: image('v0.11.11') },
      generator('schnauzer-v2 other'),
    ],
    [
      'no generator, as in a transaction',
      'forward',
      { ...region, [KEY]: image('v0.11.11') },
      {},
      { ...region, [KEY]: image('v0.11.11') },
      {},
    ],
    [
      'white space around it',
      'forward',
      { ...region, [KEY]: '"mine"' },
      generator(`\n${OLD} `),
      { ...region, [KEY]: '"mine"' },
      generator(NEW),
    ],
  ])('%s', async (_name, direction, data, metadata, dataAfter, metadataAfter) => {
    const result = await migrate(bump, direction, dataOf(data, metadata))
    expect(result.data).toEqual(dataOf(dataAfter, metadataAfter))
  })

  it.each<[string, Migration, Pairs, Metadata]>([
    ['a value that is no text', bump, { ...region, [KEY]: '7' }, generator(OLD)],
    ['a template that cannot be rendered', bump, { [KEY]: image('v0.11.11') }, generator(OLD)],
    [
      'a command that renders nothing',
      replaceGenerator('k', { old: 'schnauzer-v2 help', new: 'schnauzer-v2 render --template x' }),
      { k: '"x"' },
      { k: { 'setting-generator': '"schnauzer-v2 help"' } },
    ],
  ])('%s is an error', async (_name, migration, data, metadata) => {
    await expect(migrate(migration, 'forward', dataOf(data, metadata))).rejects.toMatchObject({
      code: 'MIGRATION_FAILED',
    })
  })

  it('works on templates of earlier releases alike', async () => {
    const migration = replaceTemplate('k', { old: 'a-{{os.arch}}', new: 'b-{{os.arch}}' })
    const metadata = (text: string): Metadata => ({ k: { template: JSON.stringify(text) } })
    const before = dataOf({ k: '"a-x86_64"', 'os.arch': '"x86_64"' }, metadata('a-{{os.arch}}'))
    const { data } = await migrate(migration, 'forward', before)
    expect(data).toEqual(dataOf({ k: '"b-x86_64"', 'os.arch': '"x86_64"' }, metadata('b-{{os.arch}}')))
    const mine = await migrate(migration, 'backward', data)
    expect(mine.data).toEqual(dataOf({ k: '"a-x86_64"', 'os.arch': '"x86_64"' }, metadata('a-{{os.arch}}')))
  })
})

describe('known releases', () => {
  it('have a migration for every name, and no other', () => {
    const names = KNOWN_RELEASES.entries.flatMap((entry) => entry.names)
    expect([...names].sort()).toEqual([...KNOWN_RELEASES.migrations.keys()].sort())
  })

  it('bump the public images', async () => {
    const migration = publicContainerBump({ name: 'control', old: 'v0.7.15', new: 'v0.7.16' })
    const source = (tag: string): Pairs => ({
      'settings.host-containers.control.source': `"public.ecr.aws/bottlerocket/bottlerocket-control:${tag}"`,
    })
    const { data } = await migrate(migration, 'forward', dataOf(source('v0.7.15')))
    expect(data).toEqual(dataOf(source('v0.7.16')))
  })
})
