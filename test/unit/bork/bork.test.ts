import { expect, test } from 'vitest'
import { bork } from '../../../src/bork/program.ts'
import { runTool, testHost } from '../../support/apply-host.ts'

test('prints a number from 0 to 2047, whatever the arguments', async () => {
  const asked: number[] = []
  const host = { ...testHost(), entropy: { integer: (max: number) => (asked.push(max), 17), alphanumeric: () => '' } }
  expect(await runTool(bork, ['seed', '--help'], host)).toEqual({ exitCode: 0, stdout: '17\n', stderr: '' })
  expect(asked).toEqual([2047])
})
