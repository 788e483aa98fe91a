/** The files that a variant renders. */
import { jsonObject } from '../lib/json.ts'
import { readConfigurationFiles } from '../model/metadata.ts'
import { loadDefaults, templatesOf } from './load.ts'
import type { Variant } from './types.ts'

/** A rendered file and the template that it comes from. */
export interface VariantFile {
  /** The name of the configuration file in the metadata. */
  readonly name: string
  readonly path: string
  /** The template's name below `src/templates`. */
  readonly template: string
}

/** The rendered files of a variant, in byte order of their names. @throws PipelineError `METADATA_INVALID` */
export function filesOf(variant: Variant): readonly VariantFile[] {
  const templates = templatesOf(variant)
  const files = readConfigurationFiles(loadDefaults(variant)['configuration-files'] ?? jsonObject())
  return [...files].flatMap(([name, file]) => {
    const template = templates.get(file['template-path'])
    return template === undefined ? [] : [{ name, path: file.path, template }]
  })
}
