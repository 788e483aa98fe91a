/** Commands of this machine, of which those that are programs of this package are run as calls in this process. */
import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import type { EventSink, Host, HostEvent, ProcessRunner, RunRequest } from '../lib/ports.ts'
import type { OwnPrograms } from './own-programs.ts'
import { callProgram, type ProgramTable } from './program-call.ts'

export interface OwnRunnerOptions {
  /** The programs that may be run as calls. */
  readonly programs: ProgramTable
  /** Tells the package's own programs from others. */
  readonly own: Pick<OwnPrograms, 'nameOf'>
  readonly spawner: ProcessRunner
  readonly env: Readonly<Record<string, string | undefined>>
  readonly host: () => Host
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The file that a command starts: the one that is named, or the first of that name in PATH; undefined if there is none. */
function fileOf(command: string, searchPath: string): string | undefined {
  const candidates = command.includes('/')
    ? [command]
    : searchPath.split(':').map((directory) => path.posix.join(directory === '' ? '.' : directory, command))
  return candidates.find(isExecutable)
}

/**
 * A runner that starts child processes, but runs a command as a call if its file is one of the package's own programs:
 * the start of a process costs more than most of them do. Whatever somebody has put in the place of a program is started as
 * it is.
 */
export function ownProgramRunner(options: OwnRunnerOptions): ProcessRunner {
  const { programs, own, spawner, env, host } = options
  const { signal } = new AbortController()
  const nameOf = (request: RunRequest): string | undefined => {
    const searchPath = request.env?.['PATH'] ?? env['PATH'] ?? ''
    const file = fileOf(request.command[0] ?? '', searchPath)
    return file === undefined ? undefined : own.nameOf(file)
  }
  const runnerTelling = (events: EventSink): ProcessRunner => ({
    async run(request) {
      const load = programs.get(nameOf(request) ?? '')
      const emit = (event: HostEvent): void => {
        events.emit(event)
      }
      const { onEvent = emit } = request
      if (load === undefined) return spawner.run({ ...request, onEvent })
      const told: Host = { ...host(), events: { emit: onEvent }, runner: runnerTelling({ emit: onEvent }) }
      return callProgram(await load(), request, { env, signal, host: told })
    },
    runDetached: (request) => spawner.runDetached(request),
  })
  return {
    run: (request) => runnerTelling(host().events).run(request),
    runDetached: (request) => spawner.runDetached(request),
  }
}
