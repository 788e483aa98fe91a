/** The reference page of settings is the one that the catalogue gives. `npm run docs:settings` writes it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { settingsPage } from '../support/settings-page.ts'

const FILE = fileURLToPath(new URL('../../src/variants/SETTINGS.md', import.meta.url))

it('is current', () => {
  const page = settingsPage()
  const isUpdate = process.env['UPDATE_GOLDEN'] === '1'
  if (isUpdate) writeFileSync(FILE, page)
  const written = existsSync(FILE) ? readFileSync(FILE, 'utf8') : ''
  expect(written === page, 'run npm run docs:settings').toBe(true)
})
