import { describe, expect, it } from 'vitest'
import { SpawnRunner } from '../../../src/host/spawn-runner.ts'

describe('a command that leaves something in the background', () => {
  const runner = new SpawnRunner({ PATH: process.env['PATH'] })
  const command = ['sh', '-c', 'sleep 3 & exit 5']

  it('is not waited for longer than itself when it writes to our own output', async () => {
    const start = performance.now()
    const result = await runner.run({ command, purpose: 'program', inheritOutput: true })
    expect(result).toMatchObject({ exitCode: 5, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) })
    expect(performance.now() - start).toBeLessThan(2500)
  })
})
