import { parseArgs, type ArgsSpec } from '../lib/args.ts'
import { EXIT_FAILURE, EXIT_OK, type ExitCode } from '../lib/exit-codes.ts'
import { usageError } from '../lib/args.ts'
import type { Host, Program, ProgramIo } from '../lib/ports.ts'
import { generateHostname, printNodeIp, setHostname } from './hostname.ts'

/** One subcommand: how many words it takes, and what it does. */
interface Subcommand {
  readonly words: readonly string[]
  readonly help: string
  run(words: readonly string[], io: ProgramIo, host: Host): ExitCode | Promise<ExitCode>
}

const SUBCOMMANDS: ReadonlyMap<string, Subcommand> = new Map([
  [
    'generate-hostname',
    { words: [], help: 'print the host name as a JSON string', run: (_, io, host) => generateHostname(io, host) },
  ],
  [
    'node-ip',
    { words: [], help: 'print the current IP address as a JSON string', run: (_, io, host) => printNodeIp(io, host) },
  ],
  [
    'set-hostname',
    { words: ['HOSTNAME'], help: "set the kernel's host name", run: ([name = ''], _, host) => setHostname(name, host) },
  ],
])

const usageLine = (name: string, subcommand: Subcommand): string => ['netdog', name, ...subcommand.words].join(' ')

const USAGE = [
  'usage: netdog [--root DIR] [--flavour networkd|wicked] SUBCOMMAND',
  ...[...SUBCOMMANDS].map(([name, { words, help }]) => `  ${[name, ...words].join(' ').padEnd(30)} ${help}`),
].join('\n')

/** Options that stand before the subcommand. `--root` takes effect where the host is made, before the program runs. */
const SPEC: ArgsSpec = {
  usage: USAGE,
  options: [
    { names: ['--root'], value: 'DIR' },
    { names: ['--flavour'], value: 'FLAVOUR' },
  ],
  usageExit: EXIT_FAILURE,
  refuseRepeats: true,
  words: 'stop',
}

const FLAVOURS = ['networkd', 'wicked']

/** Describes the network to systemd-networkd or wicked, and tells address and host name. */
export const netdog: Program = {
  name: 'netdog',
  async run(argv, io, host) {
    if (argv[0] === '--help' || argv[0] === 'help') {
      io.stdout.write(`${USAGE}\n`)
      return EXIT_OK
    }
    const args = parseArgs(SPEC, argv)
    const flavour = args.value('--flavour')
    if (flavour !== undefined && !FLAVOURS.includes(flavour)) throw usageError(SPEC, `'${flavour}' is no flavour`)
    const [name, ...words] = args.words
    if (name === undefined) throw usageError(SPEC, 'a subcommand is needed')
    const subcommand = SUBCOMMANDS.get(name)
    if (subcommand === undefined) throw usageError(SPEC, `unknown subcommand '${name}'`)
    const usage = `usage: ${usageLine(name, subcommand)}`
    if (words.includes('--help')) {
      io.stdout.write(`${usage}\n`)
      return EXIT_OK
    }
    if (words.length !== subcommand.words.length || words.some((word) => word.startsWith('-') && word !== '-')) {
      throw usageError(
        { usage, usageExit: EXIT_FAILURE },
        `${name} takes ${String(subcommand.words.length)} argument(s)`,
      )
    }
    return subcommand.run(words, io, host)
  },
}
