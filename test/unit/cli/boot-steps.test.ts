import { describe, expect, it } from 'vitest'
import { bootSteps, hasPluto } from '../../../src/cli/boot-steps.ts'
import { PROGRAMS } from '../../../src/cli/programs.ts'
import { findVariant, listVariants } from '../../../src/variants/variant.ts'
import { entries } from '../../tooling/entries.mjs'

const namesOf = (variant: string): string[] => bootSteps(findVariant(variant)).map(({ name }) => name)

describe('the steps of a boot', () => {
  it('are those of the units, in their order', () => {
    expect(namesOf('aws-k8s-1.30')).toEqual([
      'write-network-status',
      'migrator',
      'storewolf',
      'apiserver',
      'early-boot-config',
      'sundog',
      'pluto',
      'settings-applier',
    ])
    expect(namesOf('aws-ecs-2')).not.toContain('pluto')
    expect(hasPluto(findVariant('aws-k8s-1.31-nvidia'))).toBe(true)
    expect(hasPluto(findVariant('metal-k8s-1.29'))).toBe(false)
  })

  it('commit before what reads live settings', () => {
    for (const step of bootSteps(findVariant('aws-k8s-1.30'))) {
      if (!['sundog', 'pluto', 'settings-applier'].includes(step.name) || step.kind !== 'command') continue
      expect(step.commands[0]).toEqual(['/usr/bin/settings-committer'])
    }
  })

  it('run programs that this package has', () => {
    for (const variant of listVariants()) {
      for (const step of bootSteps(findVariant(variant))) {
        for (const [program = ''] of step.kind === 'command' ? step.commands : []) {
          expect(PROGRAMS.has(program.replace('/usr/bin/', ''))).toBe(true)
        }
      }
    }
  })
})

describe('the table of programs', () => {
  it('has every program of the package but the server and the tool itself', async () => {
    const wanted = Object.keys(entries).filter((name) => name !== 'bottlerocket' && name !== 'apiserver')
    expect([...PROGRAMS.keys()].sort()).toEqual(wanted.sort())
    for (const [name, load] of PROGRAMS) expect((await load()).name).toBe(name)
  })
})
