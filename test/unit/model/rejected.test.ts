/**
 * Mistakes that users make, each with the diagnostics it must give: `test/rejected/<group>/<case>.toml`, whose first line
 * names the family of variants, and `<case>.diagnostics.txt` beside it. UPDATE_GOLDEN=1 writes the latter.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Diagnostic, Place } from '../../../src/lib/diagnostics.ts'
import { loadModel, MODEL_NAMES } from '../../../src/model/models.ts'
import { validateSettings } from '../../../src/model/validate.ts'
import { parseUserToml } from '../../../src/toml/user-toml.ts'

const FOLDER = fileURLToPath(new URL('../../rejected/', import.meta.url))

const cases = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.toml'))
  .map((name) => name.slice(0, -'.toml'.length))
  .sort()

function diagnosticsOf(text: string, file: string): readonly Diagnostic[] {
  const family = MODEL_NAMES.find((name) => text.startsWith(`# family: ${name}\n`))
  if (family === undefined) throw new Error(`${file} does not name its family`)
  const parsed = parseUserToml(text, file)
  if (!parsed.ok) return parsed.diagnostics
  return validateSettings(loadModel(family), parsed.tree['settings'] ?? null, parsed.sourceMap)
}

const span = ({ line, column, endLine, endColumn }: Place): string =>
  `${String(line)}:${String(column)}-${String(endLine)}:${String(endColumn)}`

function print({ code, severity, path, message, hint, at, related = [] }: Diagnostic): string {
  return [
    `${at === undefined ? '?' : span(at)} ${severity} ${code}`,
    ...(path === undefined ? [] : [`  path: ${path}`]),
    `  ${message}`,
    ...related.map((other) => `  ${span(other.at)} ${other.message}`),
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
    '',
  ].join('\n')
}

describe('rejected', () => {
  it('has enough of them', () => {
    expect(cases.length).toBeGreaterThanOrEqual(40)
  })

  it.each(cases)('%s', (name) => {
    const found = diagnosticsOf(readFileSync(`${FOLDER}${name}.toml`, 'utf8'), `${name}.toml`)
    expect(found).not.toEqual([])
    const text = found.map(print).join('\n')
    const expected = `${FOLDER}${name}.diagnostics.txt`
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(expected, text)
    expect(existsSync(expected) ? readFileSync(expected, 'utf8') : '').toBe(text)
  })
})
