/**
 * The bytes of every file, for some user data. A case is a directory `<variant>/<case>` with `user-data.toml`,
 * `facts.json`, the files below `expected/` at their absolute paths, and `outcome.json` with what else came of it.
 * `npm run golden:update` writes the results down again; read the difference as you would read code.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { completeFacts } from '../../src/cli/options.ts'
import { renderOffline, type RenderResult } from '../../src/cli/render.ts'
import { createMetadataHandler, httpOverHandler } from '../../src/imds-server/handler.ts'
import { parseFacts } from '../../src/lib/facts.ts'
import { systemClock } from '../../src/host/node-ports.ts'
import { findVariant } from '../../src/variants/variant.ts'

const update = process.env['UPDATE_GOLDEN'] === '1'
const directories = (directory: string): string[] =>
  readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
const cases = directories(import.meta.dirname).flatMap((variant) =>
  directories(path.join(import.meta.dirname, variant)).map((name) => [variant, name] as const),
)

async function renderCase(variant: string, directory: string): Promise<RenderResult> {
  const text = readFileSync(path.join(directory, 'facts.json'), 'utf8')
  const facts = completeFacts(parseFacts(text, 'facts.json'))
  return renderOffline({
    variant: findVariant(variant),
    userData: { file: 'user-data.toml', bytes: readFileSync(path.join(directory, 'user-data.toml')) },
    changes: [],
    facts,
    http: httpOverHandler(createMetadataHandler(facts, { clock: systemClock })),
    io: { env: {}, signal: new AbortController().signal },
  })
}

/** What is not the content of a file: modes other than 0644, files that were not rendered, commands. */
function outcomeOf(result: RenderResult): string {
  const modes = result.files.filter(({ mode }) => mode !== '0644').map((file) => [file.path, file.mode])
  const outcome = {
    modes: Object.fromEntries(modes.sort()),
    notRendered: result.notRendered.map(({ name, code, message }) => ({ file: name, code, message })),
    commands: result.commands.map(({ command }) => command),
  }
  return JSON.stringify(outcome, undefined, 2) + '\n'
}

function filesBelow(directory: string): string[] {
  if (!existsSync(directory)) return []
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => '/' + path.relative(directory, path.join(entry.parentPath, entry.name)))
    .sort()
}

function write(file: string, content: string): void {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, content)
}

describe.each(cases)('%s, %s', (variant, name) => {
  const directory = path.join(import.meta.dirname, variant, name)
  const expected = path.join(directory, 'expected')
  let result: RenderResult

  beforeAll(async () => {
    result = await renderCase(variant, directory)
    if (!update) return
    rmSync(expected, { recursive: true, force: true })
    for (const file of result.files) write(path.join(expected, file.path), file.content)
    write(path.join(directory, 'outcome.json'), outcomeOf(result))
  })

  it('accepts the user data', () => {
    expect(result.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(result.accepted).toBe(true)
  })

  it('writes exactly these files', () => {
    expect(result.files.map((file) => file.path).sort()).toEqual(filesBelow(expected))
  })

  it('writes these bytes', () => {
    for (const file of result.files) {
      expect(file.content, file.path).toBe(readFileSync(path.join(expected, file.path), 'utf8'))
    }
  })

  it('has these modes, gaps and commands', () => {
    expect(outcomeOf(result)).toBe(readFileSync(path.join(directory, 'outcome.json'), 'utf8'))
  })
})
