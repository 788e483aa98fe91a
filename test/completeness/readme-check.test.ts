/** What the README shows of `bottlerocket check` is what it prints; its recipes use options that there are. */
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { checkSpec } from '../../src/cli/commands/check.ts'
import { runCheck, treeOf } from '../support/check-run.ts'
import { blocks, listedOptions } from '../support/readme-check.ts'

const [general = ''] = blocks('toml')
const [workers = '', hooks = '', workflow = ''] = blocks('yaml')
const known = checkSpec.options.flatMap(({ names }) => names)

describe('the README', () => {
  it('shows what check prints of its example', async () => {
    const fs = treeOf({
      '/w/nodes/general.toml': general,
      '/w/stacks/workers.yaml': workers,
      '/w/package.json': '{}',
      '/w/.github/workflows/check.yaml': workflow,
    })
    const { code, stdout } = await runCheck(fs, [])
    expect(stdout).toBe(blocks('text')[0])
    expect(code).toBe(1)
  })

  it('tells of every option', () => {
    const told = new Set(listedOptions)
    // of both commands
    expect(known.filter((name) => !told.has(name))).toEqual(['--release'])
    expect([...told].filter((name) => !known.includes(name) && name !== '--all' && name !== '--prefix')).toEqual([])
  })

  it('has recipes that can be run', () => {
    const { repos } = parse(hooks) as { repos: { hooks: { entry: string; files: string }[] }[] }
    const { jobs } = parse(workflow) as { jobs: { check: { steps: { run?: string }[] } } }
    const commands = [
      ...repos.flatMap((repository) => repository.hooks.map(({ entry }) => entry)),
      ...jobs.check.steps.flatMap(({ run }) => run ?? []),
    ].filter((command) => command.startsWith('npx bottlerocket check '))
    expect(commands).toHaveLength(2)
    for (const command of commands) {
      expect(command.match(/--[a-z-]+/g)?.filter((name) => !known.includes(name))).toEqual([])
    }
    const [pattern = ''] = repos.flatMap((repository) => repository.hooks.map(({ files }) => files))
    expect('a/b.yaml').toMatch(new RegExp(pattern))
  })
})
