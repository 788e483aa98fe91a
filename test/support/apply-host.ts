/** A host for tests of programs: files in memory, commands and API answers from tables, everything written down. */
import { MemoryFs } from '../../src/host/memory-fs.ts'
import type {
  ApiRequest,
  ApiResponse,
  Clock,
  Entropy,
  Host,
  HostEvent,
  HttpRequest,
  HttpResponse,
  ProcessRunner,
  ProgramIo,
  Program,
  RunRequest,
  RunResult,
} from '../../src/lib/ports.ts'
import { runProgram } from '../../src/lib/program.ts'
import { encodeUtf8 } from '../../src/lib/utf8.ts'
import { virtualClock } from './virtual-clock.ts'

/** How a command is to end; exit status 0 and no output unless told. */
export interface CommandEnd {
  readonly exitCode?: number
  readonly signal?: string
  readonly timedOut?: boolean
  readonly startError?: string
  readonly recorded?: boolean
  readonly stdout?: string | Uint8Array
  readonly stderr?: string
}

export function runResult(command: readonly string[], end: CommandEnd = {}): RunResult {
  const { stdout = '', stderr = '' } = end
  const ended = end.signal !== undefined || end.timedOut === true || end.startError !== undefined
  return {
    command,
    exitCode: end.exitCode ?? (ended ? undefined : 0),
    signal: end.signal,
    timedOut: end.timedOut ?? false,
    startError: end.startError,
    recorded: end.recorded ?? false,
    stdout: typeof stdout === 'string' ? encodeUtf8(stdout) : stdout,
    stderr: encodeUtf8(stderr),
  }
}

/** Answers commands by a function and notes every request. */
export class FakeRunner implements ProcessRunner {
  readonly requests: RunRequest[] = []
  readonly detached: RunRequest[] = []
  private readonly answer: (request: RunRequest) => CommandEnd | Promise<CommandEnd>

  constructor(answer: (request: RunRequest) => CommandEnd | Promise<CommandEnd> = () => ({})) {
    this.answer = answer
  }

  async run(request: RunRequest): Promise<RunResult> {
    this.requests.push(request)
    const end = await this.answer(request)
    for (const line of (end.stderr ?? '').split('\n').filter(Boolean)) request.onStderrLine?.(line)
    return runResult(request.command, end)
  }

  runDetached(request: RunRequest): Promise<void> {
    this.detached.push(request)
    return Promise.resolve()
  }

  /** The commands that were run, words joined by `|`. */
  get commands(): string[] {
    return this.requests.map(({ command }) => command.join('|'))
  }
}

export type StubRoute = string | { readonly status: number; readonly body?: string }

/** An API in this process: `METHOD URI` to a JSON body or a status. Anything else is 404. Notes every request. */
export class StubApi {
  readonly requests: ApiRequest[] = []
  readonly routes: Map<string, StubRoute>

  constructor(routes: Readonly<Record<string, StubRoute>> = {}) {
    this.routes = new Map(Object.entries(routes))
  }

  request(request: ApiRequest): Promise<ApiResponse> {
    this.requests.push(request)
    const route = this.routes.get(`${request.method} ${request.uri}`) ?? { status: 404 }
    const { status, body = '' } = typeof route === 'string' ? { status: 200, body: route } : route
    return Promise.resolve({ status, headers: {}, body })
  }

  /** `METHOD URI BODY` of every request. */
  get log(): string[] {
    return this.requests.map(({ method, uri, body }) => [method, uri, body].filter(Boolean).join(' '))
  }
}

/** A clock that only moves when everybody sleeps. */
export type FakeClock = Clock & {
  /** Every finished sleep, in milliseconds. */
  readonly sleeps: readonly number[]
}

function fakeClock(): FakeClock {
  const clock = virtualClock()
  return { ...clock, sleeps: clock.slept }
}

/** The largest integer and a run of `x`. */
export const fixedEntropy: Entropy = { integer: (max) => max, alphanumeric: (length) => 'x'.repeat(length) }

export interface TestHostOptions {
  readonly files?: Readonly<Record<string, string>>
  readonly runner?: ProcessRunner
  readonly api?: StubApi
  readonly http?: (request: HttpRequest) => HttpResponse
  readonly reverse?: (address: string) => string | undefined
}

export interface TestHost extends Host {
  readonly fs: MemoryFs
  readonly clock: FakeClock
  readonly emitted: HostEvent[]
  /** Socket paths that were asked for. */
  readonly sockets: (string | undefined)[]
}

/** A MemoryFs with these files and their directories. */
export function memoryFiles(files: Readonly<Record<string, string>>): MemoryFs {
  const fs = new MemoryFs()
  for (const [path, text] of Object.entries(files)) {
    fs.makeDirectory(path.slice(0, path.lastIndexOf('/')) || '/')
    fs.writeFile(path, text)
  }
  return fs
}

export function testHost(options: TestHostOptions = {}): TestHost {
  const emitted: HostEvent[] = []
  const sockets: (string | undefined)[] = []
  const api = options.api ?? new StubApi()
  return {
    fs: memoryFiles(options.files ?? {}),
    runner: options.runner ?? new FakeRunner(),
    http: {
      request: (request) =>
        options.http === undefined
          ? Promise.reject(new Error('no network in this test'))
          : Promise.resolve(options.http(request)),
    },
    api: (socketPath) => {
      sockets.push(socketPath)
      return api
    },
    server: { listen: () => Promise.reject(new Error('no server in this test')) },
    locks: { acquire: () => Promise.reject(new Error('no locks in this test')) },
    clock: fakeClock(),
    entropy: fixedEntropy,
    facts: { cpus: () => 2, arch: () => 'x86_64', memoryBytes: () => 2 ** 32, pciDevices: () => Promise.resolve([]) },
    resolver: {
      lookup: () => Promise.resolve([]),
      reverse: (address) => Promise.resolve(options.reverse?.(address)),
    },
    events: { emit: (event) => emitted.push(event) },
    imdsUrl: 'http://metadata.invalid',
    emitted,
    sockets,
  }
}

export interface ProgramRun {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end. */
export async function runTool(
  program: Program,
  argv: readonly string[],
  host: Host,
  options: { stdin?: string | Uint8Array; cwd?: string; signal?: AbortSignal; self?: readonly string[] } = {},
): Promise<ProgramRun> {
  const written = { stdout: '', stderr: '' }
  const { stdin = '', self } = options
  const io: ProgramIo = {
    readStdin: () => Promise.resolve(typeof stdin === 'string' ? encodeUtf8(stdin) : stdin),
    stdout: { write: (text) => void (written.stdout += text) },
    stderr: { write: (text) => void (written.stderr += text) },
    env: {},
    cwd: options.cwd ?? '/',
    signal: options.signal ?? new AbortController().signal,
    ...(self === undefined ? {} : { self }),
  }
  const exitCode = await runProgram(program, argv, io, host)
  return { exitCode, ...written }
}
