/**
 * Commands of a target that is not this machine: its own programs are run as plain calls in this process, executables
 * that lie under the root as child processes, and nothing of this machine, ever.
 */
import path from 'node:path'
import type { EventSink, Host, HostEvent, ProcessRunner, Program, RunRequest, RunResult } from '../lib/ports.ts'
import { callProgram, type ProgramTable } from './program-call.ts'
import { startFailure } from './spawn-runner.ts'

export interface ConfinedRunnerOptions {
  readonly programs: ProgramTable
  /** Runs executables that were found under the root. */
  readonly spawner: ProcessRunner
  /** The environment that programs inherit. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  /** The host that programs are given; asked for late, since the runner is a part of it. */
  readonly host: () => Host
  /** The command of a program of our own that is run as a child process, for programs that are not in the table. */
  readonly ownCommand?: (name: string) => readonly string[] | undefined
  /** Run restart commands and actions too, where they exist under the root. */
  readonly runCommands?: boolean
  /** Gets whatever a program of this process threw, beside the text on its standard error. */
  readonly onFailure?: (program: string, error: unknown) => void
  /** Gets what a detached program wrote on its standard error; without it that goes to this process's own. */
  readonly onDetachedStderr?: (text: Uint8Array) => void
}

/** A request whose events have somewhere to go. */
type TellingRequest = RunRequest & Required<Pick<RunRequest, 'onEvent'>>

/** Where a command without a directory is looked for under the root, as systemd.exec(5) has it. */
const SEARCH_PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']
/** The name of the executable that is every program. */
const EXECUTABLE = 'bottlerocket'
const NOT_RUN = new Set(['restart', 'action', 'reload'])
const MAX_LINKS = 10

/** Runs commands against a program table; see the head of this file. */
export class ConfinedRunner implements ProcessRunner {
  private readonly options: ConfinedRunnerOptions
  private readonly background = new Set<Promise<unknown>>()

  constructor(options: ConfinedRunnerOptions) {
    this.options = options
  }

  run(request: RunRequest): Promise<RunResult> {
    return this.runTelling(request, this.options.host().events)
  }

  /** Starts a program as a call that goes on by itself; `settled` waits for it. */
  runDetached(request: RunRequest): Promise<void> {
    return this.startTelling(request, this.options.host().events)
  }

  /** @param events where events go that the request does not ask for */
  private async runTelling(asked: RunRequest, events: EventSink): Promise<RunResult> {
    const request: TellingRequest = {
      onEvent: (event) => {
        events.emit(event)
      },
      ...asked,
    }
    const { command } = request
    const name = command[0] ?? ''
    if (name === '') return startFailure(command, 'empty command')
    if (NOT_RUN.has(request.purpose) && this.options.runCommands !== true) {
      return { ...startFailure(command, ''), startError: undefined, exitCode: 0, recorded: true }
    }
    const { target, link } = this.followLinks(this.find(name))
    const base = path.posix.basename(target)
    const { fs } = this.options.host()
    // what somebody put under the root goes before the program of the same name
    if (target.startsWith('/') && fs.lstat(target)?.kind === 'file') {
      const file = fs.hostPath(target)
      // the one executable goes by the name of the link to it, or by its first argument
      return this.spawn(request, base === EXECUTABLE && link !== undefined ? [file, link] : [file])
    }
    const load = this.options.programs.get(base)
    if (load !== undefined) return this.call(request, await load())
    const own = this.options.ownCommand?.(base)
    return own === undefined ? startFailure(command, 'no such program under the root') : this.spawn(request, own)
  }

  private async startTelling(request: RunRequest, events: EventSink): Promise<void> {
    const { target } = this.followLinks(request.command[0] ?? '')
    const load = this.options.programs.get(path.posix.basename(target))
    if (load === undefined) throw new Error(`${target}: no such program under the root`)
    const program = await load()
    const onEvent = (event: HostEvent): void => {
      events.emit(event)
    }
    const task = this.call({ onEvent, ...request }, program).then((result) => {
      if (result.stderr.length === 0) return
      if (this.options.onDetachedStderr === undefined) process.stderr.write(result.stderr)
      else this.options.onDetachedStderr(result.stderr)
    })
    this.background.add(task)
    void task.finally(() => this.background.delete(task))
  }

  /** Resolves when everything that was started detached has ended. */
  async settled(): Promise<void> {
    while (this.background.size > 0) await Promise.allSettled(this.background)
  }

  /** The place of a command under the root; its name where there is none. */
  private find(name: string): string {
    if (name.includes('/')) return name
    const { fs } = this.options.host()
    return SEARCH_PATH.map((directory) => `${directory}/${name}`).find((file) => fs.stat(file)?.kind === 'file') ?? name
  }

  /** What a path leads to, and the name of the last link on the way. */
  private followLinks(name: string): { readonly target: string; readonly link: string | undefined } {
    const { fs } = this.options.host()
    let target = name
    let link: string | undefined
    for (let i = 0; i < MAX_LINKS && target.startsWith('/') && fs.lstat(target)?.kind === 'symlink'; i++) {
      link = path.posix.basename(target)
      target = path.posix.resolve(path.posix.dirname(target), fs.readLink(target))
    }
    return { target, link }
  }

  private spawn(request: RunRequest, program: readonly string[]): Promise<RunResult> {
    return this.options.spawner.run({ ...request, command: [...program, ...request.command.slice(1)] })
  }

  /** The host as a program sees it whose events somebody wants. */
  private hostTelling(emit: TellingRequest['onEvent']): Host {
    const events: EventSink = { emit }
    const runner: ProcessRunner = {
      run: (request) => this.runTelling(request, events),
      runDetached: (request) => this.startTelling(request, events),
    }
    return { ...this.options.host(), events, runner }
  }

  private call(request: TellingRequest, program: Program): Promise<RunResult> {
    const { env, signal, onFailure } = this.options
    const host = this.hostTelling(request.onEvent)
    return callProgram(program, request, { env, signal, host, ...(onFailure === undefined ? {} : { onFailure }) })
  }
}
