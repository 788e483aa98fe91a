/** Metadata, templates, helpers and golden files belong together: none is without the others. */
import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { isJsonObject, type JsonValue } from '../../src/lib/json.ts'
import { packageFile } from '../../src/lib/package-root.ts'
import { readConfigurationFiles } from '../../src/model/metadata.ts'
import { ALL_HELPERS, ownerOf } from '../../src/schnauzer/helpers/owners.ts'
import { readFrontMatter } from '../../src/schnauzer/front-matter.ts'
import { readBody } from '../../src/schnauzer/reader.ts'
import { SourceText } from '../../src/schnauzer/source-text.ts'
import { OUTPUT_FORMATS } from '../../src/schnauzer/output/write.ts'
import type { Expression, Statement } from '../../src/schnauzer/tree.ts'
import { loadDefaults, templatesOf } from '../../src/variants/load.ts'
import { findVariant, listVariants } from '../../src/variants/variant.ts'
import { GOLDEN_CASES, readTable, variantsOfCase } from '../support/golden.ts'

/** Cases that every variant has. */
const FOR_ALL = ['maximal', 'minimal', 'typical']

/** Helpers of the engine that no template and no generator calls, and why they are there. */
const NOT_CALLED: Readonly<Record<string, readonly string[]>> = {
  'part of the template language, for templates of other images': [
    ...['cidr_to_ipaddr', 'goarch', 'is_array', 'is_bool', 'is_ipv4', 'is_ipv6', 'is_null', 'is_number', 'is_object'],
    ...['is_string', 'replace_ipv4_octet'],
  ],
  'built into the template language': ['gt', 'gte', 'len', 'log', 'lt', 'lte', 'not', 'raw', 'with'],
  'templates leave it to the output format how lists and maps are written': ['join_array', 'toml_encode'],
}

/** Output formats that no template of the package has. */
const NOT_WRITTEN = ['ini', 'shell']

function callsIn(statements: readonly Statement[]): string[] {
  const all = (expression: Expression): string[] =>
    expression.kind === 'call'
      ? [expression.name, ...[...expression.args, ...expression.hash.map(([, value]) => value)].flatMap(all)]
      : []
  return statements.flatMap((statement): string[] => {
    if (statement.kind === 'value') return all(statement.expression)
    if (statement.kind !== 'block') return []
    return [...all(statement.call), ...callsIn(statement.body), ...callsIn(statement.inverse ?? [])]
  })
}

const directory = packageFile('src/templates')
const templates = readdirSync(directory, { recursive: true, withFileTypes: true })
  .filter((file) => file.isFile())
  .map((file) => {
    const name = path.relative(directory, path.join(file.parentPath, file.name))
    const text = readFileSync(path.join(directory, name), 'utf8')
    const { requirements, outputFormat, bodyStart } = readFrontMatter(new SourceText(name, text))
    return { name, requirements, outputFormat, calls: new Set(callsIn(readBody(text, bodyStart).body)) }
  })

const variants = listVariants().map((name) => {
  const variant = findVariant(name)
  const files = readConfigurationFiles(loadDefaults(variant)['configuration-files'] ?? null)
  return { name, variant, files, metadata: loadDefaults(variant)['metadata'] }
})

/** Commands of setting generators. */
function generators(tree: JsonValue | undefined): string[] {
  if (!isJsonObject(tree)) return []
  return Object.entries(tree).flatMap(([key, value]) =>
    key === 'setting-generator' && typeof value === 'string' ? [value] : generators(value),
  )
}

describe('helpers', () => {
  const commands = new Set(variants.flatMap(({ metadata }) => generators(metadata)))
  const called = new Set([
    ...templates.flatMap(({ calls }) => [...calls]),
    ...[...commands].flatMap((command) =>
      [...command.matchAll(/\{\{\s*([a-z_-]+)\s/g)].map(([, name]) => name as string),
    ),
  ])

  it('are called, or are listed with the reason', () => {
    const idle = [...ALL_HELPERS.keys()].filter((name) => !called.has(name))
    expect(idle.sort()).toEqual(Object.values(NOT_CALLED).flat().sort())
  })

  it('that templates and generators call are in the engine', () => {
    expect([...called].filter((name) => !ALL_HELPERS.has(name))).toEqual([])
    expect([...called]).toEqual(
      expect.arrayContaining(['if', 'default', 'ecr-prefix', 'tuf-prefix', 'metadata-prefix']),
    )
  })

  it.each(templates)('of $name come from the extension that owns them', ({ requirements }) => {
    for (const { extension, helpers } of requirements) {
      for (const helper of helpers) expect(ownerOf(helper), helper).toBe(extension)
    }
  })
})

describe('output formats', () => {
  it('are those of some template, or are listed', () => {
    const written = new Set(templates.map(({ outputFormat }) => outputFormat))
    expect(OUTPUT_FORMATS.filter((format) => !written.has(format))).toEqual(NOT_WRITTEN)
  })
})

describe('golden files', () => {
  it('have the cases that every variant needs, and these have every variant', () => {
    expect(GOLDEN_CASES).toEqual(expect.arrayContaining(FOR_ALL))
    for (const name of FOR_ALL) expect(variantsOfCase(name), name).toEqual(listVariants())
    for (const name of GOLDEN_CASES) expect(listVariants()).toEqual(expect.arrayContaining([...variantsOfCase(name)]))
  })

  describe.each(FOR_ALL)('%s', (name) => {
    const table = readTable(name)

    it.each(variants)('has every configuration file of $name, and no other file', ({ name: variant, files }) => {
      const stored = Object.entries(table).flatMap(([file, owners]) =>
        file.startsWith('files/') && Object.values(owners).some((sharing) => sharing.includes(variant))
          ? [file.slice('files'.length)]
          : [],
      )
      expect(stored.sort()).toEqual([...files.values()].map((file) => file.path).sort())
    })
  })

  it('have each template in use in some file, whose path its configuration files name', () => {
    const golden = new Set(FOR_ALL.flatMap((name) => Object.keys(readTable(name))))
    const covered = new Set(
      variants.flatMap(({ variant, files }) =>
        [...files.values()]
          .filter((file) => golden.has(`files${file.path}`))
          .map((file) => templatesOf(variant).get(file['template-path'])),
      ),
    )
    expect([...covered].sort()).toEqual(templates.map((template) => template.name).sort())
  })

  it.each(FOR_ALL)('are stored once per family of variants, %s', (name) => {
    for (const [file, owners] of Object.entries(readTable(name))) {
      // commands differ more than files do: by platform, container engine, GPU and age
      expect(Object.keys(owners).length, file).toBeLessThan(file === 'outcome.json' ? 12 : 8)
    }
  })
})
