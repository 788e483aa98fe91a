import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfinedRunner, type ConfinedRunnerOptions } from '../../../src/host/confined-runner.ts'
import { RootedFs } from '../../../src/host/rooted-fs.ts'
import { SpawnRunner } from '../../../src/host/spawn-runner.ts'
import { PipelineError } from '../../../src/lib/errors.ts'
import type { Host, Program, RunResult } from '../../../src/lib/ports.ts'
import { decodeUtf8 } from '../../../src/lib/utf8.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'cr-'))
})
afterEach(() => {
  rmSync(root, { recursive: true, force: true })
})

const echo: Program = {
  name: 'echo-program',
  run: async (argv, io) => {
    io.stdout.write(`${argv.join(',')}|${io.env['EXTRA'] ?? ''}|${decodeUtf8(await io.readStdin())}`)
    io.stderr.write('one\ntwo')
    return 3
  },
}
const failing: Program = {
  name: 'failing',
  run: () => Promise.reject(new PipelineError('USAGE', 'no', { exit: 2, hint: 'yes' })),
}
const hanging: Program = { name: 'hanging', run: () => new Promise(() => undefined) }

function runner(more: Partial<ConfinedRunnerOptions> = {}): ConfinedRunner {
  const programs = new Map([echo, failing, hanging].map((program) => [program.name, () => Promise.resolve(program)]))
  const host = { fs: new RootedFs(root) } as unknown as Host
  const options = { programs, spawner: new SpawnRunner({ PATH: '/usr/bin:/bin' }), env: {}, host: () => host }
  return new ConfinedRunner({ ...options, signal: new AbortController().signal, ...more })
}
const out = (result: RunResult): string => decodeUtf8(result.stdout)

function script(target: string, text: string): void {
  const full = path.join(root, target)
  mkdirSync(path.dirname(full), { recursive: true })
  writeFileSync(full, `#!/bin/sh\n${text}\n`)
  chmodSync(full, 0o755)
}

describe('a program of our own', () => {
  it('is called in this process with arguments, environment and input of its own', async () => {
    const lines: string[] = []
    const result = await runner().run({
      command: ['/usr/bin/echo-program', 'a', 'b c'],
      purpose: 'program',
      env: { EXTRA: 'e' },
      stdin: 'in',
      onStderrLine: (line) => lines.push(line),
    })
    expect(result).toMatchObject({ exitCode: 3, recorded: false, startError: undefined })
    expect(out(result)).toBe('a,b c|e|in')
    expect(decodeUtf8(result.stderr)).toBe('one\ntwo')
    expect(lines[0]).toBe('one')
  })

  it('fails with its own exit status, its text, and the error itself for whoever asks', async () => {
    const errors: unknown[] = []
    const result = await runner({ onFailure: (_name, error) => errors.push(error) }).run({
      command: ['failing'],
      purpose: 'program',
    })
    expect(result.exitCode).toBe(2)
    expect(decodeUtf8(result.stderr)).toBe('failing: error[USAGE] no\n    hint: yes\n')
    expect(errors).toHaveLength(1)
  })

  it('is given up after its time', async () => {
    const result = await runner().run({ command: ['hanging'], purpose: 'program', timeoutMs: 20 })
    expect(result).toMatchObject({ exitCode: undefined, timedOut: true })
  })

  it('is found through links of the root', async () => {
    mkdirSync(path.join(root, 'bin'))
    symlinkSync('/usr/libexec/echo-program', path.join(root, 'bin/10-first'))
    expect((await runner().run({ command: ['/bin/10-first'], purpose: 'program' })).exitCode).toBe(3)
  })

  it('goes on by itself when it is started detached, until settled', async () => {
    const confined = runner({ programs: new Map([['late', () => Promise.resolve(late)]]) })
    let done = false
    const late: Program = {
      name: 'late',
      run: async () => {
        await new Promise((resolve) => setTimeout(resolve, 20))
        done = true
        return 0
      },
    }
    await confined.runDetached({ command: ['/usr/bin/late'], purpose: 'program' })
    expect(done).toBe(false)
    await confined.settled()
    expect(done).toBe(true)
  })
})

