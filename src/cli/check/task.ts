/** Checking as the task of a thread. */
import { RootedFs } from '../../host/rooted-fs.ts'
import { parseArgs } from '../../lib/args.ts'
import type { ReadFs } from '../../lib/ports.ts'
import type { ThreadTask } from '../../lib/threads.ts'
import { VariantChoice } from '../variant-choice.ts'
import { checkFile, type FileChecker } from './check-file.ts'
import { variantArgs } from './options.ts'
import type { Candidate } from './tree.ts'

/** What threads are told of a run: plain data. */
export interface CheckSetup {
  /** `--variant` and `--release` as they were typed. */
  readonly argv: readonly string[]
  readonly cwd: string
  /** What paths start from, `/` but in tests. */
  readonly root: string
  readonly cacheSalt: string | undefined
}

/** What checking a file needs, made of what a thread is told. */
export function checkerOf({ argv, cwd, cacheSalt }: CheckSetup, fs: ReadFs): FileChecker {
  const choice = VariantChoice.of(variantArgs, parseArgs(variantArgs, argv))
  return { fs, cwd, choice, ...(cacheSalt !== undefined && { cacheSalt }) }
}

/** The work of a thread. */
export const checkTask: ThreadTask = (data) => {
  const setup = data as CheckSetup
  const checker = checkerOf(setup, new RootedFs(setup.root))
  return (candidate) => checkFile(candidate as Candidate, checker)
}
