/** Looking at the single values of a rendering. */
import type { JsonValue } from '../lib/json.ts'
import type { RenderFacts } from './helper.ts'
import type { Slot } from './output/stream.ts'
import { writeOutput } from './output/write.ts'
import { renderParts, type Template, type TemplateData } from './render.ts'
import { originSegments } from './values.ts'

/** One value in the output of a template. */
export interface InspectedValue {
  readonly value: JsonValue
  /** Segments of the setting that it comes from, from `settings` on; undefined if it comes from none. */
  readonly path: readonly string[] | undefined
  /** It is the name of what `path` leads to, not its value. */
  readonly isKey: boolean
  /** Printed by a tag, as opposed to put together by a helper. */
  readonly isPlain: boolean
  /** A helper encoded it for the output's format. */
  readonly isEncoded: boolean
  /** The whole output with another value in this place. @throws RenderFailure if the format cannot hold it */
  outputWith(value: JsonValue): string
}

export interface Inspection {
  readonly text: string
  readonly values: readonly InspectedValue[]
}

const pathOf = ({ origin }: Slot): readonly string[] | undefined =>
  origin === undefined ? undefined : originSegments(origin)

/**
 * Renders a template and keeps its values apart. Host names do not resolve.
 *
 * @throws PipelineError as `renderTemplate`
 */
export function inspectTemplate(
  template: Template,
  data: TemplateData,
  facts: Omit<RenderFacts, 'resolve'>,
): Inspection {
  const { outputFormat } = template
  const { stream, slots, text } = renderParts(template, data, facts)
  return {
    text,
    values: slots.map((slot, i) => ({
      value: slot.value,
      path: pathOf(slot),
      isKey: slot.isKey === true,
      isPlain: slot.isPlain === true,
      isEncoded: slot.toml !== undefined,
      outputWith: (value) => writeOutput(outputFormat, stream, slots.with(i, { ...slot, value, asInteger: false })),
    })),
  }
}

/** What is shown in the place of a value that must not be. */
export const HIDDEN = '(secret)'

/**
 * Renders a template with values that must not be shown replaced.
 *
 * @param isSecret says so of a path from `settings` on
 * @throws PipelineError as `renderTemplate`
 */
export function renderMasked(
  template: Template,
  data: TemplateData,
  facts: RenderFacts,
  isSecret: (path: readonly string[]) => boolean,
): { readonly text: string; readonly masked: string } {
  const { stream, slots, text } = renderParts(template, data, facts)
  const shown = slots.map(({ toml, ...slot }): Slot => {
    const path = slot.isKey === true ? undefined : pathOf(slot)
    if (path !== undefined && isSecret(path)) return { ...slot, value: HIDDEN, asInteger: false }
    return toml === undefined ? slot : { ...slot, toml }
  })
  return { text, masked: writeOutput(template.outputFormat, stream, shown) }
}
