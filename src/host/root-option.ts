/** The command line of a program of a host, as its outermost function sees it. */
export interface RootedArguments {
  /** The directory that stands for the host's `/`. */
  readonly root?: string
  /** What the program itself gets. */
  readonly argv: readonly string[]
}

/**
 * Takes `--root DIR` (or `--root=DIR`) off the front of a command line. Every program of a host understands it there, in
 * front of whatever it takes by itself. Where the directory is missing, the program is left to complain.
 *
 * @param others options of the program, each with a value, that may stand before it
 */
export function takeRootOption(argv: readonly string[], others: readonly string[] = []): RootedArguments {
  let at = 0
  while (others.includes(argv[at] ?? '')) at += 2
  const name = argv[at] ?? ''
  if (name.startsWith('--root=')) return { root: name.slice('--root='.length), argv: argv.toSpliced(at, 1) }
  const root = name === '--root' ? argv[at + 1] : undefined
  return root === undefined ? { argv } : { root, argv: argv.toSpliced(at, 2) }
}
