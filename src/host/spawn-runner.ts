import type { ChildProcess, ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { messageOf, systemCode } from '../lib/errors.ts'
import { decodeEvent, EVENTS_VARIABLE } from '../lib/events.ts'
import { lineSplitter } from '../lib/lines.ts'
import type { ProcessRunner, RunRequest, RunResult } from '../lib/ports.ts'

/** The descriptor that children of ours write their events to. */
const CHILD_EVENTS = 3

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
  events?: string,
): Record<string, string> {
  const all: Record<string, string | undefined> = { ...base, ...added, [EVENTS_VARIABLE]: events }
  return Object.fromEntries(Object.entries(all).filter((item): item is [string, string] => item[1] !== undefined))
}

/** Why a command could not be started, always with the system's code. */
function startReason(program: string, error: unknown): string {
  const [message, code] = [messageOf(error), systemCode(error) ?? '']
  return message.includes(code) ? message : `spawn ${program} ${code}`
}

/**
 * Takes a child's events, which come as lines. Resolves at their end.
 *
 * @param stream nothing for a command that could not be started
 */
async function readEvents(
  stream: ChildProcess['stdio'][number],
  onEvent: NonNullable<RunRequest['onEvent']>,
): Promise<void> {
  if (stream === null || stream === undefined) return
  const decoder = new TextDecoder()
  const lines = lineSplitter((line) => {
    const event = decodeEvent(line)
    if (event !== undefined) onEvent(event)
  })
  // a child that is killed may reset its end
  stream.on('error', () => undefined)
  stream.on('data', (chunk: Buffer) => {
    lines.push(decoder.decode(chunk, { stream: true }))
  })
  await new Promise((resolve) => stream.on('close', resolve))
}

/** Most programs start no child, and the module takes as long to load as the rest of the host. */
const loadSpawn = async (): Promise<typeof spawn> => (await import('node:child_process')).spawn

/** Runs commands as child processes, without a shell. */
export class SpawnRunner implements ProcessRunner {
  private readonly env: Readonly<Record<string, string | undefined>>
  private readonly events: number | undefined

  /**
   * @param env the environment that children inherit
   * @param events the open descriptor that this process's own events go to, if they go anywhere
   */
  constructor(env: Readonly<Record<string, string | undefined>>, events?: number) {
    this.env = env
    this.events = events
  }

  /** Where a child's events go: to the caller, to where this process's own go, or nowhere. */
  private eventStream({ onEvent }: RunRequest): ('pipe' | number)[] {
    if (onEvent !== undefined) return ['pipe']
    return this.events === undefined ? [] : [this.events]
  }

  async run(request: RunRequest): Promise<RunResult> {
    const { command, timeoutMs } = request
    const [program, ...args] = command
    if (program === undefined || program === '') return startFailure(command, 'empty command')
    const start = await loadSpawn()
    return new Promise((resolve) => {
      const events = this.eventStream(request)
      const output = request.inheritOutput === true ? 'inherit' : 'pipe'
      const child = start(program, args, {
        env: environment(this.env, request.env, events.length > 0 ? String(CHILD_EVENTS) : undefined),
        stdio: ['pipe', output, output, ...events],
        ...(request.signal === undefined ? {} : { signal: request.signal }),
      }) as ChildProcessByStdio<Writable, Readable | null, Readable | null>
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
              // whatever it has started may hold these open for long
              for (const stream of child.stdio) stream?.destroy()
            }, timeoutMs)
      const { onEvent } = request
      const eventsRead = onEvent && readEvents((child as ChildProcess).stdio[CHILD_EVENTS], onEvent)
      child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk))
      child.stderr?.on('data', (chunk: Buffer) => {
        stderr.push(chunk)
        lines.push(decoder.decode(chunk, { stream: true }))
      })
      // a child that does not read its input closes the pipe early; that is its right
      child.stdin.on('error', () => undefined)
      child.stdin.end(request.stdin ?? '')
      child.on('error', (error) => {
        if (child.pid !== undefined) return
        clearTimeout(timer)
        resolve(startFailure(command, startReason(program, error)))
      })
      child.on('close', (exitCode, signal) => {
        const ended = (): void => {
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
        }
        // Bun's `close` does not wait for descriptors above 2
        if (eventsRead === undefined) ended()
        else void eventsRead.then(ended)
      })
    })
  }

  async runDetached(request: RunRequest): Promise<void> {
    const [program = '', ...args] = request.command
    const start = await loadSpawn()
    return new Promise((resolve, reject) => {
      const child = start(program, args, {
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
