/** The files that the words of a command line stand for. */
import type { Diagnostic } from '../../lib/diagnostics.ts'
import { messageOf, systemCode } from '../../lib/errors.ts'
import { expandGlob, isGlob } from '../../lib/glob.ts'
import type { ProgramIo, ReadFs } from '../../lib/ports.ts'
import { typedPath } from '../options.ts'

/** All that checking files needs of a host. */
export interface FileHost {
  readonly fs: ReadFs
}

export const STDIN_NAME = '<stdin>'

/** A file, or why there is none. */
export type Input =
  { readonly file: string; readonly bytes: Uint8Array } | { readonly file: string; readonly problem: Diagnostic }

function unreadable(file: string, reason: string, hint: string): Input {
  const at = { file, line: 1, column: 1, endLine: 1, endColumn: 1 }
  return { file, problem: { code: 'HOST_FILE_UNREADABLE', severity: 'error', message: reason, hint, at } }
}

const HINTS: Readonly<Record<string, string>> = {
  ENOENT: 'check the name',
  EACCES: 'check the permissions of the file',
  EISDIR: 'name the files in it: give a pattern such as DIR/**/*.toml in quotes',
}

function readInput(file: string, io: ProgramIo, host: FileHost): Input {
  try {
    return { file, bytes: host.fs.readBytes(typedPath(io, file)) }
  } catch (error) {
    const code = systemCode(error)
    return unreadable(file, `cannot read it: ${code ?? messageOf(error)}`, HINTS[code ?? ''] ?? 'check the file')
  }
}

/** The bytes of standard input, unless the program is stopped before. @throws the reason that it was stopped for */
async function readStdin(io: ProgramIo): Promise<Input> {
  const stopped = new Promise<never>((_resolve, reject) => {
    const stop = (): void => {
      reject(io.signal.reason as Error)
    }
    if (io.signal.aborted) stop()
    else io.signal.addEventListener('abort', stop, { once: true })
  })
  return { file: STDIN_NAME, bytes: await Promise.race([io.readStdin(), stopped]) }
}

/** Reads a file of just this name; `-` is standard input. */
export async function readNamed(word: string, io: ProgramIo, host: FileHost): Promise<Input> {
  return word === '-' ? readStdin(io) : readInput(word, io, host)
}

/** Reads every file that is named or matched by a pattern; `-` is standard input. Each file is read once. */
export async function readInputs(words: readonly string[], io: ProgramIo, host: FileHost): Promise<readonly Input[]> {
  const inputs = new Map<string, Input>()
  for (const word of words) {
    if (word === '-') {
      if (!inputs.has(STDIN_NAME)) inputs.set(STDIN_NAME, await readStdin(io))
      continue
    }
    const isPattern = isGlob(word) && host.fs.stat(typedPath(io, word)) === undefined
    const files = isPattern ? expandGlob(word, io.cwd, host.fs) : [word]
    if (files.length === 0) inputs.set(word, unreadable(word, 'no file matches the pattern', 'check the pattern'))
    for (const file of files) if (!inputs.has(file)) inputs.set(file, readInput(file, io, host))
  }
  return [...inputs.values()]
}
