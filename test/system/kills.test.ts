/** A real process, killed at random 200 times while it commits. */
import { expect, it } from 'vitest'
import { killWhileCommitting } from '../support/kill-rounds.ts'

it('finds exactly the old or the new state after each of 200 kills in commits of 50 keys', async () => {
  const { done, undone } = await killWhileCommitting(200)
  expect(done + undone).toBeGreaterThan(100)
  // before a commit was decided, and after
  expect(undone).toBeGreaterThan(0)
  expect(done).toBeGreaterThan(0)
}, 400_000)
