/** The tables of every variant fit together: nothing refers to something that is missing, nothing is left over. */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../src/lib/json.ts'
import { packageFile } from '../../src/lib/package-root.ts'
import { splitShellWords } from '../../src/lib/shell-words.ts'
import { readConfigurationFiles, readServices } from '../../src/model/metadata.ts'
import { parseTrustedToml } from '../../src/toml/trusted-toml.ts'
import { imageTree } from '../../src/variants/image.ts'
import { loadDefaults, templatesOf } from '../../src/variants/load.ts'
import { listReleases } from '../../src/variants/release.ts'
import { findVariant, listVariants } from '../../src/variants/variant.ts'
import { entries } from '../tooling/entries.mjs'

const variants = listReleases().flatMap((release) => listVariants(release).map((name) => [release, name] as const))

const filesBelow = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => path.relative(directory, path.join(file.parentPath, file.name)))
    .sort()

/** Metadata values of a name, each with the data key that it belongs to. */
function metadata(tree: JsonValue | undefined, name: string, at: readonly string[] = []): [string, JsonValue][] {
  if (!isJsonObject(tree)) return []
  return Object.entries(tree).flatMap(([key, value]): [string, JsonValue][] =>
    isJsonObject(value) ? metadata(value, name, [...at, key]) : key === name ? [[at.join('.'), value]] : [],
  )
}

const strings = (value: JsonValue | undefined): readonly string[] =>
  isJsonArray(value) ? value.filter((item) => typeof item === 'string') : []

describe.each(variants)('release %s, variant %s', (release, name) => {
  const variant = findVariant(name, release)
  const defaults: JsonObject = loadDefaults(variant)
  const services = readServices(defaults['services'] ?? null)
  const files = readConfigurationFiles(defaults['configuration-files'] ?? null)

  it('has a template for every configuration file', () => {
    for (const [file, { 'template-path': template }] of files) {
      const source = templatesOf(variant).get(template)
      expect(source, file).toBeDefined()
      expect(existsSync(packageFile(`src/templates/${source ?? ''}`)), `${file}: ${source ?? ''}`).toBe(true)
      expect(imageTree(variant).get(template)?.kind, template).toBe('file')
    }
  })

  it('gives every configuration file a path of its own and a valid mode', () => {
    const paths = [...files.values()].map((file) => file.path)
    expect(new Set(paths).size).toBe(paths.length)
    for (const file of files.values()) expect(file.mode ?? '0644').toMatch(/^0[0-7]{3}$/)
  })

  it('has every configuration file that a service names, and a service for every file', () => {
    const used = new Set([...services.values()].flatMap((service) => service['configuration-files']))
    expect([...used].sort()).toEqual([...files.keys()].sort())
  })

  it('has every affected service', () => {
    const affected = metadata(defaults['metadata'], 'affected-services')
    expect(affected.length).toBeGreaterThan(0)
    for (const [key, names] of affected) {
      expect(key).toMatch(/^settings\./)
      for (const service of strings(names)) expect([...services.keys()], key).toContain(service)
    }
  })

  it('has commands without empty words', () => {
    for (const service of services.values()) {
      for (const command of service['restart-commands']) expect(command.split(' ')).not.toContain('')
    }
  })

  it('generates settings with programs of the package, on one line each', () => {
    const generators = metadata(defaults['metadata'], 'setting-generator')
    expect(generators.length).toBeGreaterThan(0)
    for (const [key, command] of generators) {
      expect(command, key).not.toMatch(/\n| {2}/)
      const [program = ''] = splitShellWords(command as string) ?? []
      expect(Object.keys(entries), key).toContain(path.basename(program))
    }
  })

  it('links programs of the package', () => {
    for (const [file, entry] of imageTree(variant)) {
      if (entry.kind === 'symlink') expect(Object.keys(entries), file).toContain(path.posix.basename(entry.target))
    }
  })

  it('has no metadata but what is known', () => {
    const known = ['affected-services', 'setting-generator']
    const leaves = (tree: JsonValue | undefined): string[] =>
      isJsonObject(tree)
        ? Object.entries(tree).flatMap(([key, value]) => (isJsonObject(value) ? leaves(value) : [key]))
        : []
    expect(leaves(defaults['metadata']).filter((leaf) => !known.includes(leaf))).toEqual([])
  })
})

describe.each(listReleases())('release %s', (release) => {
  const directory = packageFile(`src/variants/releases/${release}`)
  const index = parseTrustedToml(readFileSync(`${directory}/variants.toml`, 'utf8'))
  const sets = index['sets'] as JsonObject

  it('uses every fragment, and has every fragment that it uses', () => {
    const used = new Set(Object.values(sets).flatMap(strings))
    expect([...used].map((name) => `${name}.toml`).sort()).toEqual(filesBelow(`${directory}/fragments`))
  })

  it('uses every defaults set', () => {
    const used = new Set(listVariants(release).map((name) => findVariant(name, release).defaultsSet))
    expect([...used].sort()).toEqual(Object.keys(sets).sort())
  })
})

describe('templates', () => {
  it('are all used by a variant', () => {
    const used = new Set(variants.flatMap(([release, name]) => [...templatesOf(findVariant(name, release)).values()]))
    expect([...used].sort()).toEqual(filesBelow(packageFile('src/templates')))
  })
})
