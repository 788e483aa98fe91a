/** How the programs of this package are started, and told from others: scripts of one directory, or one executable. */
import { existsSync, readlinkSync, realpathSync } from 'node:fs'
import path from 'node:path'

/** Names of the programs in the executable; there is no such thing where they are scripts. */
declare const EXECUTABLE: readonly string[] | undefined

export interface OwnPrograms {
  /** The command that runs a program of this package, if there is one of that name. */
  command(name: string): readonly string[] | undefined
  /** The name of the program that a file runs, if it is one of this package. @param file an absolute path; may be a link */
  nameOf(file: string): string | undefined
}

/** Programs that are scripts beside each other. @param script the file of one of them */
export function scriptPrograms(interpreter: string, script: string): OwnPrograms {
  return {
    command: (name) => {
      if (!/^[a-z0-9-]+$/.test(name)) return undefined
      // this one may have been started by a link, away from the others
      const file = path.join(path.dirname(realpathSync(script)), `${name}.js`)
      return existsSync(file) ? [interpreter, file] : undefined
    },
    nameOf: (file) => {
      const real = realpathSync(file)
      // the suffix tells the package's own file from a program of that name that shares a directory with it
      const isOurs = path.dirname(real) === path.dirname(realpathSync(script)) && real.endsWith('.js')
      return isOurs ? path.basename(real, '.js') : undefined
    },
  }
}

const MAX_LINKS = 40

/**
 * The first name of a program on the way from a link to the executable: what has a name of its own, as a data provider has
 * with its place in the order, may be a link to a program's link.
 *
 * @returns undefined if there is none, or `file` is no link
 */
export function programBehind(file: string, isProgram: (name: string) => boolean): string | undefined {
  let at = file
  for (let i = 0; i < MAX_LINKS; i++) {
    let target: string
    try {
      target = readlinkSync(at)
    } catch {
      return undefined // a file, or nothing
    }
    const name = path.basename(at)
    if (isProgram(name)) return name
    at = path.resolve(path.dirname(at), target)
  }
  return undefined
}

/** Programs that are one executable, which goes by the name of the link or by its first argument. */
export function linkedPrograms(executable: string, names: readonly string[]): OwnPrograms {
  return {
    command: (name) => (names.includes(name) ? [executable, name] : undefined),
    nameOf: (file) => {
      const [real, own] = [realpathSync(file), realpathSync(executable)]
      if (real !== own) return undefined
      const isProgram = (name: string): boolean => names.includes(name)
      const name = path.basename(file)
      return isProgram(name) ? name : programBehind(file, isProgram)
    },
  }
}

/** The programs of which this process is one; undefined for a process that is none of them, such as a test. */
export function ownPrograms(): OwnPrograms | undefined {
  if (typeof EXECUTABLE !== 'undefined') return linkedPrograms(process.execPath, EXECUTABLE)
  const script = process.argv[1]
  return script === undefined ? undefined : scriptPrograms(process.execPath, script)
}
