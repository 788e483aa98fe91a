/** What is to be explained. */
import { ERROR_CODES, isErrorCode, type ErrorCode } from '../../lib/error-codes.ts'
import { PipelineError } from '../../lib/errors.ts'
import { nearest } from '../../lib/nearest.ts'
import { nameVariants } from '../../variants/across.ts'
import { variantCatalogue } from '../../variants/catalogue.ts'
import { filesOf, type VariantFile } from '../../variants/rendered-files.ts'
import type { Variant } from '../../variants/variant.ts'
import { matchesPath } from '../rendered/select.ts'

/** A file and the variants that render it. */
export interface FileQuestion {
  readonly kind: 'file'
  readonly path: string
  readonly owners: readonly (readonly [Variant, VariantFile])[]
  /** A key as it was typed. */
  readonly key: string | undefined
  /** From 1. */
  readonly line: number | undefined
}

export type Question =
  | FileQuestion
  | { readonly kind: 'code'; readonly code: ErrorCode }
  | { readonly kind: 'setting'; readonly key: string }

type Owners = ReadonlyMap<string, readonly (readonly [Variant, VariantFile])[]>

/** All rendered files of some variants. */
function ownersOf(variants: readonly Variant[]): Owners {
  const owners = new Map<string, (readonly [Variant, VariantFile])[]>()
  for (const variant of variants) {
    for (const file of filesOf(variant)) owners.set(file.path, [...(owners.get(file.path) ?? []), [variant, file]])
  }
  return owners
}

const unknown = (message: string, meant: string | undefined): PipelineError =>
  new PipelineError('EXPLAIN_UNKNOWN', message, {
    hint: meant === undefined ? ERROR_CODES.EXPLAIN_UNKNOWN.hint : `did you mean ${meant}?`,
  })

/** `FILE:LINE` in its parts. */
function splitLine(word: string): { readonly path: string; readonly line: number | undefined } {
  const [, path = word, line] = /^(.*[^:]):(\d+)$/.exec(word) ?? []
  return { path, line: line === undefined ? undefined : Number(line) }
}

/** The file that a word names: its whole path, or the end of it. */
function fileQuestion(word: string, key: string | undefined, owners: Owners): FileQuestion | undefined {
  const { path, line } = splitLine(word)
  const exact = owners.has(path) ? [path] : [...owners.keys()].filter((known) => matchesPath(path, known))
  const [only, ...others] = exact
  if (only === undefined) return undefined
  if (others.length > 0) {
    throw new PipelineError(
      'EXPLAIN_AMBIGUOUS',
      `${path} could be any of\n${exact.map((one) => `  ${one}`).join('\n')}`,
    )
  }
  return { kind: 'file', path: only, owners: owners.get(only) ?? [], key, line }
}

const CODE = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/

function codeQuestion(word: string): Question {
  if (isErrorCode(word)) return { kind: 'code', code: word }
  throw unknown(`there is no code ${word}`, nearest(word, Object.keys(ERROR_CODES)))
}

const isSetting = (word: string, variants: readonly Variant[]): boolean =>
  variants.some((variant) => variantCatalogue(variant).find(word) !== undefined)

/** Says that only variants have it that were not asked for. */
function elsewhere(word: string, having: readonly Variant[], all: readonly Variant[]): PipelineError {
  const names = nameVariants(
    having.map(({ name }) => name),
    all.map(({ name }) => name),
  )
  const hint = `only these variants have it: ${names}`
  return new PipelineError('EXPLAIN_UNKNOWN', `no variant that is asked for has ${word}`, { hint })
}

/** Fails if only variants have a word that were not asked for. */
function checkElsewhere(word: string, all: readonly Variant[]): void {
  const settings = all.filter((variant) => isSetting(word, [variant]))
  if (settings.length > 0) throw elsewhere(word, settings, all)
  const { path } = splitLine(word)
  const files = all.filter((variant) => filesOf(variant).some((file) => file.path === path))
  if (files.length > 0) throw elsewhere(path, files, all)
}

/**
 * Finds out what is to be explained.
 *
 * @param variants that may have it
 * @param all variants that there are
 * @throws PipelineError `EXPLAIN_UNKNOWN` with what was probably meant, `EXPLAIN_AMBIGUOUS`
 */
export function readQuestion(
  words: readonly string[],
  variants: readonly Variant[],
  all: readonly Variant[],
): Question {
  const [word = '', key] = words
  if (CODE.test(word)) return codeQuestion(word)
  const isPath = word.startsWith('/') || key !== undefined
  if (!isPath && isSetting(word, variants)) return { kind: 'setting', key: word }
  const owners = ownersOf(variants)
  const file = fileQuestion(word, key, owners)
  if (file !== undefined) return file
  checkElsewhere(word, all)
  const { path } = splitLine(word)
  if (isPath || path.includes('/')) throw unknown(`no file ${path} is rendered`, nearest(path, owners.keys()))
  const meant = variants.map((variant) => variantCatalogue(variant).nearest(word)).find((near) => near !== undefined)
  throw unknown(`there is no setting, rendered file or code "${word}"`, meant ?? nearest(word, owners.keys()))
}
