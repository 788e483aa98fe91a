import type { Tables } from './lower.ts'
import type { OutputFormat } from './output/write.ts'

/** A template that the build compiled. */
export interface ShippedTemplate {
  readonly requiredExtensions: readonly string[]
  readonly importedHelpers: readonly string[]
  readonly outputFormat: OutputFormat
  /** What Handlebars loads, or the text of a body without tags. */
  readonly body: { readonly text: string } | { readonly spec: object; readonly tables: Tables }
}

/**
 * Templates that the build compiled, by what they were made of: a file's whole text, or `stringKey` of a template string.
 * Whatever is asked for with another text is compiled when it is asked for.
 */
export type ShippedTemplates = ReadonlyMap<string, () => ShippedTemplate>
