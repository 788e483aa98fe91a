/**
 * The bytes of every file that a network configuration gives, in both flavours. A case is a directory below `network/`
 * with `net.toml` or `cmdline`, and the files below `networkd/` and `wicked/` at their absolute paths.
 * `npm run golden:update` writes the results down again; read the difference as you would read code.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { FLAVOURS } from '../../src/netdog/flavour.ts'
import { generatedFiles } from '../support/network-files.ts'

const update = process.env['UPDATE_GOLDEN'] === '1'
const root = path.join(import.meta.dirname, 'network')
const cases = readdirSync(root).flatMap((name) => FLAVOURS.map((flavour) => [name, flavour] as const))

function recorded(directory: string): Record<string, string> {
  if (!existsSync(directory)) return {}
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = files.map((entry) => path.join(entry.parentPath, entry.name)).sort()
  return Object.fromEntries(paths.map((file) => [`/${path.relative(directory, file)}`, readFileSync(file, 'utf8')]))
}

test.each(cases)('%s for %s', async (name, flavour) => {
  const directory = path.join(root, name)
  const source = ['net.toml', 'cmdline'].find((file) => existsSync(path.join(directory, file))) as string
  const text = readFileSync(path.join(directory, source), 'utf8')
  const { exitCode, stdout, stderr, files } = await generatedFiles(source === 'cmdline' ? { cmdline: text } : { netToml: text }, flavour)
  expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  const expected = path.join(directory, flavour)
  if (update) {
    rmSync(expected, { recursive: true, force: true })
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(expected, file)), { recursive: true })
      writeFileSync(path.join(expected, file), content)
    }
  }
  expect(files).toEqual(recorded(expected))
})
