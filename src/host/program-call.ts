/** Programs as calls in this process, in place of child processes. */
import { EXIT_FAILURE, type ExitCode } from '../lib/exit-codes.ts'
import { messageOf } from '../lib/errors.ts'
import { lineSplitter } from '../lib/lines.ts'
import { linkSignals } from '../lib/linked-signal.ts'
import type { Host, Program, ProgramIo, RunRequest, RunResult } from '../lib/ports.ts'
import { runProgram } from '../lib/program.ts'
import { encodeUtf8 } from '../lib/utf8.ts'

/** Loads a program by its name, or undefined if there is none of that name. */
export type ProgramTable = ReadonlyMap<string, () => Promise<Program>>

export interface CallSurroundings {
  /** The environment that programs inherit. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  /** What the program is given. */
  readonly host: Host
  /** Gets whatever the program threw, beside the text on its standard error. */
  readonly onFailure?: (program: string, error: unknown) => void
}

interface Capture {
  readonly io: ProgramIo
  stdout: string
  stderr: string
}

function captureOf(request: RunRequest, env: CallSurroundings['env'], signal: AbortSignal): Capture {
  const lines = request.onStderrLine === undefined ? undefined : lineSplitter(request.onStderrLine)
  const { stdin = '' } = request
  const capture: Capture = {
    stdout: '',
    stderr: '',
    io: {
      readStdin: () => Promise.resolve(typeof stdin === 'string' ? encodeUtf8(stdin) : stdin),
      stdout: {
        write: (text) => {
          capture.stdout += text
        },
      },
      stderr: {
        write: (text) => {
          capture.stderr += text
          lines?.push(text)
        },
      },
      env: { ...env, ...request.env },
      cwd: '/',
      signal,
    },
  }
  return capture
}

/** Runs a program as a call, with the outcome that a child process would have had. */
export async function callProgram(
  program: Program,
  request: RunRequest,
  surroundings: CallSurroundings,
): Promise<RunResult> {
  const { command, timeoutMs } = request
  const timeout = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs)
  const signals = [surroundings.signal, request.signal, timeout].filter((signal) => signal !== undefined)
  const linked = linkSignals(signals)
  const { signal } = linked
  const capture = captureOf(request, surroundings.env, signal)
  const killed = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve(undefined)
    })
  })
  const work = runProgram(program, command.slice(1), capture.io, surroundings.host, (error) => {
    surroundings.onFailure?.(program.name, error)
  }).catch((error: unknown) => {
    capture.stderr += `${program.name}: ${messageOf(error)}\n`
    return EXIT_FAILURE
  })
  const exitCode: ExitCode | undefined = await Promise.race([work, killed])
  linked.release()
  return {
    command,
    exitCode,
    signal: exitCode === undefined ? 'SIGKILL' : undefined,
    timedOut: timeout?.aborted === true,
    startError: undefined,
    recorded: false,
    stdout: encodeUtf8(capture.stdout),
    stderr: encodeUtf8(capture.stderr),
  }
}
