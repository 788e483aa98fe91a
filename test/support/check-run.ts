/** `bottlerocket check` over files in memory, on one thread. */
import { check, checkSpec, type CheckHost } from '../../src/cli/commands/check.ts'
import { runCommand } from '../../src/cli/run-command.ts'
import { MemoryFs } from '../../src/host/memory-fs.ts'
import { systemClock } from '../../src/host/node-ports.ts'
import type { Clock, ProgramIo, RootFs } from '../../src/lib/ports.ts'
import { runProgram } from '../../src/lib/program.ts'
import { inlineThreads } from './inline-threads.ts'
import type { ProgramRun } from './test-host.ts'

export const BUILD = 'build-of-the-tests'

/** A tree of files by their absolute names. */
export function treeOf(files: Readonly<Record<string, string | Uint8Array>>): MemoryFs {
  const fs = new MemoryFs()
  for (const [name, content] of Object.entries(files)) {
    fs.makeDirectory(name.slice(0, name.lastIndexOf('/')) || '/')
    fs.writeFile(name, content)
  }
  return fs
}

export interface CheckRunOptions {
  readonly cwd?: string
  readonly env?: ProgramIo['env']
  readonly clock?: Clock
  readonly build?: string
  readonly threads?: CheckHost['threads']
  readonly signal?: AbortSignal
}

/** Runs the command to its end. */
export async function runCheck(
  fs: RootFs,
  argv: readonly string[],
  { cwd = '/w', env = {}, clock = systemClock, build = BUILD, threads = inlineThreads, signal }: CheckRunOptions = {},
): Promise<ProgramRun> {
  let stdout = ''
  let stderr = ''
  const io: ProgramIo = {
    readStdin: () => Promise.resolve(new Uint8Array()),
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env,
    cwd,
    signal: signal ?? new AbortController().signal,
  }
  const host: CheckHost = { fs, clock, threads, cacheDirectory: '/home/.cache', build }
  const run = (): ReturnType<typeof check> => runCommand({ run: check, spec: checkSpec }, argv, io, host)
  const code = await runProgram({ name: 'bottlerocket', run }, argv, io, host)
  return { code, stdout, stderr }
}
