/** What the README shows of `bottlerocket validate` is what it prints. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { checkInputs } from '../../src/cli/validate/check-inputs.ts'
import { renderText } from '../../src/cli/validate/print.ts'
import { PLAIN } from '../../src/lib/diagnostics.ts'
import { findVariant } from '../../src/variants/variant.ts'

const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8')
const section = /\n## Checking user data\n([^]*?)\n## /.exec(readme)?.[1] ?? ''
const block = (language: string, text: string): string =>
  new RegExp(`\n\`\`\`${language}\n([^]*?)\`\`\`\n`).exec(text)?.[1] ?? ''

describe('the README', () => {
  it('shows what validate finds in its example', async () => {
    const bytes = Buffer.from(block('yaml', section))
    const outcome = await checkInputs([{ file: 'nodeclass.yaml', bytes }], [findVariant('aws-k8s-1.30')])
    expect(renderText(outcome, PLAIN, (text) => text)).toBe(block('text', section))
  })

  it('has no user data in TOML that validate has anything against', async () => {
    const blocks = [...readme.matchAll(/\n```toml\n([^]*?)```\n/g)].map(([, text = '']) => text)
    // the others are net.toml
    const documents = blocks.filter((text) => !text.startsWith('version ='))
    expect(documents.length).toBeGreaterThan(1)
    for (const text of documents) {
      const { verdicts } = await checkInputs(
        [{ file: 'README.toml', bytes: Buffer.from(text) }],
        [findVariant('aws-k8s-1.30')],
      )
      // the example shortens its certificate
      expect(
        verdicts
          .flatMap(({ diagnostics }) => diagnostics)
          .filter(({ path }) => path !== 'settings.kubernetes.cluster-certificate'),
      ).toEqual([])
    }
  })
})
