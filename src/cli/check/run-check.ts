/** Checks the files of a tree: what the cache knows, the others on several threads. */
import type { Clock, ReadFs } from '../../lib/ports.ts'
import type { Threads } from '../../lib/threads.ts'
import type { FindingsCache } from './cache.ts'
import {
  checkFile,
  failedFile,
  fileProblem,
  keyOf,
  readCandidate,
  textsOf,
  type FileChecker,
  type FileReport,
} from './check-file.ts'
import { checkerOf, type CheckSetup } from './task.ts'
import type { Candidate } from './tree.ts'

/** What a run needs of its host. */
export interface RunHost {
  readonly fs: ReadFs
  readonly clock: Clock
  readonly threads: Threads
}

export interface RunOptions {
  readonly setup: CheckSetup
  readonly cache: FindingsCache | undefined
  readonly jobs: number | undefined
  /** Whether findings are shown with their lines. */
  readonly needsTexts: boolean
  readonly onProgress: (done: number) => void
  readonly signal: AbortSignal
}

export interface CheckRun {
  /** In the order of the candidates. */
  readonly reports: readonly FileReport[]
  /** How many of them the cache has known. */
  readonly known: number
}

/** How many files are looked up before anything else gets its turn. */
const FILES_PER_TURN = 256

interface LookUp extends Pick<RunOptions, 'needsTexts'> {
  readonly cache: FindingsCache
  readonly checker: FileChecker
}

/** What the cache knows of a file, or that there is nothing to know; undefined for one that has to be checked. */
async function lookUp(candidate: Candidate, { cache, checker, needsTexts }: LookUp): Promise<FileReport | undefined> {
  const content = readCandidate(candidate, checker)
  if ('report' in content) return content.report
  const known = cache.find(keyOf(candidate, content.bytes, checker.cacheSalt ?? ''))
  if (known === undefined) return undefined
  const hasFindings = known.verdicts.some(({ diagnostics }) => diagnostics.length > 0)
  const texts = needsTexts && hasFindings ? await textsOf(candidate, content.bytes) : []
  return { ...known, texts, ...(known.verdicts.length === 0 && { reason: 'no user data in it' }) }
}

/** Checks every candidate. @throws the signal's reason when it is aborted */
export async function runChecks(
  candidates: readonly Candidate[],
  host: RunHost,
  { setup, cache, jobs, needsTexts, onProgress, signal }: RunOptions,
): Promise<CheckRun> {
  const checker = checkerOf(setup, host.fs)
  const reports = new Map<Candidate, FileReport>()
  if (cache !== undefined && !cache.isEmpty) {
    for (const [i, candidate] of candidates.entries()) {
      const report = await lookUp(candidate, { cache, checker, needsTexts })
      if (report !== undefined) reports.set(candidate, report)
      if (i % FILES_PER_TURN === FILES_PER_TURN - 1) await host.clock.sleep(0, signal)
    }
  }
  const known = reports.size
  const items = candidates.filter((candidate) => !reports.has(candidate))
  const results = await host.threads.run({
    ...{ task: 'check', setup, items, signal },
    threads: jobs ?? host.threads.processors,
    work: (candidate: Candidate) => checkFile(candidate, checker),
    onProgress: (done) => {
      onProgress(known + done)
    },
  })
  results.forEach((result, i) => {
    const candidate = items[i] as Candidate
    const report = result.ok ? result.value : failedFile(candidate, fault(candidate.file, result.reason))
    reports.set(candidate, report)
    if (result.ok && report.key !== undefined) cache?.add(report.key, report)
  })
  return { reports: candidates.map((candidate) => reports.get(candidate) as FileReport), known }
}

const fault = (file: string, reason: string): ReturnType<typeof fileProblem> =>
  fileProblem(file, 'INTERNAL', `checking this file failed: ${reason}`, 'please report it together with the file')
