/** Whatever a change on trial did, it is as if it had never been. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { manualClock } from '../support/manual-clock.ts'
import { jsonArgument, startNode, type RunningNode } from '../support/running-node.ts'
import { settingChanges } from '../support/setting-changes.ts'

const RUNS = 30

describe.each(['aws-k8s-1.30', 'aws-ecs-2'])('set --try on %s', (variant) => {
  const clock = manualClock()
  let node: RunningNode
  beforeAll(async () => {
    node = await startNode({ variant, clock })
  })
  afterAll(async () => {
    await node.close()
  })

  it('gives back every pair and every file, also when the server dies in between', async () => {
    const state = async (): Promise<unknown> => ({ pairs: node.pairs(), files: await node.files() })
    const before = await state()
    let accepted = 0
    await fc.assert(
      fc.asyncProperty(settingChanges(node.model), fc.boolean(), async (settings, dies) => {
        const { code } = await node.change('set', '-j', jsonArgument(settings), '--try', '5')
        if (code === 0) accepted++
        if (dies) {
          await node.crash()
          await clock.advance(5000)
          await node.restart(clock)
        } else await clock.advance(5000)
        // the applier is started in the background
        for (let i = 0; i < 5; i++) await clock.advance(0)
        expect(await state()).toEqual(before)
      }),
      { numRuns: RUNS, endOnFailure: true },
    )
    expect(accepted).toBeGreaterThan(RUNS / 3)
  }, 120_000)
})
