/** One file of a repository, checked. It is the work of a thread: what goes in and out is plain data. */
import { createHash } from 'node:crypto'
import path from 'node:path'
import { excerptText, readFile } from '../../documents/read-file.ts'
import type { Skipped } from '../../documents/source.ts'
import type { Diagnostic } from '../../lib/diagnostics.ts'
import { messageOf, systemCode } from '../../lib/errors.ts'
import type { ReadFs } from '../../lib/ports.ts'
import { decodeUtf8Lossy } from '../../lib/utf8.ts'
import { lazily } from '../../model/types.ts'
import { checkInput, type FindMore, type Verdict } from '../validate/check-inputs.ts'
import { checkNetworks } from '../validate/check-networks.ts'
import { UNKNOWN_VARIANT, type VariantChoice } from '../variant-choice.ts'
import { isUserData, isWorthReading } from './candidates.ts'
import type { Candidate } from './tree.ts'

/** What came of a file. */
export interface FileFindings {
  readonly verdicts: readonly Verdict[]
  readonly skipped: readonly Skipped[]
}

export interface FileReport extends FileFindings {
  /** Texts by the name that places carry, for findings only. */
  readonly texts: readonly (readonly [name: string, text: string])[]
  /** What the file is known by, if there is a cache; undefined for one that was hardly looked at. */
  readonly key?: string
  /** Why the file does not count, where it does not. */
  readonly reason?: string
}

/** Of larger files, only those that are named are read: no user data fills them. */
export const MAX_FILE_BYTES = 32 * 1024 * 1024

const NOTHING: FileReport = { verdicts: [], skipped: [], texts: [], reason: 'no user data in it' }

/** What checking needs, on whichever thread. */
export interface FileChecker {
  readonly fs: ReadFs
  readonly cwd: string
  readonly choice: VariantChoice
  /** What the command line and the product have to do with findings; absent without a cache. */
  readonly cacheSalt?: string
}

/** The template engine is loaded for the first document that is accepted. */
const loadRendering = lazily(() => import('../render-findings.ts'))

const findMore: FindMore = async (variant, accepted) => (await loadRendering()).renderFindings(variant, accepted)

type Content = { readonly bytes: Uint8Array } | { readonly report: FileReport }

function unreadable(candidate: Candidate, error: unknown): FileReport {
  const { file } = candidate
  const message = `cannot read it: ${systemCode(error) ?? messageOf(error)}`
  const hint = systemCode(error) === 'ENOENT' ? 'check the name' : 'check the permissions of the file'
  return failedFile(candidate, fileProblem(file, 'HOST_FILE_UNREADABLE', message, hint))
}

/** The report on a file that could not be checked. */
export function failedFile({ file }: Candidate, problem: Diagnostic): FileReport {
  return {
    verdicts: [{ file, variant: UNKNOWN_VARIANT, accepted: false, diagnostics: [problem] }],
    skipped: [],
    texts: [],
  }
}

/** Reads a file as far as it is worth it. */
export function readCandidate(candidate: Candidate, checker: FileChecker): Content {
  const { file, isNamed, kind } = candidate
  const full = path.resolve(checker.cwd, file)
  try {
    if (!isNamed && (checker.fs.stat(full)?.size ?? 0) > MAX_FILE_BYTES) {
      const reason = 'it is larger than 32 MiB; name it to have it checked'
      return { report: { verdicts: [], skipped: [{ file, reason }], texts: [] } }
    }
    const bytes = checker.fs.readBytes(full)
    const isDocument = isNamed || kind === 'network' || isChosen(file, checker) || isWorthReading(file, bytes)
    return isDocument ? { bytes } : { report: NOTHING }
  } catch (error) {
    return { report: unreadable(candidate, error) }
  }
}

/** Whether a rule of the command line says what variant a file is for: it then holds user data. */
function isChosen(file: string, { choice }: FileChecker): boolean {
  return choice.everywhere.length === 0 && choice.for({ file }).variants.length > 0
}

