/** Every document of every file, checked for every variant. */
import { addFindings, checkSource, type AcceptedSettings, type Checked } from '../../documents/check.ts'
import { excerptText, readFile } from '../../documents/read-file.ts'
import { startOfSource, type SettingsSource, type Skipped } from '../../documents/source.ts'
import { hasErrors, type Diagnostic } from '../../lib/diagnostics.ts'
import { MAX_USER_DATA_BYTES } from '../../lib/user-data-limit.ts'
import { loadModel } from '../../model/models.ts'
import type { Variant } from '../../variants/variant.ts'
import { UNKNOWN_VARIANT, type ChoiceSubject, type Chosen } from '../variant-choice.ts'
import type { Input } from './inputs.ts'

/** What one variant has to say about one document. */
export interface Verdict {
  readonly file: string
  /** The place in the file, where the document is not the whole of it. */
  readonly part?: string
  /** `UNKNOWN_VARIANT` where nothing says which one it is for. */
  readonly variant: string
  readonly accepted: boolean
  readonly diagnostics: readonly Diagnostic[]
}

export interface Outcome {
  readonly verdicts: readonly Verdict[]
  readonly skipped: readonly Skipped[]
  /** Texts by the name that places carry, to show their lines. */
  readonly texts: ReadonlyMap<string, string>
}

/** Finds more about settings that nothing is wrong with, such as what comes of rendering them. */
export type FindMore = (variant: Variant, accepted: AcceptedSettings) => Promise<readonly Diagnostic[]>

/** Says for which variants a document is checked. */
export type ChooseVariants = (subject: ChoiceSubject) => Chosen

export interface CheckOptions {
  /** Is asked about each document that is accepted, for each variant. */
  readonly findMore?: FindMore | undefined
  /** Whether a document that was found counts; by default all do. */
  readonly counts?: ((source: SettingsSource) => boolean) | undefined
}

/** Checks documents for their variants; variants of one family on one platform share their findings. */
class Checker {
  readonly verdicts: Verdict[] = []
  readonly skipped: Skipped[] = []
  readonly texts = new Map<string, string>()
  private readonly choose: ChooseVariants
  private readonly options: CheckOptions

  constructor(choose: ChooseVariants, options: CheckOptions) {
    this.choose = choose
    this.options = options
  }

  async input(input: Input): Promise<void> {
    const { file } = input
    if ('problem' in input) {
      this.addForAll(file, [input.problem])
      return
    }
    const { sources, skipped } = await readFile(input.bytes, file)
    const { counts = () => true } = this.options
    for (const source of sources.filter(counts)) await this.source(source)
    this.skipped.push(...skipped)
    if (sources.length === 0 && skipped.length === 0) this.skipped.push({ file, reason: 'no user data in it' })
  }

  addForAll(file: string, diagnostics: readonly Diagnostic[]): void {
    const names = this.choose({ file }).variants.map(({ name }) => name)
    for (const variant of names.length === 0 ? [UNKNOWN_VARIANT] : names) {
      this.verdicts.push({ file, variant, accepted: false, diagnostics })
    }
  }

  private async source(source: SettingsSource): Promise<void> {
    const { file, part, placeFile, body } = source
    const where = part === undefined ? { file } : { file, part }
    this.texts.set(placeFile, excerptText(source))
    const known = new Map<string, Checked>()
    const { variants, problems } = this.choose({ ...source, at: startOfSource(source) })
    if (problems.length > 0) {
      // what cannot even be read is told for any variant
      const more = body.kind === 'broken' ? body.diagnostics : []
      const { diagnostics } = addFindings(source, { diagnostics: more }, problems)
      this.verdicts.push({ ...where, variant: UNKNOWN_VARIANT, accepted: false, diagnostics })
    }
    for (const variant of variants) {
      const key = `${variant.modelName} ${variant.platform}`
      const checked = known.get(key) ?? checkFor(source, variant)
      known.set(key, checked)
      const { diagnostics } = await this.completed(source, checked, variant)
      const accepted = !hasErrors(diagnostics)
      this.verdicts.push({ ...where, variant: variant.name, accepted, diagnostics })
    }
  }

  private async completed(source: SettingsSource, checked: Checked, variant: Variant): Promise<Checked> {
    const { findMore } = this.options
    if (findMore === undefined || checked.accepted === undefined) return checked
    return addFindings(source, checked, await findMore(variant, checked.accepted))
  }
}

function checkFor(source: SettingsSource, variant: Variant): Checked {
  const limit = variant.platform === 'aws' ? { maxBytes: MAX_USER_DATA_BYTES } : {}
  return checkSource(source, loadModel(variant.modelName), limit)
}

/** Checks the documents of one input. There may be none. */
export async function checkInput(input: Input, choose: ChooseVariants, options: CheckOptions): Promise<Outcome> {
  const checker = new Checker(choose, options)
  await checker.input(input)
  return checker
}

/**
 * Checks all inputs. That none of them holds any user data is an error of each of them.
 *
 * @param variants those of all documents, or a choice for each
 * @param findMore is asked about each document that is accepted, for each variant
 */
export async function checkInputs(
  inputs: readonly Input[],
  variants: readonly Variant[] | ChooseVariants,
  findMore?: FindMore,
): Promise<Outcome> {
  const choose: ChooseVariants = typeof variants === 'function' ? variants : () => ({ variants, problems: [] })
  const checker = new Checker(choose, { findMore })
  for (const input of inputs) await checker.input(input)
  if (checker.verdicts.length > 0) return checker
  const files = [...new Set(checker.skipped.map(({ file }) => file))]
  for (const file of files) {
    const others = checker.skipped.filter((each) => each.file === file && each.part !== undefined)
    const reasons = [...new Set(others.map(({ reason }) => reason))]
    checker.addForAll(file, [
      {
        code: 'USERDATA_NOT_FOUND',
        severity: 'error',
        message: `there is no user data of Bottlerocket in this file${reasons.map((reason) => `; ${reason}`).join('')}`,
        hint: 'give TOML, or a node class, template, cluster configuration or plan that holds some',
        at: { file, line: 1, column: 1, endLine: 1, endColumn: 1 },
      },
    ])
  }
  return checker
}
