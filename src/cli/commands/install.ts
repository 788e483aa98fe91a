import { executableFile } from '../../host/executable.ts'
import { RootedFs } from '../../host/rooted-fs.ts'
import { parseArgs, type ArgsSpec } from '../../lib/args.ts'
import { PipelineError } from '../../lib/errors.ts'
import { EXIT_OK, type ExitCode } from '../../lib/exit-codes.ts'
import type { Host, ProgramIo } from '../../lib/ports.ts'
import { executeInstall } from '../install/execute.ts'
import { readLedger } from '../install/ledger.ts'
import { planInstall } from '../install/plan.ts'
import { installJson, installText } from '../install/report.ts'
import { wantedEntries } from '../install/wanted.ts'
import * as options from '../options.ts'
import { paletteFor } from '../terminal.ts'

const OPTIONS = [
  { ...options.VARIANT_OPTION, required: true },
  options.RELEASE_OPTION,
  { ...options.ROOT_OPTION, required: true },
  { names: ['--executable'], value: 'FILE', help: 'one executable for all programs, in place of bundles for Node' },
  { names: ['--all-units'], help: 'enable units whose programs are not there too' },
  { names: ['--no-default-target'], help: 'leave the target that the host boots to' },
  options.INSTALL_FORCE_OPTION,
  options.DRY_RUN_OPTION,
  options.FORMAT_OPTION,
] as const

export const installSpec: ArgsSpec = {
  usage: options.usageText(
    'bottlerocket install --variant NAME --root DIR [OPTION]...',
    OPTIONS,
    'Lays programs, units, templates and data of a variant into the root file system DIR. Runs nothing of it.',
  ),
  options: OPTIONS,
}

/** `bottlerocket install`. */
export async function install(argv: readonly string[], io: ProgramIo, host: Host): Promise<ExitCode> {
  const args = parseArgs(installSpec, argv)
  const asJson = options.wantsJson(installSpec, args)
  const variant = options.variantOf(installSpec, args)
  const { root, fs } = rootOf(io, args.value('--root') ?? '/')
  // the one executable lays itself
  const executable = args.value('--executable') ?? (executableFile() === undefined ? undefined : io.self?.[0])
  const dryRun = args.flags.has('--dry-run')
  const ledger = readLedger(fs)
  const wanted = wantedEntries(fs, ledger, {
    variant,
    allUnits: args.flags.has('--all-units'),
    defaultTarget: !args.flags.has('--no-default-target'),
    ...(executable === undefined ? {} : { executable: options.readTypedFile(io, host, executable) }),
  })
  const plan = planInstall(fs, wanted.entries, ledger, args.flags.has('--force'))
  if (!dryRun) await executeInstall(fs, plan, ledger, variant)
  const report = { variant, root, dryRun, wanted, plan }
  io.stdout.write(asJson ? `${installJson(report)}\n` : installText(report, paletteFor(io)))
  return EXIT_OK
}

/** The root that the user named. @throws PipelineError `INSTALL_ROOT_MISSING` */
export function rootOf(io: ProgramIo, typed: string): { readonly root: string; readonly fs: RootedFs } {
  const root = options.typedPath(io, typed)
  const fs = new RootedFs(root)
  if (fs.stat('/')?.kind !== 'directory') {
    throw new PipelineError('INSTALL_ROOT_MISSING', `${root} is no directory`)
  }
  return { root, fs }
}
