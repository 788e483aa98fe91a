/** Whether it matters which variant a file is explained for. */
import { isJsonObject, member, printJson, toJson } from '../../lib/json.ts'
import { parseForRecord } from '../../schnauzer/provenance.ts'
import { loadDefaults, templateText } from '../../variants/load.ts'
import type { VariantFile } from '../../variants/rendered-files.ts'
import type { Variant } from '../../variants/variant.ts'

/** All that can make a difference, as text: the template, and what is known of the settings that it sees. */
function differing([variant, { template }]: readonly [Variant, VariantFile]): string {
  const text = templateText(variant, template)
  const { requiredExtensions } = parseForRecord(template, text)
  const { settings, metadata } = loadDefaults(variant)
  const seen = requiredExtensions.map((group) => [
    isJsonObject(settings) ? (settings[group] ?? null) : null,
    member(member(metadata, 'settings'), group) ?? null,
  ])
  const hasPrograms = requiredExtensions.some((group) => group === 'kubernetes' || group === 'aws')
  const { platform, kubernetesVersion } = variant
  const isKubernetes = kubernetesVersion !== undefined
  return printJson([text, toJson(seen), ...(hasPrograms ? [platform, isKubernetes] : [])])
}

/** One of the variants that render a file, if it is the same on all of them. */
export function variantForAll(owners: readonly (readonly [Variant, VariantFile])[]): Variant | undefined {
  const kinds = new Set(owners.map(differing))
  return kinds.size === 1 ? owners[0]?.[0] : undefined
}
