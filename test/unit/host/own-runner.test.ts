import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { scriptPrograms } from '../../../src/host/own-programs.ts'
import { ownProgramRunner } from '../../../src/host/own-runner.ts'
import { SpawnRunner } from '../../../src/host/spawn-runner.ts'
import type { HostEvent, ProcessRunner, Program, RunRequest } from '../../../src/lib/ports.ts'
import { testHost } from '../../support/test-host.ts'

const work = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'own-')))
afterAll(() => {
  rmSync(work, { recursive: true, force: true })
})
const dist = path.join(work, 'dist')
const bin = path.join(work, 'bin')
const other = path.join(work, 'other')
for (const directory of [dist, bin, other]) mkdirSync(directory)

function script(file: string, text: string, mode = 0o755): string {
  writeFileSync(file, `#!/bin/sh\n${text}\n`)
  chmodSync(file, mode)
  return file
}
script(path.join(dist, 'greeter.js'), 'echo process')
script(path.join(dist, 'asker.js'), 'echo process')
script(path.join(dist, 'unlisted.js'), 'echo process')
script(path.join(dist, 'plain'), 'echo process')
symlinkSync(path.join(dist, 'greeter.js'), path.join(bin, 'greeter'))
symlinkSync('../dist/asker.js', path.join(bin, '40-link'))
symlinkSync(path.join(dist, 'unlisted.js'), path.join(bin, 'unlisted'))
script(path.join(other, 'greeter'), 'echo somebody else')
script(path.join(other, 'greeter.js'), 'echo somebody else')
script(path.join(other, 'not-executable'), 'echo', 0o644)

const greeter: Program = {
  name: 'greeter',
  run(argv, io, host) {
    io.stdout.write(`call ${argv.join(' ')} ${io.env['EXTRA'] ?? ''}\n`)
    io.stderr.write('to people\n')
    host.events.emit({ kind: 'notice', program: 'greeter', text: 'hello' })
    return Promise.resolve(0)
  },
}
/** Runs another program of ours. */
const asker: Program = {
  name: 'asker',
  async run(_argv, io, host) {
    const { stdout } = await host.runner.run({ command: ['greeter', 'below'], purpose: 'program' })
    io.stdout.write(Buffer.from(stdout).toString())
    return 0
  },
}
const broken: Program = { name: 'plain', run: () => Promise.reject(new Error('must not be run')) }

const env = { PATH: `${work}/nowhere:${bin}:/usr/bin:/bin` }
function set(): { runner: ProcessRunner; emitted: HostEvent[] } {
  const host = testHost()
  const runner = ownProgramRunner({
    programs: new Map([
      ['greeter', () => Promise.resolve(greeter)],
      ['asker', () => Promise.resolve(asker)],
      ['plain', () => Promise.resolve(broken)],
    ]),
    own: scriptPrograms(process.execPath, path.join(dist, 'asker.js')),
    spawner: new SpawnRunner(env),
    env,
    host: () => host,
  })
  return { runner, emitted: host.emitted }
}
async function run(
  request: Pick<RunRequest, 'command'> & Partial<RunRequest>,
): Promise<{ text: string; code: number | undefined; start: string | undefined }> {
  const { stdout, exitCode, startError } = await set().runner.run({ purpose: 'program', ...request })
  return { text: Buffer.from(stdout).toString(), code: exitCode, start: startError }
}

describe('a command', () => {
  it.each([
    ['of ours, found in PATH', ['greeter', 'a', 'b']],
    ['of ours, by its path', [path.join(dist, 'greeter.js'), 'a', 'b']],
    ['of ours, by a link', [path.join(bin, 'greeter'), 'a', 'b']],
  ])('%s, is a call', async (_name, command) => {
    expect(await run({ command })).toEqual({ text: 'call a b \n', code: 0, start: undefined })
  })

  it.each([
    [
      'that somebody put before ours in PATH',
      { command: ['greeter'], env: { PATH: `${other}:${bin}` } },
      'somebody else',
    ],
    ['of the same file name elsewhere', { command: [path.join(other, 'greeter.js')] }, 'somebody else'],
    ['of ours that is not in the table', { command: ['unlisted'] }, 'process'],
    ['beside ours that has the name of one', { command: [path.join(dist, 'plain')] }, 'process'],
    ['of the machine', { command: ['echo', 'machine'] }, 'machine'],
  ])('%s, is a process', async (_name, request, text) => {
    expect((await run(request)).text).toBe(`${text}\n`)
  })

  it.each([[['no-such-program']], [[path.join(work, 'none')]], [[path.join(other, 'not-executable')]], [[]], [['']]])(
    '%j cannot be started',
    async (command) => {
      const { code, start } = await run({ command })
      expect(code).toBeUndefined()
      expect(start).toMatch(/ENOENT|EACCES|empty/)
    },
  )

  it('as a call gets its environment, and tells its lines and events', async () => {
    const { runner, emitted } = set()
    const lines: string[] = []
    const result = await runner.run({
      command: ['greeter'],
      purpose: 'program',
      env: { EXTRA: 'extra' },
      onStderrLine: (line) => lines.push(line),
    })
    expect(Buffer.from(result.stdout).toString()).toBe('call  extra\n')
    expect(lines).toEqual(['to people'])
    expect(emitted).toHaveLength(1)
    const asked: HostEvent[] = []
    await runner.run({ command: ['greeter'], purpose: 'program', onEvent: (event) => asked.push(event) })
    expect(emitted).toHaveLength(1)
    expect(asked).toHaveLength(1)
  })

  it('as a call runs others of ours as calls too, whose events go the same way', async () => {
    const { runner } = set()
    const asked: HostEvent[] = []
    const { stdout } = await runner.run({
      command: [path.join(bin, '40-link')],
      purpose: 'program',
      onEvent: (event) => asked.push(event),
    })
    expect(Buffer.from(stdout).toString()).toBe('call below \n')
    expect(asked).toEqual([{ kind: 'notice', program: 'greeter', text: 'hello' }])
  })
})
