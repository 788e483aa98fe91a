import { parseArgs, usageError, type ArgsSpec, type OptionSpec, type ParsedArgs } from '../lib/args.ts'
import { EXIT_FAILURE, EXIT_OK, type ExitCode } from '../lib/exit-codes.ts'
import type { Host, Program, ProgramIo } from '../lib/ports.ts'
import { FLAVOURS, installedFlavour, parseFlavour, type Flavour } from './flavour.ts'
import { generateHostname, printNodeIp, setHostname } from './hostname.ts'
import { notice } from './notice.ts'

/** What a subcommand was started with. */
interface Call {
  readonly args: ParsedArgs
  readonly flavour: Flavour
  readonly io: ProgramIo
  readonly host: Host
}

interface Subcommand {
  readonly help: string
  /** Absent: both. */
  readonly only?: Flavour
  /** Words that are needed. */
  readonly words?: readonly string[]
  /** A word that may follow them. */
  readonly optionalWord?: string
  readonly options?: readonly OptionSpec[]
  /** Loads what it needs when it is called: most calls need little. */
  run(call: Call): ExitCode | Promise<ExitCode>
}

const TYPES = ['dhcp', 'static']
const FAMILIES = ['ipv4', 'ipv6']
const LEASE_OPTIONS: readonly OptionSpec[] = [
  { names: ['--interface-name', '-i'], value: 'NAME', required: true },
  { names: ['--interface-type', '-t'], value: TYPES.join('|'), required: true },
  { names: ['--interface-family', '-f'], value: FAMILIES.join('|'), required: true },
]

const SUBCOMMANDS: ReadonlyMap<string, Subcommand> = new Map<string, Subcommand>([
  [
    'generate-hostname',
    { help: 'print the host name as a JSON string', run: ({ io, host }) => generateHostname(io, host) },
  ],
  [
    'generate-net-config',
    {
      help: "write the network manager's files and the primary interface",
      run: async ({ flavour, io, host }) => (await import('./generate.ts')).generateNetConfig(flavour, io, host),
    },
  ],
  [
    'install',
    {
      help: "take over the primary interface's lease",
      only: 'wicked',
      words: ['LEASEFILE'],
      optionalWord: 'INFO',
      options: LEASE_OPTIONS,
      run: async ({ args, io, host }) => {
        const { installLease } = await import('./wicked/callbacks.ts')
        const [leaseFile = ''] = args.words
        const name = args.value('--interface-name') ?? ''
        return installLease({ name, type: args.value('--interface-type') ?? '', leaseFile }, io, host)
      },
    },
  ],
  ['node-ip', { help: 'print the current IP address as a JSON string', run: ({ io, host }) => printNodeIp(io, host) }],
  [
    'remove',
    {
      help: 'do nothing when a lease is gone',
      only: 'wicked',
      options: LEASE_OPTIONS,
      run: ({ io }) => {
        notice(io, 'nothing is done when a lease is removed')
        return EXIT_OK
      },
    },
  ],
  [
    'set-hostname',
    {
      help: "set the kernel's host name",
      words: ['HOSTNAME'],
      run: ({ args, host }) => setHostname(args.words[0] ?? '', host),
    },
  ],
  [
    'write-primary-interface-status',
    {
      help: "write the primary interface's address, set its kernel parameters",
      only: 'networkd',
      run: async ({ io, host }) => (await import('./networkd/status.ts')).writePrimaryInterfaceStatus(io, host),
    },
  ],
  [
    'write-resolv-conf',
    {
      help: 'apply the DNS settings',
      run: async ({ flavour, io, host }) =>
        flavour === 'networkd'
          ? (await import('./networkd/dns.ts')).writeNetworkdDns(io, host)
          : (await import('./wicked/callbacks.ts')).writeWickedDns(io, host),
    },
  ],
])

function usageOf(name: string, { words = [], optionalWord, options = [] }: Subcommand): string {
  const named = options.map(({ names, value }) => `${names.at(-1) ?? ''} ${value ?? ''}`)
  const last = optionalWord === undefined ? [] : [`[${optionalWord}]`]
  return [name, ...named, ...words, ...last].join(' ')
}

const USAGE = [
  `usage: netdog [--root DIR] [--flavour ${FLAVOURS.join('|')}] SUBCOMMAND`,
  ...[...SUBCOMMANDS].map(([name, { help, only }]) => {
    const note = only === undefined ? '' : ` (${only})`
    return `  ${name.padEnd(32)}${help}${note}`
  }),
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

function chosenFlavour(args: ParsedArgs, host: Host): Flavour {
  const text = args.value('--flavour')
  if (text === undefined) return installedFlavour(host.fs)
  const flavour = parseFlavour(text)
  if (flavour === undefined) throw usageError(SPEC, `'${text}' is no flavour`)
  return flavour
}

function parseSubcommand(
  spec: ArgsSpec,
  { words = [], optionalWord }: Subcommand,
  argv: readonly string[],
): ParsedArgs {
  const args = parseArgs(spec, argv)
  const missing = words[args.words.length]
  if (missing !== undefined) throw usageError(spec, `${missing} is missing`)
  const surplus = args.words[words.length + (optionalWord === undefined ? 0 : 1)]
  if (surplus !== undefined) throw usageError(spec, `'${surplus}' is one word too many`)
  for (const [option, allowed] of [
    ['--interface-type', TYPES],
    ['--interface-family', FAMILIES],
  ] as const) {
    const value = args.value(option)
    if (value !== undefined && !allowed.includes(value)) throw usageError(spec, `${option} is ${allowed.join(' or ')}`)
  }
  return args
}

/** Describes the network to systemd-networkd or wicked, tells address and host name, and steers DNS. */
export const netdog: Program = {
  name: 'netdog',
  async run(argv, io, host) {
    const globals = parseArgs(SPEC, argv)
    const flavour = chosenFlavour(globals, host)
    const [name, ...rest] = globals.words
    if (name === '--help' || name === 'help') {
      io.stdout.write(`${USAGE}\n`)
      return EXIT_OK
    }
    if (name === undefined) throw usageError(SPEC, 'a subcommand is needed')
    const subcommand = SUBCOMMANDS.get(name)
    if (subcommand === undefined || (subcommand.only ?? flavour) !== flavour) {
      const reason = subcommand === undefined ? '' : ` of the ${flavour} flavour`
      throw usageError(SPEC, `unknown subcommand '${name}'${reason}`)
    }
    const usage = `usage: netdog ${usageOf(name, subcommand)}`
    if (rest.includes('--help')) {
      io.stdout.write(`${usage}\n`)
      return EXIT_OK
    }
    const { options = [] } = subcommand
    const spec: ArgsSpec = { usage, options, usageExit: EXIT_FAILURE, refuseRepeats: true, words: 'collect' }
    return subcommand.run({ args: parseSubcommand(spec, subcommand, rest), flavour, io, host })
  },
}
