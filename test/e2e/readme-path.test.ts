/**
 * A newcomer's path in the README, from a broken user data to a reviewed change: every command is run by a shell, in the
 * order of the text and in one empty folder, and prints what is shown, byte for byte.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectFile, temporaryDirectory, toolCommand } from '../support/run-tool.ts'

const readme = readFileSync(projectFile('README.md'), 'utf8')
const section = /\n## From a broken user data to a reviewed change\n([^]*?)\n## /.exec(readme)?.[1] ?? ''

interface Step {
  readonly line: string
  readonly shown: string
}

/** Command lines, each with what is shown below it. */
const steps = [...section.matchAll(/\n```console\n([^]*?)```\n/g)].flatMap(([, block = '']) =>
  [...block.matchAll(/^\$ (.*)\n((?:(?!\$ ).*\n)*)/gm)].map(([, line = '', shown = '']): Step => ({ line, shown })),
)

/** What is run for `npx bottlerocket`: the build under test. */
const npx = `npx() { shift; ${toolCommand('bottlerocket')
  .map((word) => `'${word}'`)
  .join(' ')} "$@"; }`

describe('the path in the README', () => {
  let folder: ReturnType<typeof temporaryDirectory>
  beforeAll(() => {
    folder = temporaryDirectory()
  })
  afterAll(() => {
    folder.remove()
  })

  it('leads from validate over render, explain and plan to check', () => {
    const commands = steps.flatMap(({ line }) => /^npx bottlerocket (\S+)/.exec(line)?.[1] ?? [])
    expect(commands).toEqual(['validate', 'validate', 'render', 'explain', 'plan', 'check'])
  })

  it.each(steps.map(({ line, shown }, i) => [`${String(i + 1)}: ${line}`, line, shown]))('%s', (_, line, shown) => {
    // a file that is shown is one that the reader has
    const [, file] = /^cat (\S+)$/.exec(line) ?? []
    if (file !== undefined) writeFileSync(path.join(folder.path, file), shown)
    const { stdout } = spawnSync('bash', ['-c', `${npx}; { ${line}; } 2>&1`], { cwd: folder.path, encoding: 'utf8' })
    expect(stdout).toBe(shown)
  })
})
