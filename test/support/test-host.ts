import { directChannel } from '../../src/host/direct-channel.ts'
import { MemoryFs } from '../../src/host/memory-fs.ts'
import { processLocks } from '../../src/host/process-locks.ts'
import { systemClock, systemEntropy } from '../../src/host/node-ports.ts'
import { startFailure } from '../../src/host/spawn-runner.ts'
import type { ExitCode } from '../../src/lib/exit-codes.ts'
import type { Host, HostEvent, ProcessRunner, Program, ProgramIo, RunRequest, RunResult } from '../../src/lib/ports.ts'
import { runProgram } from '../../src/lib/program.ts'
import { encodeUtf8 } from '../../src/lib/utf8.ts'

/** How a scripted command ends: an exit code, or more. */
export interface Ending {
  readonly exitCode?: number
  readonly signal?: string
  readonly startError?: string
  readonly stdout?: string
  readonly stderr?: string
}

export interface ScriptedRunner extends ProcessRunner {
  /** Everything that was asked for, in order. */
  readonly requests: RunRequest[]
}

/** A runner that starts nothing: `script` says how each command ends; by default it succeeds. */
export function scriptedRunner(script: (request: RunRequest) => Ending | undefined = () => undefined): ScriptedRunner {
  const requests: RunRequest[] = []
  return {
    requests,
    run: (request) => {
      requests.push(request)
      const { exitCode, signal, startError, stdout = '', stderr = '' } = script(request) ?? {}
      const ended = signal === undefined && startError === undefined
      const result: RunResult = {
        ...startFailure(request.command, ''),
        startError,
        signal,
        exitCode: ended ? (exitCode ?? 0) : undefined,
        stdout: encodeUtf8(stdout),
        stderr: encodeUtf8(stderr),
      }
      return Promise.resolve(result)
    },
    runDetached: (request) => {
      requests.push(request)
      return Promise.resolve()
    },
  }
}

export interface TestHost extends Host {
  readonly emitted: HostEvent[]
}

/** A host of ports that touch nothing, with the given ones in their place. */
export function testHost(ports: Partial<Host> = {}): TestHost {
  const emitted: HostEvent[] = []
  const { fs = new MemoryFs() } = ports
  return {
    fs,
    locks: processLocks(fs),
    runner: scriptedRunner(),
    http: { request: () => Promise.reject(new Error('no network in this test')) },
    ...directChannel(),
    clock: systemClock,
    entropy: systemEntropy,
    facts: {
      cpus: () => 2,
      arch: () => 'x86_64',
      memoryBytes: () => 2 ** 32,
      pciDevices: () => Promise.resolve([]),
    },
    resolver: { lookup: () => Promise.resolve([]), reverse: () => Promise.resolve(undefined) },
    events: { emit: (event) => emitted.push(event) },
    imdsUrl: 'http://metadata.invalid',
    ...ports,
    emitted,
  }
}

export interface ProgramRun {
  readonly code: ExitCode
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end and collects what it printed. */
export async function runToEnd(
  program: Program,
  argv: readonly string[],
  host: Host,
  io: Partial<ProgramIo> & { readonly stdin?: string | Uint8Array } = {},
): Promise<ProgramRun> {
  let stdout = ''
  let stderr = ''
  const { stdin = '', ...rest } = io
  const code = await runProgram(
    program,
    argv,
    {
      readStdin: () => Promise.resolve(typeof stdin === 'string' ? encodeUtf8(stdin) : stdin),
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: (text) => (stderr += text) },
      env: {},
      cwd: '/',
      signal: new AbortController().signal,
      ...rest,
    },
    host,
  )
  return { code, stdout, stderr }
}