/** What the findings about a file depend on, and nothing else: its name, its content, the command line, the product. */
export function keyOf({ file, isNamed, kind }: Candidate, bytes: Uint8Array, salt: string): string {
  const head = JSON.stringify([salt, file, isNamed, kind])
  return createHash('sha256').update(`${head}\n`).update(bytes).digest('base64url')
}

/** A finding about a file as a whole. */
export function fileProblem(file: string, code: Diagnostic['code'], message: string, hint: string): Diagnostic {
  return { code, severity: 'error', message, hint, at: { file, line: 1, column: 1, endLine: 1, endColumn: 1 } }
}

function nothingFound(candidate: Candidate, skipped: readonly Skipped[]): FileReport {
  const reasons = [...new Set(skipped.filter(({ part }) => part !== undefined).map(({ reason }) => reason))]
  const message = ['there is no user data of Bottlerocket in this file', ...reasons].join('; ')
  const hint = 'leave its name away: files of a directory need not hold any'
  return failedFile(candidate, fileProblem(candidate.file, 'USERDATA_NOT_FOUND', message, hint))
}

/** A table of settings may stand in a text of some other TOML: a document without any is none of ours. */
const isNoDocument = ({ diagnostics }: Verdict): boolean =>
  diagnostics.some(({ code }) => code === 'USERDATA_NO_SETTINGS')

/** Checks what is in a file. */
export async function checkBytes(candidate: Candidate, bytes: Uint8Array, checker: FileChecker): Promise<FileReport> {
  const { file, isNamed, kind } = candidate
  const choose: VariantChoice['for'] = (subject) => checker.choice.for(subject)
  if (kind === 'network') return reportOf(checkNetworks([{ file, bytes }], choose))
  let isOurs = isNamed || isChosen(file, checker)
  const counts: typeof isUserData = (source) => {
    isOurs ||= source.variants.length > 0
    return isNamed || (isOurs && source.part === undefined) || isUserData(source)
  }
  const outcome = await checkInput({ file, bytes }, choose, { findMore, counts })
  const { verdicts } = outcome
  const skipped = outcome.skipped.filter(({ part }) => part !== undefined)
  const isOther = !isOurs && /\.toml$/i.test(file) && verdicts.some(isNoDocument)
  if (verdicts.length > 0 && !isOther) return reportOf({ ...outcome, skipped })
  return isNamed ? nothingFound(candidate, skipped) : { ...NOTHING, skipped }
}

interface Found extends FileFindings {
  readonly texts: ReadonlyMap<string, string>
}

function reportOf({ verdicts, skipped, texts }: Found): FileReport {
  const names = new Set(placeNames(verdicts))
  return { verdicts, skipped, texts: [...texts].filter(([name]) => names.has(name)) }
}

/** The names of all texts that findings have places in. */
export function placeNames(verdicts: readonly Verdict[]): readonly string[] {
  const found = verdicts.flatMap(({ diagnostics }) => diagnostics.map(({ at }) => at?.file))
  return [...new Set(found.filter((name) => name !== undefined))]
}

/** The texts that findings known from before have places in. */
export async function textsOf(candidate: Candidate, bytes: Uint8Array): Promise<FileReport['texts']> {
  const { file, kind } = candidate
  if (kind === 'network') return [[file, decodeUtf8Lossy(bytes)]]
  const { sources } = await readFile(bytes, file)
  return sources.map((source) => [source.placeFile, excerptText(source)] as const)
}

/** Reads and checks a file. */
export async function checkFile(candidate: Candidate, checker: FileChecker): Promise<FileReport> {
  const content = readCandidate(candidate, checker)
  if ('report' in content) return content.report
  const report = await checkBytes(candidate, content.bytes, checker)
  return checker.cacheSalt === undefined
    ? report
    : { ...report, key: keyOf(candidate, content.bytes, checker.cacheSalt) }
}
