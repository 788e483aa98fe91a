/** Every network configuration, checked for its variants. */
import { variantsInToml } from '../../documents/variant-comment.ts'
import { hasErrors, type Diagnostic } from '../../lib/diagnostics.ts'
import { decodeUtf8Lossy } from '../../lib/utf8.ts'
import { checkNetToml } from '../../netdog/check.ts'
import { flavourOfVariant } from '../../netdog/flavour.ts'
import { ANY_VARIANT } from './any-variant.ts'
import type { ChooseVariants, Outcome, Verdict } from './check-inputs.ts'
import type { Input } from './inputs.ts'

/** The verdicts on one file: for its variants, or for any where none is known. */
function verdictsOn(input: Input, choose: ChooseVariants): Verdict[] {
  const { file } = input
  if ('problem' in input) return [{ file, variant: ANY_VARIANT, accepted: false, diagnostics: [input.problem] }]
  const named = variantsInToml(decodeUtf8Lossy(input.bytes), file)
  const { variants, problems } = choose({ file, variants: named })
  const unknown = problems.filter(({ code }) => code !== 'VARIANT_MISSING')
  const verdict = (variant: string, more: readonly Diagnostic[] = []): Verdict => {
    const found = checkNetToml(input.bytes, file, flavourOfVariant(variant)).diagnostics
    const diagnostics = [...found, ...more]
    return { file, variant, accepted: !hasErrors(diagnostics), diagnostics }
  }
  if (unknown.length > 0 || variants.length === 0) return [verdict(ANY_VARIANT, unknown)]
  return variants.map(({ name }) => verdict(name))
}

/** Checks files as net.toml. */
export function checkNetworks(inputs: readonly Input[], choose: ChooseVariants): Outcome {
  const verdicts = inputs.flatMap((input) => verdictsOn(input, choose))
  const texts = new Map(
    inputs.flatMap((input) => ('bytes' in input ? [[input.file, decodeUtf8Lossy(input.bytes)] as const] : [])),
  )
  return { verdicts, skipped: [], texts }
}
