/** One document of user data, out of a file in any of the forms that people keep it in. */
import { checkSource } from '../documents/check.ts'
import { excerptText, readFile } from '../documents/read-file.ts'
import { startOfSource, type SettingsSource } from '../documents/source.ts'
import { hasErrors, type Diagnostic } from '../lib/diagnostics.ts'
import { PipelineError } from '../lib/errors.ts'
import { MAX_USER_DATA_BYTES } from '../lib/user-data-limit.ts'
import { jsonObject } from '../lib/json.ts'
import type { ProgramIo } from '../lib/ports.ts'
import { SourceTree } from '../lib/source-map.ts'
import { loadModel } from '../model/models.ts'
import type { Variant } from '../variants/variant.ts'
import type { DocumentResult } from './document.ts'
import { typedPath } from './options.ts'
import { maskSecrets } from './validate/mask.ts'
import { readNamed, type FileHost } from './validate/inputs.ts'
import type { VariantChoice } from './variant-choice.ts'

function refused(code: Diagnostic['code'], file: string, message: string, hint: string): PipelineError {
  const at = { file, line: 1, column: 1, endLine: 1, endColumn: 1 }
  return new PipelineError(code, `${file} cannot be used`, {
    diagnostics: [{ code, severity: 'error', message, hint, at }],
  })
}

/** A file and the part of it that is meant: `FILE#PART`, where no file has that whole name. */
function partOf(typed: string, io: ProgramIo, host: FileHost): readonly [file: string, part: string | undefined] {
  const sign = typed.indexOf('#')
  if (sign <= 0 || host.fs.stat(typedPath(io, typed)) !== undefined) return [typed, undefined]
  return [typed.slice(0, sign), typed.slice(sign + 1)]
}

/**
 * The document of user data that a file holds, or the one that is meant of several; `-` is standard input.
 *
 * @param typed `FILE`, or `FILE#PART` with a part as reports name it, such as `nodes.yaml#2/spec/userData`
 * @throws PipelineError `HOST_FILE_UNREADABLE`, `USERDATA_NOT_FOUND`, `USERDATA_SEVERAL`
 */
export async function readUserData(typed: string, io: ProgramIo, host: FileHost): Promise<SettingsSource> {
  const [file, part] = partOf(typed, io, host)
  const input = await readNamed(file, io, host)
  if ('problem' in input) {
    throw new PipelineError('HOST_FILE_UNREADABLE', `cannot read ${file}`, { diagnostics: [input.problem] })
  }
  const { sources } = await readFile(input.bytes, input.file)
  const meant = part === undefined ? sources : sources.filter((source) => source.part === part)
  const [first, ...others] = meant
  const parts = sources.map((source) => `${file}#${source.part ?? ''}`).join(', ')
  if (first === undefined && sources.length > 0) {
    throw refused('USERDATA_NOT_FOUND', file, `there is no part ${part ?? ''} with user data in it`, `name ${parts}`)
  }
  if (first === undefined) {
    const hint = 'give TOML, or a node class, template, cluster configuration or plan that holds some'
    throw refused('USERDATA_NOT_FOUND', file, 'there is no user data of Bottlerocket in this file', hint)
  }
  if (others.length > 0) {
    throw refused('USERDATA_SEVERAL', file, 'there are several documents of user data in this file', `name ${parts}`)
  }
  return first
}

/** The texts that findings about documents are shown with, by the names of their files. */
export function shownTexts(sources: readonly SettingsSource[], showSecrets = false): ReadonlyMap<string, string> {
  const shown = showSecrets ? (text: string) => text : maskSecrets
  return new Map(sources.map((source) => [source.placeFile, shown(excerptText(source))]))
}

/** The variant of a document. @throws PipelineError `VARIANT_MISSING`, `VARIANT_AMBIGUOUS`, `VARIANT_UNKNOWN` */
export function variantOfSource(choice: VariantChoice, source: SettingsSource): Variant {
  return choice.one({ ...source, at: startOfSource(source) }, shownTexts([source]))
}

function unknownParts(source: SettingsSource): Diagnostic {
  return {
    code: 'USERDATA_TEMPLATE_TEXT',
    severity: 'error',
    message: 'parts of it are known only when the template is deployed, so nobody can tell what comes of it',
    hint: 'give the user data with the values in their places',
    at: startOfSource(source),
  }
}

/** A document with all that is to be said of it, ready for rendering. */
export function settingsOf(source: SettingsSource, variant: Variant): DocumentResult {
  const limit = variant.platform === 'aws' ? { maxBytes: MAX_USER_DATA_BYTES } : {}
  const { diagnostics, accepted } = checkSource(source, loadModel(variant.modelName), limit)
  if (hasErrors(diagnostics)) return { ok: false, diagnostics }
  const { body, file } = source
  if (body.kind === 'text' && body.unknown.length > 0) {
    return { ok: false, diagnostics: [...diagnostics, unknownParts(source)] }
  }
  if (accepted !== undefined) return { ok: true, document: { file, ...accepted, findings: diagnostics } }
  const empty = { settings: jsonObject(), sourceMap: new SourceTree(file), findings: diagnostics }
  return { ok: true, document: { file, ...empty } }
}
