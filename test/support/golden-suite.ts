/** The tests of one golden case, in a file of its own so that cases run side by side. */
import { beforeAll, describe, expect, it } from 'vitest'
import type { RenderResult } from '../../src/cli/render.ts'
import {
  goldenFiles,
  readGolden,
  readTable,
  renderGolden,
  storedFiles,
  variantsOfCase,
  writeGoldens,
} from './golden.ts'

const update = process.env['UPDATE_GOLDEN'] === '1'

export function goldenSuite(name: string): void {
  const variants = variantsOfCase(name)
  const results = new Map<string, RenderResult>()
  const files = (variant: string): ReadonlyMap<string, string> => goldenFiles(results.get(variant) as RenderResult)

  describe(`golden files, ${name}`, () => {
    beforeAll(async () => {
      for (const variant of variants) results.set(variant, await renderGolden(name, variant))
      if (update) writeGoldens(name, new Map(variants.map((variant) => [variant, files(variant)])))
    }, 60_000)

    it.each(variants)('%s accepts the user data', (variant) => {
      const { accepted, diagnostics } = results.get(variant) as RenderResult
      expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
      expect(accepted).toBe(true)
    })

    it.each(variants)('%s writes exactly these files', (variant) => {
      const expected = Object.entries(readTable(name)).flatMap(([file, owners]) =>
        Object.values(owners).some((sharing) => sharing.includes(variant)) ? [file] : [],
      )
      expect([...files(variant).keys()].sort()).toEqual(expected.sort())
    })

    it.each(variants)('%s writes these bytes, and has these modes, gaps and commands', (variant) => {
      const table = readTable(name)
      for (const [file, content] of files(variant)) {
        const owners = Object.entries(table[file] ?? {}).filter(([, sharing]) => sharing.includes(variant))
        expect(owners, file).toHaveLength(1)
        expect(content, file).toBe(readGolden(name, owners[0]?.[0] ?? '', file))
      }
    })

    it('stores each file once, and none that no variant has', () => {
      const table = Object.entries(readTable(name))
      const wanted = table.flatMap(([file, owners]) => Object.keys(owners).map((owner) => `${owner}/${file}`))
      expect([...storedFiles(name)].sort()).toEqual(wanted.sort())
      for (const [file, owners] of table) {
        const contents = Object.keys(owners).map((owner) => readGolden(name, owner, file))
        expect(new Set(contents).size, file).toBe(contents.length)
      }
    })
  })
}
