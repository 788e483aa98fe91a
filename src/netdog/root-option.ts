/**
 * The value of `--root` among the options before the subcommand, for whoever makes the host. Faults of the command line
 * are left to the program to report.
 */
export function rootOption(argv: readonly string[]): string | undefined {
  for (let i = 0; i + 1 < argv.length && argv[i]?.startsWith('--') === true; i += 2) {
    if (argv[i] === '--root') return argv[i + 1]
  }
  return undefined
}
