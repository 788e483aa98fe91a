/** Completion in interactive shells, as somebody at a terminal has it: bash and zsh, each on a pseudo-terminal. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTool, stopTool, temporaryDirectory, toolCommand, waitForOutput } from '../support/run-tool.ts'

const directory = temporaryDirectory()
const root = path.join(directory.path, 'r')
const socket = path.join(root, 'run/api.sock')
const bin = path.join(directory.path, 'bin')
let server: ChildProcess

beforeAll(async () => {
  server = startTool('bottlerocket', ['start', '--serve', '--root', root])
  await waitForOutput(server, /The API is up/)
  mkdirSync(bin)
  const script = `#!/bin/sh\nexec ${toolCommand('apiclient').join(' ')} "$@"\n`
  writeFileSync(path.join(bin, 'apiclient'), script, { mode: 0o755 })
})
afterAll(async () => {
  await stopTool(server)
  directory.remove()
})

const SHELLS = {
  bash: ['bash --norc --noprofile -i', 'source <(apiclient completion bash)'],
  zsh: ['zsh -f -i', 'autoload -Uz compinit; compinit -u -D; source <(apiclient completion zsh)'],
} as const

/** A shell on a pseudo-terminal, which script(1) makes. */
class Terminal {
  private readonly child: ChildProcess
  private shown = ''

  constructor(command: string) {
    this.child = spawn('script', ['-qec', command, '/dev/null'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { PATH: `${bin}:${process.env['PATH'] ?? ''}`, TERM: 'dumb', HOME: directory.path },
    })
    this.child.stdout?.on('data', (chunk: Buffer) => (this.shown += chunk.toString()))
  }

  /** Types keys and waits until what is shown from then on matches. */
  async type(keys: string, wanted: RegExp): Promise<RegExpExecArray> {
    this.shown = ''
    this.child.stdin?.write(keys)
    for (let i = 0; i < 400; i++) {
      // without what only moves the cursor
      const match = wanted.exec(this.shown.replaceAll(/\u001b\[[\d;?]*[A-Za-z]|[\b\r\u0007]/g, ''))
      if (match !== null) return match
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    throw new Error(`nothing matched ${String(wanted)} in ${JSON.stringify(this.shown)}`)
  }

  end(): void {
    this.child.kill()
  }
}

describe.each(['bash', 'zsh'] as const)('%s', (shell) => {
  const client = `apiclient -s ${socket}`
  let terminal: Terminal
  beforeEach(async () => {
    const [command, setup] = SHELLS[shell]
    terminal = new Terminal(command)
    // the prompt is put together by the shell, so that the echo of these keys is not taken for it
    await terminal.type(`PS1='rea''dy> '\n`, /ready> $/)
    await terminal.type(`${setup}; PS1='set''up> '\n`, /setup> $/)
  })
  afterEach(() => {
    terminal.end()
  })

  /** What stands on the command line after some keys: the line is printed as text, with a bar where it ends. */
  async function lineAfter(keys: string): Promise<string | undefined> {
    const [toStart, toEnd] = ['\u0001', '\u0005']
    const [, line] = await terminal.type(`${keys}${toStart}printf '<%s>\\n' '${toEnd}|'\n`, /\n<(.*)\|>/)
    return line
  }

  it('completes subcommands', async () => {
    expect((await lineAfter('apiclient comp\t'))?.trimEnd()).toBe('apiclient completion')
  })

  it('completes settings of the model, part by part, and goes on without a space', async () => {
    const option = `${client} set kubernetes.cpu-manager-policy-options=`
    expect(await lineAfter(`${client} set kubernetes.cpu-manager-policy-o\t`)).toBe(option)
    expect(await lineAfter(`${client} set kubern\t`)).toBe(`${client} set kubernetes.`)
  })

  it('completes words that a setting can be', async () => {
    const line = await lineAfter(`${client} set kubernetes.cpu-manager-policy=s\t`)
    expect(line?.trimEnd()).toBe(`${client} set kubernetes.cpu-manager-policy=static`)
  })

  it('lists what there is', async () => {
    await terminal.type(`${client} set motd=x kubernetes.cpu-manager-policy=\t\t`, /none\s+(?:\S*=)?static/)
  })
})
