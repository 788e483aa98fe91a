/** A newcomer's way in the README, from a mistake to a reviewed plan: each command prints what is shown. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { bottlerocket } from '../../src/cli/program.ts'
import { MemoryFs } from '../../src/host/memory-fs.ts'
import { applyUnifiedDiff } from '../support/apply-unified-diff.ts'
import { runToEnd, testHost, type ProgramRun } from '../support/test-host.ts'

const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8')
const section = /\n## From a mistake to a reviewed plan\n([^]*?)\n## /.exec(readme)?.[1] ?? ''
const blocks = (language: string): string[] =>
  [...section.matchAll(new RegExp(`\n\`\`\`${language}\n([^]*?)\`\`\`\n`, 'g'))].map(([, text = '']) => text)

const [old = ''] = blocks('toml')
const [proposal = ''] = blocks('diff')
const [verdict = '', plan = ''] = blocks('text')
const proposed = applyUnifiedDiff(proposal.replace('--- ', '--- a').replace('+++ ', '+++ b'), old).content ?? ''
const mended = proposed.replace('max-pods = "58"', 'max-pods = 58')
const facts = /`node\.json` holds `([^`]*)`/.exec(section)?.[1] ?? ''

/** Runs a command line that the section has, over its files. */
function run(line: string, files: Readonly<Record<string, string>>): Promise<ProgramRun> {
  expect(section).toContain(`\`npx bottlerocket ${line}\``)
  const fs = new MemoryFs()
  fs.makeDirectory('/w')
  for (const [name, content] of Object.entries(files)) fs.writeFile(`/w/${name}`, content)
  return runToEnd(bottlerocket, line.split(' '), testHost({ fs }), { cwd: '/w' })
}

describe('the way from a mistake to a reviewed plan', () => {
  it('begins with the mistake', async () => {
    expect(await run('validate new.toml', { 'new.toml': proposed })).toMatchObject({ code: 1, stdout: verdict })
  })

  it('ends with the plan', async () => {
    const files = { 'old.toml': old, 'new.toml': mended, 'node.json': facts }
    expect(mended).not.toBe(proposed)
    const line = 'plan --from old.toml --to new.toml --facts node.json'
    expect(await run(line, files)).toMatchObject({ code: 0, stdout: plan, stderr: '' })
  })
})
