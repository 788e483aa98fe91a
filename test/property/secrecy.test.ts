/** No secret setting is told by any text, whatever is wrong with the document that it stands in. See secrecy-runs. */
import { fc } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { bottlerocket } from '../../src/cli/program.ts'
import { MemoryFs } from '../../src/host/memory-fs.ts'
import { LeakDetector } from '../support/leaks.ts'
import { faultyDocument, markedSettings, type MarkedDocument } from '../support/marked-settings.ts'
import { runToEnd, testHost } from '../support/test-host.ts'

/**
 * The same documents at each run; `SECRECY_RUNS=3000` looks at others, which is worth its time when the scanner changes.
 * Two faults at once make documents that nobody has thought of.
 */
const typedRuns = process.env['SECRECY_RUNS']
const RUNS = typedRuns === undefined ? { numRuns: 40, seed: 20261123 } : { numRuns: Number(typedRuns) }

interface Case extends MarkedDocument {
  readonly secrets: readonly string[]
}

const faulty: fc.Arbitrary<Case> = markedSettings('kubernetes').chain(({ settings, secrets }) =>
  faultyDocument(settings, 2).map((document) => ({ ...document, secrets })),
)

async function printed(argv: readonly string[], { file, text }: MarkedDocument): Promise<string> {
  const fs = new MemoryFs()
  fs.writeFile(`/${file}`, text)
  const { stdout, stderr } = await runToEnd(bottlerocket, argv, testHost({ fs }))
  return `${stdout}\n${stderr}`
}

describe('a faulty document', () => {
  it.each([
    ['validate, as text', (file: string) => ['validate', file, '--variant', 'aws-k8s-1.30']],
    ['validate, as a report', (file: string) => ['validate', file, '--variant', 'aws-k8s-1.30', '--format', 'json']],
    [
      'validate, in a workflow',
      (file: string) => ['validate', file, '--variant', 'aws-k8s-1.30', '--format', 'github'],
    ],
    ['validate, as a network', (file: string) => ['validate', '--net', file]],
    ['render', (file: string) => ['render', '--user-data', file, '--variant', 'aws-ecs-2', '--no-generators']],
  ])(
    'tells nothing to %s',
    async (_, argv) => {
      let [shown, open] = [0, 0]
      await fc.assert(
        fc.asyncProperty(faulty, async (document) => {
          const detector = new LeakDetector(document.secrets)
          const text = await printed(argv(document.file), document)
          expect(detector.find(text)).toEqual([])
          shown += 1
          if (shown % 5 > 0) return
          open += detector.find(await printed([...argv(document.file), '--show-secrets'], document)).length
        }),
        RUNS,
      )
      // the same could have been told
      if (argv('x').length === 4) expect(open).toBeGreaterThan(0)
    },
    60_000 + RUNS.numRuns * 60,
  )
})
