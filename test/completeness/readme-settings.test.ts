/** What the README shows of the commands that look things up is what they print. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { bottlerocket } from '../../src/cli/program.ts'
import { runToEnd, testHost } from '../support/test-host.ts'

const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8')
const section = /\n## Settings at hand\n([^]*?)\n## /.exec(readme)?.[1] ?? ''

/** Command lines with what is shown below them. */
const sessions = [...section.matchAll(/^ {4}\$ npx bottlerocket (.*)\n((?: {4}(?!\$ ).*\n|\n(?= {4}(?!\$ )))*)/gm)].map(
  ([, line = '', shown = '']) => [line, shown.replace(/^ {4}/gm, '')] as const,
)

/** A file to start with, as far as it is shown. */
const excerpt = /\n### A file to start with\n[^]*?\n```toml\n([^]*?)```\n/.exec(readme)?.[1] ?? ''

describe('the README', () => {
  it('shows paragraphs of a file to start with', async () => {
    const paragraphs = excerpt.trim().split('\n\n')
    expect(paragraphs.length).toBeGreaterThan(3)
    const { stdout } = await runToEnd(bottlerocket, ['init', '--variant', 'aws-k8s-1.30'], testHost())
    // headings have descriptions above them
    expect(paragraphs.filter((paragraph) => !stdout.includes(`\n${paragraph}\n`.replace(/^\n# b/, '# b')))).toEqual([])
  })

  it('shows several commands', () => {
    expect(sessions.map(([line]) => line.split(' ', 1)[0])).toEqual(['settings', 'settings', 'variants'])
  })

  it.each(sessions)('shows what %s prints', async (line, shown) => {
    const { code, stdout } = await runToEnd(bottlerocket, line.split(' '), testHost())
    expect(code).toBe(0)
    expect(stdout).toBe(shown)
  })
})
