/** The one executable that holds every program: which of them a process of it is. */
import path from 'node:path'
import { makeCallable } from './callable-programs.ts'
import { programBehind } from './own-programs.ts'
import type { ProgramTable } from './program-call.ts'

/** Starts a program by loading its main file. */
type Start = () => Promise<unknown>

const TOOL = 'bottlerocket'

let firstFile: string | undefined

/** The executable's own first file, for what starts it as a thread; undefined for a process that is not of it. */
export function executableFile(): string | undefined {
  return firstFile
}

/** Which program a command line means. */
export interface Chosen {
  readonly program: string
  readonly argv: readonly string[]
}

/**
 * The program that a process is: the one that its own name is that of, as with a link, or else the one that this link
 * leads to, or else the one that the first argument names, or else the umbrella tool.
 *
 * @param invokedAs the command as it was given, `argv[0]` of execve(2)
 * @param isProgram whether there is a program of that name
 */
export function chooseProgram(
  invokedAs: string,
  argv: readonly string[],
  isProgram: (name: string) => boolean,
): Chosen {
  const own = path.posix.basename(invokedAs)
  if (own !== TOOL && isProgram(own)) return { program: own, argv }
  const behind = own === TOOL || !invokedAs.includes('/') ? undefined : programBehind(invokedAs, isProgram)
  if (behind !== undefined && behind !== TOOL) return { program: behind, argv }
  const [first, ...rest] = argv
  return first !== undefined && isProgram(first) ? { program: first, argv: rest } : { program: TOOL, argv }
}

/**
 * Runs the program that this process is. Its arguments come to stand where those of a script stand, and its name where
 * the script's file does: the executable and this name start it again.
 *
 * @public called by the code that the build writes
 * @param programs every program by its name
 * @param commands the commands of the tool that have a main file of their own
 * @param callable what a program may run as calls, being in the same file: see `callable-programs.ts`
 */
export async function startExecutable(
  programs: ReadonlyMap<string, Start>,
  commands: ReadonlyMap<string, Start>,
  callable: ProgramTable,
): Promise<void> {
  const { program, argv } = chooseProgram(process.argv0, process.argv.slice(2), (name) => programs.has(name))
  firstFile = process.argv[1]
  process.argv = [process.execPath, program, ...argv]
  makeCallable(callable)
  const command = program === TOOL ? commands.get(argv[0] ?? '') : undefined
  await (command ?? programs.get(program))?.()
}
