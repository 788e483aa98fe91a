import path from 'node:path'
import { parseArgs } from '../../lib/args.ts'
import { messageOf, systemCode } from '../../lib/errors.ts'
import { EXIT_FAILURE, EXIT_OK, type ExitCode } from '../../lib/exit-codes.ts'
import { jsonObject, toJson, type JsonObject } from '../../lib/json.ts'
import type { Clock, ProgramIo, RootFs } from '../../lib/ports.ts'
import type { Threads } from '../../lib/threads.ts'
import { FindingsCache } from '../check/cache.ts'
import { checkOptions, checkSpec, type CheckOptions } from '../check/options.ts'
import { progressLine } from '../check/progress.ts'
import { runChecks, type CheckRun } from '../check/run-check.ts'
import { sarifLog } from '../check/sarif.ts'
import { checkText, totalsText } from '../check/table.ts'
import { findCandidates, type LeftOut, type Tree } from '../check/tree.ts'
import { productVersion } from '../product-version.ts'
import { paletteFor } from '../terminal.ts'
import type { Outcome } from '../validate/check-inputs.ts'
import { maskSecrets, maskSecretsOfNetwork } from '../validate/mask.ts'
import { byDocument, renderAnnotations, reportJson, sharedFindings } from '../validate/print.ts'
import { UNKNOWN_VARIANT, VariantChoice } from '../variant-choice.ts'

export { checkSpec } from '../check/options.ts'

/** All that checking a repository needs of a host. */
export interface CheckHost {
  readonly fs: RootFs
  readonly clock: Clock
  readonly threads: Threads
  /** Where the user's caches lie, if there is such a place. */
  readonly cacheDirectory: string | undefined
  /** What tells this build from others; undefined for sources, which may change at any time and so have no cache. */
  readonly build: string | undefined
}

const CACHE_NAME = 'bottlerocket/check'

/** The cache that is asked for. */
function cacheOf({ cache }: CheckOptions, io: ProgramIo, host: CheckHost): FindingsCache | undefined {
  const { fs, clock, cacheDirectory, build } = host
  if (cache === false || build === undefined) return undefined
  if (cache === true && cacheDirectory === undefined) {
    io.stderr.write('bottlerocket: no home directory for a cache: give --cache-file FILE\n')
    return undefined
  }
  const file = cache === true ? path.join(cacheDirectory ?? '', CACHE_NAME) : path.resolve(io.cwd, cache)
  return new FindingsCache(fs, clock, { file, build })
}

/** A cache that cannot be written makes the next run slower, and nothing else. */
function keep(cache: FindingsCache | undefined, io: ProgramIo): void {
  try {
    cache?.write()
  } catch (error) {
    io.stderr.write(`bottlerocket: cannot write the cache: ${systemCode(error) ?? messageOf(error)}\n`)
  }
}

function outcomeOf({ problems }: Tree, { reports }: CheckRun): Outcome {
  const words = [...problems].map(([file, problem]) => ({
    ...{ file, variant: UNKNOWN_VARIANT, accepted: false },
    diagnostics: [problem],
  }))
  return {
    verdicts: [...words, ...reports.flatMap(({ verdicts }) => verdicts)],
    skipped: reports.flatMap(({ skipped }) => skipped),
    texts: new Map(reports.flatMap(({ texts }) => texts)),
  }
}

function totals({ verdicts, skipped }: Outcome): JsonObject {
  const documents = byDocument(verdicts)
  const findings = documents.flatMap(sharedFindings).map(({ diagnostic }) => diagnostic.severity)
  const errors = findings.filter((severity) => severity === 'error').length
  return toJson({
    files: new Set(verdicts.map(({ file }) => file)).size,
    documents: documents.length,
    accepted: documents.filter((document) => document.every(({ accepted }) => accepted)).length,
    errors,
    warnings: findings.length - errors,
    skipped: skipped.length,
  }) as JsonObject
}

interface Report {
  readonly outcome: Outcome
  readonly leftOut: readonly LeftOut[]
  /** What of a text may be shown, by its file. */
  readonly show: (text: string, file: string) => string
}

/** Networks have no secrets, and names of their own. */
function maskOf({ candidates }: Tree, { showSecrets }: CheckOptions): Report['show'] {
  if (showSecrets) return (text) => text
  const networks = new Set(candidates.filter(({ kind }) => kind === 'network').map(({ file }) => file))
  return (text, file) => (networks.has(file) ? maskSecretsOfNetwork(text) : maskSecrets(text))
}

function print({ outcome, leftOut, show }: Report, options: CheckOptions, io: ProgramIo): void {
  const { format, isQuiet, isVerbose } = options
  const place = { cwd: io.cwd, workspace: io.env['GITHUB_WORKSPACE'] }
  switch (format) {
    case 'json':
      io.stdout.write(`${reportJson(outcome, jsonObject({ totals: totals(outcome) }))}\n`)
      break
    case 'sarif':
      io.stdout.write(`${sarifLog(outcome, place, productVersion())}\n`)
      break
    case 'github':
      io.stdout.write(renderAnnotations(outcome, place))
      if (!isQuiet) io.stderr.write(`${totalsText(outcome)}\n`)
      break
    case 'text': {
      const palette = paletteFor(io)
      io.stdout.write(checkText(outcome, { palette, show, isQuiet, leftOut: isVerbose ? leftOut : undefined }))
      break
    }
  }
}

function allLeftOut({ candidates, leftOut }: Tree, { reports }: CheckRun): LeftOut[] {
  const others = reports.flatMap(({ reason }, i) => {
    const file = candidates[i]?.file
    return reason === undefined || file === undefined ? [] : [{ file, reason }]
  })
  return [...leftOut, ...others]
}

/** `bottlerocket check`: exit 1 when a document has errors, or warnings with `--strict`. */
export async function check(argv: readonly string[], io: ProgramIo, host: CheckHost): Promise<ExitCode> {
  const args = parseArgs(checkSpec, argv)
  const options = checkOptions(args)
  // what is wrong with it is told before anything is read
  VariantChoice.of(checkSpec, args)
  const { networks, exclude, noIgnore, variantArgv, jobs, format, isVerbose } = options
  const tree = findCandidates(options.words, { cwd: io.cwd, fs: host.fs, networks, exclude, noIgnore })
  const cache = cacheOf(options, io, host)
  const progress = progressLine(io, host.clock, tree.candidates.length)
  const cacheSalt = cache === undefined ? undefined : JSON.stringify(variantArgv)
  const setup = { argv: variantArgv, cwd: io.cwd, root: io.env['BOTTLEROCKET_ROOT'] ?? '/', cacheSalt }
  const needsTexts = format === 'text'
  let run: CheckRun
  try {
    run = await runChecks(tree.candidates, host, {
      ...{ setup, cache, jobs, needsTexts, signal: io.signal },
      onProgress: (done) => {
        progress.show(done)
      },
    })
  } finally {
    progress.clear()
  }
  keep(cache, io)
  const outcome = outcomeOf(tree, run)
  print({ outcome, leftOut: allLeftOut(tree, run), show: maskOf(tree, options) }, options, io)
  if (isVerbose && cache !== undefined) {
    io.stderr.write(`${String(run.known)} of ${String(tree.candidates.length)} files were known from the cache\n`)
  }
  const fails = outcome.verdicts.some(
    ({ accepted, diagnostics }) => !accepted || (options.isStrict && diagnostics.length > 0),
  )
  return fails ? EXIT_FAILURE : EXIT_OK
}
