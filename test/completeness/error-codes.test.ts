/** The catalogue of codes, the README's table and the places that use the codes belong together. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { compareBytes } from '../../src/lib/byte-order.ts'
import { ERROR_CODES } from '../../src/lib/error-codes.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const readme = path.join(root, 'README.md')
const codes = Object.keys(ERROR_CODES).sort(compareBytes)

const START = /(<!-- error codes:[^\n]*-->\n)[\s\S]*?(<!-- end of error codes -->)/

function table(): string {
  const rows = codes.map((code) => {
    const { meaning, hint } = ERROR_CODES[code as keyof typeof ERROR_CODES]
    return `| \`${code}\` | ${meaning} | ${hint} |`
  })
  return ['| Code | Meaning | What to do |', '|---|---|---|', ...rows, ''].join('\n')
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'error-codes' ? [] : sources(full)
    return entry.name.endsWith('.ts') ? [readFileSync(full, 'utf8')] : []
  })
}

describe('error codes', () => {
  it('stand in the README, each with its meaning', () => {
    const text = readFileSync(readme, 'utf8')
    const wanted = text.replace(START, (_all, before: string, after: string) => `${before}\n${table()}\n${after}`)
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(readme, wanted)
    expect(text === wanted || process.env['UPDATE_GOLDEN'] === '1', 'run npm run docs:codes').toBe(true)
  })

  it('are used somewhere', () => {
    const all = sources(path.join(root, 'src')).join('\n')
    expect(codes.filter((code) => !all.includes(`'${code}'`))).toEqual([])
  })

  it('are named AREA_WHAT and say what to do', () => {
    for (const code of codes) {
      expect(code).toMatch(/^[A-Z]+(_[A-Z0-9]+)*$/)
      const { meaning, hint } = ERROR_CODES[code as keyof typeof ERROR_CODES]
      expect(meaning).toMatch(/^\S.*[.?]$/s)
      expect(hint).toMatch(/^\S.*[.?]$/s)
    }
  })
})
