import { spawn } from 'node:child_process'
import { messageOf } from '../lib/errors.ts'
import { lineSplitter } from '../lib/lines.ts'
import type { ProcessRunner, RunRequest, RunResult } from '../lib/ports.ts'

/** The result of a command that could not be started. */
export function startFailure(command: readonly string[], reason: string): RunResult {
  const none = new Uint8Array()
  return {
    command,
    exitCode: undefined,
    signal: undefined,
    timedOut: false,
    startError: reason,
    recorded: false,
    stdout: none,
    stderr: none,
  }
}

function environment(
  base: Readonly<Record<string, string | undefined>>,
  added: RunRequest['env'],
): Record<string, string> {
  const all: Record<string, string | undefined> = { ...base, ...added }
  return Object.fromEntries(Object.entries(all).filter((item): item is [string, string] => item[1] !== undefined))
}

/** Runs commands as child processes, without a shell. */
export class SpawnRunner implements ProcessRunner {
  private readonly env: Readonly<Record<string, string | undefined>>

  /** @param env the environment that children inherit */
  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.env = env
  }

  run(request: RunRequest): Promise<RunResult> {
    const { command, timeoutMs } = request
    const [program, ...args] = command
    if (program === undefined || program === '') return Promise.resolve(startFailure(command, 'empty command'))
    return new Promise((resolve) => {
      const child = spawn(program, args, {
        env: environment(this.env, request.env),
        stdio: ['pipe', 'pipe', 'pipe'],
        ...(request.signal === undefined ? {} : { signal: request.signal }),
      })
      const stdout: Buffer[] = []
      const stderr: Buffer[] = []
      const decoder = new TextDecoder()
      const lines = lineSplitter(request.onStderrLine ?? (() => undefined))
      let timedOut = false
      const timer =
        timeoutMs === undefined
          ? undefined
          : setTimeout(() => {
              timedOut = true
              child.kill('SIGKILL')
            }, timeoutMs)
      child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
      child.stderr.on('data', (chunk: Buffer) => {
        stderr.push(chunk)
        lines.push(decoder.decode(chunk, { stream: true }))
      })
      // a child that does not read its input closes the pipe early; that is its right
      child.stdin.on('error', () => undefined)
      child.stdin.end(request.stdin ?? '')
      child.on('error', (error) => {
        if (child.pid !== undefined) return
        clearTimeout(timer)
        resolve(startFailure(command, messageOf(error)))
      })
      child.on('close', (exitCode, signal) => {
        clearTimeout(timer)
        lines.end()
        resolve({
          command,
          exitCode: exitCode ?? undefined,
          signal: signal ?? undefined,
          timedOut,
          startError: undefined,
          recorded: false,
          stdout: Buffer.concat(stdout),
          stderr: Buffer.concat(stderr),
        })
      })
    })
  }

  runDetached(request: RunRequest): Promise<void> {
    const [program = '', ...args] = request.command
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, {
        env: environment(this.env, request.env),
        stdio: ['pipe', 'inherit', 'inherit'],
        detached: true,
      })
      child.on('error', reject)
      child.on('spawn', () => {
        child.stdin.on('error', () => undefined)
        child.stdin.end(request.stdin ?? '', () => {
          child.unref()
          resolve()
        })
      })
    })
  }
}
