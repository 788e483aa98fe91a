/**
 * Mistakes that users make, each with the findings it must give: `test/rejected/<group>/<case>.<extension>`, and
 * `<case>.diagnostics.txt` beside it. The first line names the family of variants (`# family: aws-k8s`), or else the file's
 * name does (`<case>.aws-k8s.json`). UPDATE_GOLDEN=1 writes the findings.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { checkInputs } from '../../../src/cli/validate/check-inputs.ts'
import type { Diagnostic, Place } from '../../../src/lib/diagnostics.ts'
import { ERROR_CODES } from '../../../src/lib/error-codes.ts'
import { MODEL_NAMES } from '../../../src/model/models.ts'
import { findVariant, listVariants } from '../../../src/variants/variant.ts'

const FOLDER = fileURLToPath(new URL('../../rejected/', import.meta.url))
const EXPECTED = '.diagnostics.txt'

const cases = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !entry.name.endsWith(EXPECTED))
  .map((entry) => path.relative(FOLDER, path.join(entry.parentPath, entry.name)))
  .sort()

const withoutExtension = (name: string): string => name.replace(/\.[^./]*$/, '')

async function findingsOf(name: string): Promise<readonly Diagnostic[]> {
  const bytes = readFileSync(path.join(FOLDER, name))
  const isNamed = (family: string): boolean =>
    bytes.toString().startsWith(`# family: ${family}\n`) || withoutExtension(name).endsWith(`.${family}`)
  const family = MODEL_NAMES.find(isNamed)
  const variant = listVariants().find((each) => findVariant(each).modelName === family)
  if (variant === undefined) throw new Error(`${name} does not name its family`)
  const outcome = await checkInputs([{ file: path.basename(name), bytes }], [findVariant(variant)])
  return outcome.verdicts.flatMap(({ diagnostics }) => diagnostics)
}

const span = ({ line, column, endLine, endColumn }: Place): string =>
  `${String(line)}:${String(column)}-${String(endLine)}:${String(endColumn)}`

function print({ code, severity, path: key, message, hint, at, related = [] }: Diagnostic): string {
  return [
    `${at === undefined ? '?' : span(at)} ${severity} ${code}`,
    ...(key === undefined ? [] : [`  path: ${key}`]),
    `  ${message}`,
    ...related.map((other) => `  ${span(other.at)} ${other.message}`),
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
    '',
  ].join('\n')
}

/** What only hosts and their API say, and `plan`, which wants one document. */
const OF_HOSTS = new Set([
  'SETTINGS_CANNOT_UNSET',
  'USERDATA_ENCODING',
  'USERDATA_INVALID',
  'USERDATA_NOT_BASE64',
  'USERDATA_REFUSED',
  'USERDATA_SEVERAL',
])

describe('rejected', () => {
  it('has enough of them', () => {
    expect(cases.length).toBeGreaterThanOrEqual(60)
  })

  it('has one for every code', () => {
    const all = cases.map((name) => readFileSync(`${FOLDER}${withoutExtension(name)}${EXPECTED}`, 'utf8')).join('')
    const codes = Object.keys(ERROR_CODES).filter((code) => /^(?:SETTINGS|USERDATA)_/.test(code) && !OF_HOSTS.has(code))
    expect(codes.filter((code) => !all.includes(` ${code}\n`))).toEqual([])
  })

  it.each(cases)('%s', async (name) => {
    const found = await findingsOf(name)
    expect(found).not.toEqual([])
    const text = found.map(print).join('\n')
    const expected = `${FOLDER}${withoutExtension(name)}${EXPECTED}`
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(expected, text)
    expect(existsSync(expected) ? readFileSync(expected, 'utf8') : '').toBe(text)
  })
})
