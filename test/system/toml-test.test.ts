/**
 * TOML verdicts, by the documents of toml-test (https://github.com/toml-lang/toml-test), which the Go toolchain downloads:
 * the list for TOML 1.0.0. Each document gets a first line `settings = {}`, which no verdict depends on.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkInputs } from '../../src/cli/validate/check-inputs.ts'
import { decodeSettings, decodeText } from '../../src/early-boot/decode.ts'
import { findVariant } from '../../src/variants/variant.ts'
import { runTool, temporaryDirectory } from '../support/run-tool.ts'

const MODULE = 'github.com/toml-lang/toml-test/v2@v2.2.0'
const WANTED = { valid: 205, invalid: 474 }
/** Files that one process is given. */
const BATCH = 100

/** The folder of the documents, or why there is none. */
function download(): { folder: string } | { reason: string } {
  const go = spawnSync('go', ['mod', 'download', '-json', MODULE], { encoding: 'utf8', timeout: 100_000 })
  if (go.error !== undefined) return { reason: 'the Go toolchain is not installed' }
  if (go.status !== 0) return { reason: `go mod download failed: ${go.stderr.trim().slice(0, 200)}` }
  const { Dir: folder } = JSON.parse(go.stdout) as { Dir: string }
  return existsSync(path.join(folder, 'tests')) ? { folder: path.join(folder, 'tests') } : { reason: 'it has no tests' }
}

const downloaded = download()
if ('reason' in downloaded) process.stderr.write(`toml-test: left out, ${downloaded.reason}\n`)

interface Case {
  readonly name: string
  readonly bytes: Buffer
}

function casesIn(folder: string): Case[] {
  return readFileSync(path.join(folder, 'files-toml-1.0.0'), 'utf8')
    .split('\n')
    .filter((name) => name.endsWith('.toml'))
    .map((name) => ({
      name,
      bytes: Buffer.concat([Buffer.from('settings = {}\n'), readFileSync(path.join(folder, name))]),
    }))
}

const isValid = ({ name }: Case): boolean => name.startsWith('valid/')

describe.skipIf('reason' in downloaded)('toml-test', () => {
  const cases = 'folder' in downloaded ? casesIn(downloaded.folder) : []

  it('has the documents of TOML 1.0.0', () => {
    const valid = cases.filter(isValid).length
    expect({ valid, invalid: cases.length - valid }).toEqual(WANTED)
  })

  it('gets the right verdict from validate', async () => {
    const { verdicts } = await checkInputs(
      cases.map(({ name, bytes }) => ({ file: name, bytes })),
      [findVariant('aws-k8s-1.30')],
    )
    const wrong = verdicts.filter(({ file, accepted }) => accepted !== file.startsWith('valid/'))
    expect(wrong.map(({ file, diagnostics }) => `${file}: ${diagnostics[0]?.message ?? 'accepted'}`)).toEqual([])
    // each refusal says where
    expect(verdicts.filter(({ accepted, diagnostics }) => !accepted && diagnostics[0]?.at === undefined)).toEqual([])
  })

  it('gets the right verdict from early boot', () => {
    const isTaken = ({ bytes }: Case): boolean => {
      try {
        decodeSettings(decodeText(bytes, 'u'), 'u')
        return true
      } catch {
        return false
      }
    }
    expect(cases.filter((each) => isTaken(each) !== isValid(each)).map(({ name }) => name)).toEqual([])
  })

  it('gets the same exit status and report from the command', async () => {
    const directory = temporaryDirectory()
    try {
      for (const [i, { bytes }] of cases.entries()) writeFileSync(path.join(directory.path, `${String(i)}.toml`), bytes)
      for (let start = 0; start < cases.length; start += BATCH) {
        const files = cases.slice(start, start + BATCH).map((_, i) => `${String(start + i)}.toml`)
        const args = ['validate', ...files, '--variant', 'aws-k8s-1.30', '--format', 'json']
        const { code, stdout } = await runTool('bottlerocket', args, { cwd: directory.path })
        const report = JSON.parse(stdout) as { files: { file: string; accepted: boolean }[] }
        expect(report.files.map(({ accepted }) => accepted)).toEqual(cases.slice(start, start + BATCH).map(isValid))
        expect(code).toBe(report.files.every(({ accepted }) => accepted) ? 0 : 1)
      }
    } finally {
      directory.remove()
    }
  })
})
