/** A plan of a change is what `render --change` does, for every sequence of changes that golden files are of. */
import { describe, expect, it } from 'vitest'
import type { NamedBytes } from '../../src/cli/render.ts'
import { GOLDEN_CASES, goldenInput, renderGolden, variantsOfCase } from '../support/golden.ts'
import { commandsByMetadata, filesOf, leavesOf, patched, planOf, restartsOf, type Files } from '../support/plan-cases.ts'

const CASES = GOLDEN_CASES.filter((name) => goldenInput(name, 'metal-dev').changes.length > 0)
const SEQUENCES = CASES.flatMap((name) => variantsOfCase(name).map((variant) => [name, variant] as const))

describe('the plan of each change', () => {
  it('is of some sequences', () => {
    expect(SEQUENCES.length).toBeGreaterThan(0)
  })

  it.each(SEQUENCES)('of %s on %s is what the change does', async (name, variant) => {
    const { userData, changes, facts } = goldenInput(name, variant)
    const rendered = await renderGolden(name, variant)
    let before: Files = filesOf(rendered)
    let settings = leavesOf(rendered.settings)
    const since: NamedBytes[] = []
    for (const [i, to] of changes.entries()) {
      const change = rendered.changes[i]
      if (change === undefined) throw new Error('a change was not rendered')
      const plan = await planOf({ variant, as: 'apply', from: [userData, ...since], to, facts })
      expect(plan.accepted).toBe(change.accepted)
      const [after, now] = [filesOf(change, before), leavesOf(change.settings)]
      expect(patched(before, plan)).toEqual(after)
      expect(plan.files.map(({ path }) => path)).toEqual(change.files.map(({ path }) => path).sort())
      expect(plan.live?.commands.map(({ command }) => command)).toEqual(change.commands.map(({ command }) => command))
      expect(plan.notRendered).toEqual(change.notRendered)
      expect(plan.settings).toHaveLength([...now].filter(([key, text]) => settings.get(key) !== text).length)
      const keys = change.changedKeys.map((key) => key.split('.').slice(1))
      // these documents have no key that needs quotes
      if (change.notRendered.length === 0) expect(restartsOf(change)).toEqual(commandsByMetadata(variant, keys))
      if (change.accepted) [before, settings] = [after, now]
      if (change.accepted) since.push(to)
    }
  })
})
