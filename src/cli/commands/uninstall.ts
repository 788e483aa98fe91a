import path from 'node:path'
import { parseArgs, type ArgsSpec } from '../../lib/args.ts'
import { compareBytes } from '../../lib/byte-order.ts'
import type { Diagnostic } from '../../lib/diagnostics.ts'
import { PipelineError } from '../../lib/errors.ts'
import { EXIT_OK, type ExitCode } from '../../lib/exit-codes.ts'
import { PATHS } from '../../lib/paths.ts'
import type { ProgramIo, RootFs } from '../../lib/ports.ts'
import { executeUninstall } from '../install/execute.ts'
import { readLedger, type Ledger } from '../install/ledger.ts'
import { planRemoval } from '../install/plan.ts'
import { uninstallJson, uninstallText, type Change } from '../install/report.ts'
import * as options from '../options.ts'
import { paletteFor } from '../terminal.ts'
import { rootOf } from './install.ts'

const OPTIONS = [
  { ...options.ROOT_OPTION, required: true },
  { names: ['--purge'], help: 'the datastore and all other state of boots too' },
  options.DRY_RUN_OPTION,
  options.FORMAT_OPTION,
] as const

export const uninstallSpec: ArgsSpec = {
  usage: options.usageText(
    'bottlerocket uninstall --root DIR [OPTION]...',
    OPTIONS,
    'Removes what install has laid into DIR. What was changed since, and the state of boots, stays.',
  ),
  options: OPTIONS,
}

/** What boots leave behind; rendered files are the host's own by then. */
const STATE = [
  path.posix.dirname(PATHS.datastore),
  path.posix.dirname(PATHS.defaults),
  path.posix.dirname(PATHS.currentIp),
  '/var/lib/bottlerocket-migrations',
  '/run/bottlerocket',
]
/** Where `systemctl set-default` notes its answer. */
const DEFAULT_TARGET = '/etc/systemd/system/default.target'

const changed = (place: string): Diagnostic => ({
  code: 'INSTALL_FILE_CHANGED',
  severity: 'warning',
  message: `${place} was changed since it was installed, and stays`,
})

/** The choice of a target that goes with the removal, made by a unit of a boot. */
function danglingDefault(fs: RootFs, removed: readonly string[]): readonly string[] {
  if (fs.lstat(DEFAULT_TARGET)?.kind !== 'symlink' || removed.includes(DEFAULT_TARGET)) return []
  const target = path.posix.resolve(path.posix.dirname(DEFAULT_TARGET), fs.readLink(DEFAULT_TARGET))
  return removed.includes(target) ? [DEFAULT_TARGET] : []
}

function installedIn(fs: RootFs, root: string): Ledger {
  const ledger = readLedger(fs)
  if (ledger === undefined) throw new PipelineError('INSTALL_NOT_FOUND', `nothing is installed under ${root}`)
  return ledger
}

/** `bottlerocket uninstall`. */
export function uninstall(argv: readonly string[], io: ProgramIo): Promise<ExitCode> {
  const args = parseArgs(uninstallSpec, argv)
  const asJson = options.wantsJson(uninstallSpec, args)
  const { root, fs } = rootOf(io, args.value('--root') ?? '/')
  const dryRun = args.flags.has('--dry-run')
  const ledger = installedIn(fs, root)
  const { removed, kept } = planRemoval(fs, [...ledger.entries])
  const laid = removed.map(({ path: place }) => place)
  const all = [...laid, ...danglingDefault(fs, laid)]
  const purge = args.flags.has('--purge') ? STATE.filter((place) => fs.lstat(place) !== undefined) : []
  const directories = dryRun ? [] : executeUninstall(fs, all, ledger, purge)
  const changes: Change[] = [
    ...[...all, ...purge].map((place): Change => ({ action: 'removed', path: place })),
    ...kept.map((place): Change => ({ action: 'kept', path: place })),
  ]
  changes.sort((a, b) => compareBytes(a.path, b.path))
  const report = { variant: ledger.variant, root, dryRun, changes, directories, diagnostics: kept.map(changed) }
  io.stdout.write(asJson ? `${uninstallJson(report)}\n` : uninstallText(report, paletteFor(io)))
  return Promise.resolve(EXIT_OK)
}
