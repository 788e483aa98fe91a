/** A real process, killed at random while it commits; test/system/kills.test.ts does it 200 times. */
import { expect, it } from 'vitest'
import { killWhileCommitting } from '../support/kill-rounds.ts'

it('finds exactly the old or the new state after a kill in a commit of 50 keys', async () => {
  const { done, undone } = await killWhileCommitting(8)
  expect(done + undone).toBeGreaterThan(0)
}, 60_000)
