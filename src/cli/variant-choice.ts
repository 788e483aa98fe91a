/**
 * Which variants a document is checked or rendered for. What says so first, wins:
 *
 * 1. `--variant NAME`, for every file
 * 2. a comment: in the user data (in front of everything else), else the nearest one above it in a YAML file around it
 * 3. `--variant PATTERN=NAME` whose PATTERN matches the file, by its path as typed, the end of that, or its name; of
 *    several the last one
 */
import type { NamedVariant } from '../documents/variant-comment.ts'
import type { ArgsSpec, OptionSpec, ParsedArgs } from '../lib/args.ts'
import { usageError } from '../lib/args.ts'
import type { Diagnostic, Place } from '../lib/diagnostics.ts'
import { PipelineError } from '../lib/errors.ts'
import { EXIT_USAGE } from '../lib/exit-codes.ts'
import { isGlob, matchesName } from '../lib/glob.ts'
import { findVariant, listVariants, type Variant } from '../variants/variant.ts'
import { matchesPath } from './rendered/select.ts'

/** `--variant` of commands that read files. */
export const FILE_VARIANT_OPTION: OptionSpec = {
  names: ['--variant'],
  value: '[PATTERN=]NAME',
  repeatable: true,
  help: 'variant, such as aws-k8s-1.30, of all files or of those that match',
}

/** Stands in reports for the variant of a file of which it is not known. */
export const UNKNOWN_VARIANT = '?'

/** What of a document matters for the choice. */
export interface ChoiceSubject {
  /** The file as the user named it. */
  readonly file: string
  /** What comments name, see `SettingsSource.variants`. */
  readonly variants?: readonly NamedVariant[]
  /** What is pointed at if nothing is known: where the document begins. */
  readonly at?: Place
}

/** What was chosen. There are no variants only if there are problems. */
export interface Chosen {
  readonly variants: readonly Variant[]
  readonly problems: readonly Diagnostic[]
}

interface Rule {
  readonly pattern: string
  readonly variants: readonly Variant[]
}

/** The variants of a release that a name or a pattern means. @throws PipelineError `VARIANT_UNKNOWN` */
function variantsNamed(name: string, release: string | undefined): Variant[] {
  const matches = isGlob(name) ? listVariants(release).filter((known) => matchesName(name, known)) : []
  return (matches.length === 0 ? [name] : matches).map((each) => findVariant(each, release))
}

const withoutDot = (path: string): string => path.replace(/^(?:\.\/+)+/, '')

/** Whether a pattern means a file as it was typed: by the whole of it, by its end, or by its name. */
function matchesFile(pattern: string, file: string): boolean {
  if (pattern.startsWith('/') && !file.startsWith('/')) return false
  return matchesPath(withoutDot(pattern), withoutDot(file))
}

const unique = (variants: readonly Variant[]): Variant[] => [...new Set(variants)]

/** The choice that a command line makes. */
export class VariantChoice {
  /** The variants of all files; none if each file has its own. */
  readonly everywhere: readonly Variant[]
  /** Those of the last `--variant NAME`. */
  private readonly last: readonly Variant[]
  private readonly rules: readonly Rule[]
  private readonly release: string | undefined

  private constructor(named: readonly (readonly Variant[])[], rules: readonly Rule[], release: string | undefined) {
    this.everywhere = unique(named.flat())
    this.last = named.at(-1) ?? []
    this.rules = rules
    this.release = release
  }

  /** Reads every `--variant`, and `--release`. @throws PipelineError `USAGE`, `VARIANT_UNKNOWN`, `VARIANT_RELEASE_UNKNOWN` */
  static of(spec: ArgsSpec, args: ParsedArgs): VariantChoice {
    const release = args.value('--release')
    const named: (readonly Variant[])[] = []
    const rules: Rule[] = []
    for (const typed of args.values.get('--variant') ?? []) {
      // no variant has the sign in its name, and a file may
      const sign = typed.lastIndexOf('=')
      const [pattern, name] = [typed.slice(0, Math.max(sign, 0)), typed.slice(sign + 1)]
      if (sign === 0 || name === '') throw usageError(spec, `--variant ${typed}: write NAME or PATTERN=NAME`)
      if (sign < 0) named.push(variantsNamed(name, release))
      else rules.push({ pattern, variants: variantsNamed(name, release) })
    }
    return new VariantChoice(named, rules, release)
  }

