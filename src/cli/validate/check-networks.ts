/** Every network configuration, checked for every variant. */
import { hasErrors } from '../../lib/diagnostics.ts'
import { decodeUtf8Lossy } from '../../lib/utf8.ts'
import { checkNetToml } from '../../netdog/check.ts'
import { flavourOfVariant } from '../../netdog/flavour.ts'
import type { Variant } from '../../variants/variant.ts'
import { ANY_VARIANT } from './any-variant.ts'
import type { Outcome, Verdict } from './check-inputs.ts'
import type { Input } from './inputs.ts'

/** Checks files as net.toml. */
export function checkNetworks(inputs: readonly Input[], variants: readonly Variant[]): Outcome {
  const verdicts: Verdict[] = []
  const texts = new Map<string, string>()
  const names = variants.length === 0 ? [ANY_VARIANT] : variants.map(({ name }) => name)
  for (const input of inputs) {
    const { file } = input
    if ('bytes' in input) texts.set(file, decodeUtf8Lossy(input.bytes))
    for (const variant of names) {
      const diagnostics =
        'problem' in input ? [input.problem] : checkNetToml(input.bytes, file, flavourOfVariant(variant)).diagnostics
      verdicts.push({ file, variant, accepted: !hasErrors(diagnostics), diagnostics })
    }
  }
  return { verdicts, skipped: [], texts }
}
