/** `npm start` works for every variant: the user data that it takes by default is right for each. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { exampleUserData } from '../../src/cli/commands/start.ts'
import { checkInputs } from '../../src/cli/validate/check-inputs.ts'
import { findVariant, listVariants } from '../../src/variants/variant.ts'

it.each(listVariants().map((name) => [name]))('%s has an example that validate has nothing against', async (name) => {
  const variant = findVariant(name)
  const file = exampleUserData(variant)
  const input = { file: path.basename(file), bytes: readFileSync(file) }
  const { verdicts } = await checkInputs([input], [variant])
  expect(verdicts.map(({ accepted, diagnostics }) => ({ accepted, diagnostics }))).toEqual([
    { accepted: true, diagnostics: [] },
  ])
})
