/**
 * Golden files, stored once for all variants that have the same bytes. A case is a folder of `test/golden`:
 *
 *     settings/<group>.toml    user data; a variant gets the groups that its model has, in the model's order
 *     facts.json               facts of the host
 *     variants.json            the variants of the case, if not all
 *     changes/<number>.toml    later changes; then what they change is stored, not the files before them
 *     expected/<owner>/...     the files at their paths below `files/`, and `outcome.json` with modes, gaps and commands
 *     table.json               for each of these: which variants have the bytes of which owner
 *
 * The owner is the first of the variants that share the bytes, in byte order.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { completeFacts } from '../../src/cli/options.ts'
import { renderOffline, type NamedBytes, type RenderResult } from '../../src/cli/render.ts'
import { systemClock } from '../../src/host/node-ports.ts'
import { createMetadataHandler, httpOverHandler } from '../../src/imds-server/handler.ts'
import { compareBytes } from '../../src/lib/byte-order.ts'
import { parseFacts, type Facts } from '../../src/lib/facts.ts'
import { packageFile } from '../../src/lib/package-root.ts'
import { encodeUtf8 } from '../../src/lib/utf8.ts'
import { loadModel } from '../../src/model/models.ts'
import { findVariant, listVariants } from '../../src/variants/variant.ts'

const DIRECTORY = packageFile('test/golden')

/** File below `expected/<owner>` to owner to the variants that share the owner's bytes. */
export type GoldenTable = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>

/** What is below `network` belongs to network.test.ts. */
export const GOLDEN_CASES: readonly string[] = readdirSync(DIRECTORY, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'network')
  .map((entry) => entry.name)
  .sort(compareBytes)

const inCase = (name: string, ...rest: readonly string[]): string => path.join(DIRECTORY, name, ...rest)

export const readTable = (name: string): GoldenTable =>
  JSON.parse(readFileSync(inCase(name, 'table.json'), 'utf8')) as GoldenTable

/** The stored bytes of a file. */
export const readGolden = (name: string, owner: string, file: string): string =>
  readFileSync(inCase(name, 'expected', owner, file), 'utf8')

/** The variants of a case, in byte order. */
export function variantsOfCase(name: string): readonly string[] {
  const file = inCase(name, 'variants.json')
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as string[]) : listVariants()
}

/** Files below a folder, by their paths below it. */
function filesBelow(directory: string): string[] {
  if (!existsSync(directory)) return []
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .sort(compareBytes)
}

/** Every stored file of a case as `<owner>/<file>`. */
export const storedFiles = (name: string): readonly string[] => filesBelow(inCase(name, 'expected'))

function userData(name: string, variant: string): string {
  const { groups } = loadModel(findVariant(variant).modelName)
  const files = groups.map((group) => inCase(name, 'settings', `${group.name}.toml`)).filter((file) => existsSync(file))
  return files.map((file) => readFileSync(file, 'utf8')).join('\n')
}

/** The documents of a case, and what they are rendered with. */
export interface GoldenInput {
  readonly userData: NamedBytes
  readonly changes: readonly NamedBytes[]
  readonly facts: Facts
}

export function goldenInput(name: string, variant: string): GoldenInput {
  return {
    userData: { file: 'user-data.toml', bytes: encodeUtf8(userData(name, variant)) },
    changes: filesBelow(inCase(name, 'changes')).map((file) => ({
      file,
      bytes: readFileSync(inCase(name, 'changes', file)),
    })),
    facts: parseFacts(readFileSync(inCase(name, 'facts.json'), 'utf8'), 'facts.json'),
  }
}

/** Renders a case for a variant through the whole offline pipeline. */
export function renderGolden(name: string, variant: string): Promise<RenderResult> {
  const input = goldenInput(name, variant)
  const facts = completeFacts(input.facts)
  return renderOffline({
    variant: findVariant(variant),
    userData: input.userData,
    changes: input.changes,
    facts,
    http: httpOverHandler(createMetadataHandler(facts, { clock: systemClock })),
    io: { env: {}, signal: new AbortController().signal },
  })
}

type Outcome = Pick<RenderResult, 'files' | 'notRendered' | 'commands'>

/** What is not the content of a file: modes other than 0644, files that were not rendered, commands. */
function outcomeText(outcome: Outcome, more: object = {}): string {
  const modes = outcome.files.filter(({ mode }) => mode !== '0644').map((file) => [file.path, file.mode])
  const value = {
    ...more,
    modes: Object.fromEntries(modes.sort()),
    notRendered: outcome.notRendered.map(({ name, code, message }) => ({ file: name, code, message })),
    commands: outcome.commands.map(({ command }) => command),
  }
  return JSON.stringify(value, undefined, 2) + '\n'
}

const filesOf = (prefix: string, outcome: Outcome): [string, string][] =>
  outcome.files.map(({ path: file, content }) => [`${prefix}files${file}`, content])

/** What a result looks like on the disk: file to content. */
export function goldenFiles(result: RenderResult): ReadonlyMap<string, string> {
  if (result.changes.length === 0) {
    return new Map([['outcome.json', outcomeText(result)], ...filesOf('', result)])
  }
  return new Map(
    result.changes.flatMap((change, i): [string, string][] => {
      const { accepted, changedKeys } = change
      const prefix = `change-${String(i + 1)}/`
      return [[`${prefix}outcome.json`, outcomeText(change, { accepted, changedKeys })], ...filesOf(prefix, change)]
    }),
  )
}

/** Which variants share the bytes of which, file by file. */
function tableOf(results: ReadonlyMap<string, ReadonlyMap<string, string>>): GoldenTable {
  const table: Record<string, Record<string, string[]>> = {}
  for (const [variant, files] of results) {
    for (const [file, content] of files) {
      const owners = (table[file] ??= {})
      const owner = Object.keys(owners).find((known) => results.get(known)?.get(file) === content) ?? variant
      ;(owners[owner] ??= []).push(variant)
    }
  }
  return Object.fromEntries(Object.entries(table).sort(([a], [b]) => compareBytes(a, b)))
}

/** Writes down what a case gives now. The results are by variant, in byte order. */
export function writeGoldens(name: string, results: ReadonlyMap<string, ReadonlyMap<string, string>>): void {
  rmSync(inCase(name, 'expected'), { recursive: true, force: true })
  const table = tableOf(results)
  for (const [file, owners] of Object.entries(table)) {
    for (const owner of Object.keys(owners)) {
      const target = inCase(name, 'expected', owner, file)
      mkdirSync(path.dirname(target), { recursive: true })
      writeFileSync(target, results.get(owner)?.get(file) ?? '')
    }
  }
  const lines = Object.entries(table).map(([file, owners]) => {
    const groups = Object.entries(owners).map(([owner, variants]) => `    "${owner}": ${JSON.stringify(variants)}`)
    return `  ${JSON.stringify(file)}: {\n${groups.join(',\n')}\n  }`
  })
  writeFileSync(inCase(name, 'table.json'), `{\n${lines.join(',\n')}\n}\n`)
}
