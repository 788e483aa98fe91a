/** The plan that the README shows is what the command prints. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { bottlerocket } from '../../src/cli/program.ts'
import { MemoryFs } from '../../src/host/memory-fs.ts'
import { applyUnifiedDiff } from '../support/apply-unified-diff.ts'
import { runToEnd, testHost, type ProgramRun } from '../support/test-host.ts'

const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8')
const section = /\n## What a change comes to\n([^]*?)\n## /.exec(readme)?.[1] ?? ''
const blocks = (language: string): string[] =>
  [...section.matchAll(new RegExp(`\n\`\`\`${language}\n([^]*?)\`\`\`\n`, 'g'))].map(([, text = '']) => text)

const [old = ''] = blocks('toml')
const [proposal = ''] = blocks('diff')
const [plan = ''] = blocks('text')
const proposed = applyUnifiedDiff(proposal.replace('--- ', '--- a').replace('+++ ', '+++ b'), old).content ?? ''
const facts = /`node\.json` holds `([^`]*)`/.exec(section)?.[1] ?? ''

/** Runs a command line that the section has, over its files. */
function run(line: string, files: Readonly<Record<string, string>>): Promise<ProgramRun> {
  expect(section).toContain(`\`npx bottlerocket ${line}\``)
  const fs = new MemoryFs()
  fs.makeDirectory('/w')
  for (const [name, content] of Object.entries(files)) fs.writeFile(`/w/${name}`, content)
  return runToEnd(bottlerocket, line.split(' '), testHost({ fs }), { cwd: '/w' })
}

describe('the plan in the README', () => {
  it('is what the command prints', async () => {
    const files = { 'old.toml': old, 'new.toml': proposed, 'node.json': facts }
    const line = 'plan --from old.toml --to new.toml --facts node.json'
    expect(await run(line, files)).toMatchObject({ code: 0, stdout: plan, stderr: '' })
  })
})
