/** Every template declares what it uses, and uses what it declares. */
import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { isJsonObject, member, type JsonObject } from '../../src/lib/json.ts'
import { packageFile } from '../../src/lib/package-root.ts'
import { readBody } from '../../src/schnauzer/reader.ts'
import type { Expression, Statement } from '../../src/schnauzer/tree.ts'
import { parseTrustedToml } from '../../src/toml/trusted-toml.ts'

const BUILT_IN = new Set('if unless each with lookup eq ne gt gte lt lte and or not len raw log'.split(' '))

/** The files whose whole meaning is text, or whose value is another file's bytes. */
const TEXT_FILES = [
  'aws-config',
  'aws-credentials',
  'kubelet-server-crt',
  'kubelet-server-key',
  'kubernetes-ca-crt',
  'motd',
]

const directory = packageFile('src/templates')
const templates = readdirSync(directory, { recursive: true, withFileTypes: true })
  .filter((file) => file.isFile())
  .map((file) => path.relative(directory, path.join(file.parentPath, file.name)))
  .sort()

interface Parts {
  readonly matter: JsonObject
  readonly text: string
  readonly body: readonly Statement[]
}

function partsOf(name: string): Parts {
  const text = readFileSync(path.join(directory, name), 'utf8')
  const end = text.indexOf('+++\n')
  const { body, faults } = readBody(text, end + 4)
  expect(faults, name).toEqual([])
  return { matter: parseTrustedToml(text.slice(0, end)), text: text.slice(end + 4), body }
}

/** Everything that is called or looked up below some statements. */
function expressionsIn(statements: readonly Statement[]): Expression[] {
  const all = (expression: Expression): Expression[] =>
    expression.kind === 'call'
      ? [expression, ...[...expression.args, ...expression.hash.map(([, value]) => value)].flatMap(all)]
      : [expression]
  return statements.flatMap((statement): Expression[] => {
    if (statement.kind === 'value') return all(statement.expression)
    if (statement.kind !== 'block') return []
    return [...all(statement.call), ...expressionsIn(statement.body), ...expressionsIn(statement.inverse ?? [])]
  })
}

const requirements = ({ matter }: Parts): [string, readonly string[]][] => {
  const table = matter['required-extensions']
  return Object.entries(isJsonObject(table) ? table : {}).map(([name, value]) => [
    name,
    (member(value, 'helpers') ?? []) as readonly string[],
  ])
}

describe.each(templates)('template %s', (name) => {
  const parts = partsOf(name)
  const expressions = expressionsIn(parts.body)

  it('declares every helper that it uses and uses every helper that it declares', () => {
    const called = expressions.flatMap((item) => (item.kind === 'call' && !BUILT_IN.has(item.name) ? [item.name] : []))
    const declared = requirements(parts).flatMap(([, helpers]) => helpers)
    expect([...new Set(called)].sort()).toEqual([...declared].sort())
  })

  it('requires the settings that it reads and reads the settings that it requires', () => {
    const read = expressions.flatMap((item) =>
      item.kind === 'path' && item.segments[0] === 'settings' ? [item.segments[1] ?? ''] : [],
    )
    // an extension may be there for its helpers alone
    const optional = new Set(
      requirements(parts).flatMap(([extension, helpers]) => (helpers.length > 0 ? [extension] : [])),
    )
    const required = requirements(parts).map(([extension]) => extension)
    expect(required).toEqual(expect.arrayContaining([...new Set(read)]))
    expect(required.filter((extension) => !optional.has(extension) && !read.includes(extension))).toEqual([])
  })

  it('says its output format; plain text only where nothing can be quoted', () => {
    expect(parts.matter['output-format']).toMatch(/^(toml|yaml|json|env|systemd|lines|text)$/)
    expect(parts.matter['output-format'] === 'text').toBe(TEXT_FILES.includes(name))
  })

  it('has no white space at line ends and ends with a line break', () => {
    expect(parts.text).not.toMatch(/[ \t]$/m)
    expect(parts.text.endsWith('\n')).toBe(true)
  })
})
