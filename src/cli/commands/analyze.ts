import path from 'node:path'
import { parseArgs, usageError, type ArgsSpec } from '../../lib/args.ts'
import { messageOf, PipelineError, systemCode } from '../../lib/errors.ts'
import { EXIT_OK, type ExitCode } from '../../lib/exit-codes.ts'
import { unwritableFile } from '../../lib/file-errors.ts'
import { PATHS } from '../../lib/paths.ts'
import type { Host, ProgramIo } from '../../lib/ports.ts'
import { decodeUtf8Lossy } from '../../lib/utf8.ts'
import { analyzeBoot } from '../analysis.ts'
import { renderPage } from '../analysis-html.ts'
import { analysisJson, renderAnalysis } from '../analysis-text.ts'
import { readRecords, traceOf, type RecordFile } from '../boot-trace.ts'
import * as options from '../options.ts'
import { parseUnits, unitsOfHost, type Unit } from '../systemd-units.ts'
import { paletteFor } from '../terminal.ts'
import { managerStart } from '../unit-analysis.ts'

const OPTIONS = [
  { ...options.ROOT_OPTION, help: "directory that stands for the target's /, to read its own record" },
  options.FORMAT_OPTION,
  { names: ['--units'], value: 'FILE', help: "what the target's `systemctl show --all '*'` has printed" } as const,
  { names: ['--html'], value: 'FILE', help: 'write a page with a timeline' } as const,
]
const REPORT_MODE = 0o600

export const analyzeSpec: ArgsSpec = {
  usage: options.usageText(
    'bottlerocket analyze [RECORD] [OPTION]...',
    OPTIONS,
    `What took a boot its time. RECORD is a root, a directory of records, or a report of \`boot --format json\`;
without it the machine's own record in ${PATHS.bootRecordDirectory} is read,
and systemd is asked for its units.`,
  ),
  options: OPTIONS,
  words: 'collect',
}

function noRecord(file: string, cause: unknown): PipelineError {
  const reason = systemCode(cause) ?? messageOf(cause)
  return new PipelineError('BOOT_RECORD_UNREADABLE', `cannot read the boot record ${file}: ${reason}`, {
    cause,
    hint: 'name the root of a boot, such as the one that `bottlerocket start` has printed',
  })
}

/** The files of a record: of a directory, of the record directory of a root, or the file itself. */
function recordFiles(target: string, { fs }: Host): RecordFile[] {
  const read = (file: string): RecordFile => ({ file, text: fs.readText(file) })
  try {
    if (fs.stat(target)?.kind !== 'directory') return [read(target)]
    const inside = `${target}${PATHS.bootRecordDirectory}`
    const directory = fs.stat(inside)?.kind === 'directory' ? inside : target
    const names = fs.readDirectory(directory).map(({ name }) => name)
    return names.filter((name) => name.endsWith('.json')).map((name) => read(`${directory}/${name}`))
  } catch (cause) {
    throw noRecord(target, cause)
  }
}

/**
 * What a service manager tells of its units: the one of this machine for the machine's own record, else a file. Nothing is
 * asked about another root.
 *
 * @throws PipelineError `HOST_FILE_UNREADABLE`, `UNITS_INVALID`
 */
async function unitsFor(
  file: string | undefined,
  isOwn: boolean,
  io: ProgramIo,
  host: Host,
): Promise<Unit[] | undefined> {
  if (file === undefined) return isOwn ? unitsOfHost(host, io.signal) : undefined
  const units = parseUnits(decodeUtf8Lossy(options.readTypedFile(io, host, file)))
  if (units.some(({ startMs }) => startMs !== undefined)) return units
  throw new PipelineError('UNITS_INVALID', `${file} has no unit that was started`)
}

/** `bottlerocket analyze`: what took a boot its time, as text, a report or a page. */
export async function analyze(argv: readonly string[], io: ProgramIo, host: Host): Promise<ExitCode> {
  const args = parseArgs(analyzeSpec, argv)
  const asJson = options.wantsJson(analyzeSpec, args)
  const [typed, ...more] = args.words
  const root = args.value('--root')
  if (more.length > 0 || (typed !== undefined && root !== undefined)) {
    throw usageError(analyzeSpec, 'one record is enough')
  }
  const target = typed ?? (root === undefined ? PATHS.bootRecordDirectory : root + PATHS.bootRecordDirectory)
  const files = recordFiles(options.typedPath(io, target).replace(/(.)\/$/, '$1'), host)
  const units = await unitsFor(args.value('--units'), typed === undefined && root === undefined, io, host)
  const originMs = units === undefined ? undefined : managerStart(units)
  const analysis = analyzeBoot(traceOf(readRecords(files), originMs), originMs === undefined ? undefined : units)
  const page = args.value('--html')
  if (page !== undefined) {
    const file = options.typedPath(io, page)
    try {
      host.fs.replaceFile(file, renderPage(analysis, path.basename(target)), { mode: REPORT_MODE, durable: false })
    } catch (cause) {
      throw unwritableFile(page, cause)
    }
  }
  io.stdout.write(asJson ? `${analysisJson(analysis)}\n` : renderAnalysis(analysis, paletteFor(io)))
  return EXIT_OK
}
