import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { nodeHost } from '../../../src/host/node-host.ts'
import { netdog } from '../../../src/netdog/program.ts'
import { runTool } from '../../support/apply-host.ts'

let root = ''

beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'nd-'))
  mkdirSync(path.join(root, 'var/lib/netdog'), { recursive: true })
  mkdirSync(path.join(root, 'usr/libexec/hostname-detectors'), { recursive: true })
  writeFileSync(path.join(root, 'var/lib/netdog/current_ip'), 'FD00:0::5')
})

afterEach(() => {
  rmSync(root, { recursive: true, force: true })
})

function detector(name: string, script: string): void {
  const file = path.join(root, 'usr/libexec/hostname-detectors', name)
  writeFileSync(file, `#!/bin/sh\n${script}\n`)
  chmodSync(file, 0o755)
}

const generate = (): ReturnType<typeof runTool> =>
  runTool(netdog, ['generate-hostname'], nodeHost({ ...process.env, BOTTLEROCKET_ROOT: root }))

test('real detectors under a root are asked, the highest first', async () => {
  detector('10-answers', 'echo " $2.example "')
  detector('20-fails', 'echo unused; exit 1')
  expect(await generate()).toMatchObject({ exitCode: 0, stdout: '"fd00::5.example"\n' })
})

test('nothing outside the root is run', async () => {
  detector('10-answers', 'echo inside')
  symlinkSync('/bin/echo', path.join(root, 'usr/libexec/hostname-detectors/20-outside'))
  expect(await generate()).toMatchObject({ exitCode: 0, stdout: '"inside"\n' })
})

test('what cannot be run is passed over', async () => {
  writeFileSync(path.join(root, 'usr/libexec/hostname-detectors/20-no-mode'), 'text')
  mkdirSync(path.join(root, 'usr/libexec/hostname-detectors/30-directory'))
  expect(await generate()).toMatchObject({ exitCode: 0, stdout: '"fd00--5"\n' })
})