describe('other commands', () => {
  it.each(['restart', 'action', 'reload'] as const)('are noted, not run, if they are a %s', async (purpose) => {
    script('/usr/bin/systemctl', 'touch "$0.ran"')
    const result = await runner().run({ command: ['/usr/bin/systemctl', 'restart', 'x'], purpose })
    expect(result).toMatchObject({ recorded: true, exitCode: 0 })
    expect(new RootedFs(root).stat('/usr/bin/systemctl.ran')).toBeUndefined()
  })

  it('are run if they lie under the root, and restarts too when that is wanted', async () => {
    script('/usr/bin/tool', 'echo "ran $1"; exit 4')
    const wanted = await runner().run({ command: ['/usr/bin/tool', 'x'], purpose: 'program' })
    expect(wanted.exitCode).toBe(4)
    expect(out(wanted)).toBe('ran x\n')
    const restarted = await runner({ runCommands: true }).run({ command: ['/usr/bin/tool'], purpose: 'restart' })
    expect(restarted).toMatchObject({ recorded: false, exitCode: 4 })
  })

  it('are found through links of directories, which stay inside the root', async () => {
    script('/opt/tools/tool', 'echo inside')
    mkdirSync(path.join(root, 'usr'))
    symlinkSync('/opt/tools', path.join(root, 'usr/bin'))
    expect(out(await runner().run({ command: ['/usr/bin/tool'], purpose: 'program' }))).toBe('inside\n')
    symlinkSync('/bin', path.join(root, 'sbin'))
    const host = await runner().run({ command: ['/sbin/sh', '-c', 'echo host'], purpose: 'program' })
    expect(host.startError).toBe('no such program under the root')
  })

  it('are found by name where a host looks for them, and only there', async () => {
    script('/opt/named', 'echo no')
    expect((await runner().run({ command: ['named'], purpose: 'program' })).startError).toBe(
      'no such program under the root',
    )
    script('/usr/bin/named', 'echo bin')
    expect(out(await runner().run({ command: ['named'], purpose: 'program' }))).toBe('bin\n')
    script('/usr/local/bin/named', 'echo local')
    expect(out(await runner().run({ command: ['named'], purpose: 'program' }))).toBe('local\n')
    script('/usr/bin/echo-program', 'echo mine')
    expect(out(await runner().run({ command: ['echo-program'], purpose: 'program' }))).toBe('mine\n')
  })

  it('may be the one executable, which is told whose link led to it', async () => {
    script('/usr/lib/package/bottlerocket', 'echo "$@"')
    mkdirSync(path.join(root, '/usr/bin'), { recursive: true })
    mkdirSync(path.join(root, '/usr/libexec'), { recursive: true })
    symlinkSync('../lib/package/bottlerocket', path.join(root, '/usr/bin/netdog'))
    symlinkSync('/usr/bin/netdog', path.join(root, '/usr/libexec/10-network'))
    for (const name of ['/usr/bin/netdog', '/usr/libexec/10-network', 'netdog']) {
      expect(out(await runner().run({ command: [name, 'node-ip'], purpose: 'program' }))).toBe('netdog node-ip\n')
    }
    const itself = await runner().run({ command: ['/usr/lib/package/bottlerocket', 'boot'], purpose: 'program' })
    expect(out(itself)).toBe('boot\n')
  })

  it('go before a program of ours of the same name, if somebody put them there', async () => {
    script('/usr/bin/echo-program', 'echo own')
    expect(out(await runner().run({ command: ['/usr/bin/echo-program'], purpose: 'program' }))).toBe('own\n')
  })

  it.each([['true'], ['/bin/true'], ['/usr/bin/env'], ['../../../bin/true'], ['']])(
    'are never taken from this machine: %j',
    async (command) => {
      const result = await runner({ runCommands: true }).run({ command: [command], purpose: 'restart' })
      expect(result.exitCode).toBeUndefined()
      expect(result.startError).toMatch(/no such program|empty command/)
    },
  )

  it('are not reached through a link out of the root', async () => {
    mkdirSync(path.join(root, 'usr'))
    symlinkSync('/bin', path.join(root, 'usr/bin'))
    symlinkSync('/bin/true', path.join(root, 'usr/true'))
    for (const command of ['/usr/bin/true', '/usr/true']) {
      const result = await runner({ runCommands: true }).run({ command: [command], purpose: 'restart' })
      expect(result.exitCode).toBeUndefined()
    }
  })

  it('may be programs of ours that run as processes', async () => {
    const own = (name: string): string[] | undefined =>
      name === 'bork' ? [process.execPath, '-e', 'console.log(process.argv[1])'] : undefined
    const result = await runner({ ownCommand: own }).run({ command: ['bork', 'seed'], purpose: 'program' })
    expect(out(result)).toBe('seed\n')
  })
})