  /** The variants of a document, and what is wrong with what was said about them. */
  for({ file, variants: named = [], at }: ChoiceSubject): Chosen {
    if (this.everywhere.length > 0) return { variants: this.everywhere, problems: [] }
    if (named.length > 0) return this.ofComment(named)
    const rule = this.rules.findLast(({ pattern }) => matchesFile(pattern, file))
    if (rule !== undefined) return { variants: rule.variants, problems: [] }
    return { variants: [], problems: [missing(file, at)] }
  }

  /**
   * The one variant of a document. Of several `--variant NAME` the last one counts.
   *
   * @param sources texts of the places of the subject, by file
   * @throws PipelineError `VARIANT_MISSING` (exit 2), `VARIANT_UNKNOWN`, `VARIANT_AMBIGUOUS` (exit 2)
   */
  one(subject: ChoiceSubject, sources?: ReadonlyMap<string, string>): Variant {
    const { variants, problems } = this.last.length > 0 ? { variants: this.last, problems: [] } : this.for(subject)
    if (problems.length > 0) throw variantProblem(problems, sources)
    const [variant] = variants
    if (variants.length > 1 || variant === undefined) throw ambiguous(subject, variants, sources)
    return variant
  }

  private ofComment(named: readonly NamedVariant[]): Chosen {
    const variants: Variant[] = []
    const problems: Diagnostic[] = []
    for (const { name, at } of named) {
      try {
        variants.push(...variantsNamed(name, this.release))
      } catch (error) {
        if (!(error instanceof PipelineError) || error.code !== 'VARIANT_UNKNOWN') throw error
        const message = name === '' ? 'the comment names no variant' : error.message
        const hint = name === '' ? 'write # bottlerocket: variant=aws-k8s-1.30' : error.hint
        problems.push({
          code: 'VARIANT_UNKNOWN',
          severity: 'error',
          message,
          at,
          ...(hint === undefined ? {} : { hint }),
        })
      }
    }
    return { variants: unique(variants), problems }
  }
}

const startOf = (file: string): Place => ({ file, line: 1, column: 1, endLine: 1, endColumn: 1 })

function missing(file: string, at: Place = startOf(file)): Diagnostic {
  return {
    code: 'VARIANT_MISSING',
    severity: 'error',
    message: 'nothing says which variant this is for',
    hint: `write # bottlerocket: variant=aws-k8s-1.30 above the user data, or give --variant NAME or --variant "${file}=NAME"`,
    at,
  }
}

/** Problems of the choice as an error of the command: bad usage if nothing is known of any file. */
export function variantProblem(
  problems: readonly Diagnostic[],
  sources: ReadonlyMap<string, string> = new Map(),
): PipelineError {
  const isUsage = problems.every(({ code }) => code === 'VARIANT_MISSING')
  const [message, options] = isUsage
    ? ['a variant is needed', { exit: EXIT_USAGE }]
    : ['a comment names a variant that does not exist', {}]
  return new PipelineError(isUsage ? 'VARIANT_MISSING' : 'VARIANT_UNKNOWN', message, {
    ...options,
    diagnostics: problems,
    sources,
  })
}

function ambiguous(
  { file, variants: named = [] }: ChoiceSubject,
  variants: readonly Variant[],
  sources: ReadonlyMap<string, string> = new Map(),
): PipelineError {
  const names = variants.map(({ name }) => name).join(', ')
  // several names may also have been typed
  const at = named.length > 1 || named.some(({ name }) => isGlob(name)) ? named[0]?.at : undefined
  const hint = 'choose one of them with --variant NAME'
  const message = `this is for several variants: ${names}`
  return new PipelineError('VARIANT_AMBIGUOUS', 'one variant is needed', {
    exit: EXIT_USAGE,
    diagnostics: [{ code: 'VARIANT_AMBIGUOUS', severity: 'error', message, hint, at: at ?? startOf(file) }],
    sources,
  })
}
