/** The findings about one document of settings. */
import { hasErrors, onePerPlace, type Diagnostic, type Place } from '../lib/diagnostics.ts'
import { isJsonObject, member, type JsonObject, type JsonValue } from '../lib/json.ts'
import { withoutValues } from '../lib/without-values.ts'
import { PlaceFinder, type DocumentPath, type SourceMap } from '../lib/source-map.ts'
import { trimWhiteSpace } from '../lib/white-space.ts'
import type { SettingsModel } from '../model/models.ts'
import { validateSettings } from '../model/validate.ts'
import { guessFormat } from '../toml/guess-format.ts'
import { overlaps, templateText, withStandIns } from '../toml/template-text.ts'
import { parseUserToml } from '../toml/user-toml.ts'
import { RelocatedSourceMap, type Relocate } from './embedded-text.ts'
import { isMisspeltSettings, outsideHint, outsideSettings, templateTexts } from './lint.ts'
import type { SettingsSource, TextBody, TreeBody, UserDataSize } from './source.ts'

/** Settings that nothing is wrong with, and where they stand. */
export interface AcceptedSettings {
  /** The content of `settings` as it was written. */
  readonly settings: JsonValue
  readonly sourceMap: SourceMap
  /** Where that content stands in the document of the source map. */
  readonly at: DocumentPath
}

export interface Checked {
  /** Ordered by place, one per place. */
  readonly diagnostics: readonly Diagnostic[]
  /** Present if there are no errors. Undefined also for a document without any settings, or with unknown parts. */
  readonly accepted?: AcceptedSettings
}

export interface CheckOptions {
  /** The most bytes that user data may have, where that is limited. */
  readonly maxBytes?: number
}

/** How many bytes, with separators: 16,384. */
function bytes(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',')
}

function sizeFinding({ stored, unpacked, packed }: UserDataSize, maxBytes: number, at: Place): Diagnostic[] {
  if (stored <= maxBytes) return []
  const other =
    unpacked === undefined
      ? `${bytes(packed ?? stored)} after gzip`
      : `compressed by gzip from ${bytes(unpacked)}, which do not count`
  const message = `user data has ${bytes(stored)} bytes (${other}); EC2 takes at most ${bytes(maxBytes)}`
  const hint =
    packed !== undefined && packed <= maxBytes
      ? 'compress it with gzip; a host unpacks it'
      : 'move large values, such as user data of containers, into the images'
  return [{ code: 'USERDATA_TOO_LARGE', severity: 'error', message, hint, at }]
}

/** Only what is not about a part whose text is not known yet. */
function aboutKnownParts(found: readonly Diagnostic[], { text, unknown }: TextBody, file: string): Diagnostic[] {
  if (unknown.length === 0) return [...found]
  const places = new PlaceFinder(text, file)
  return found.filter(({ at }) => {
    if (at === undefined) return true
    const start = places.offset(at.line, at.column)
    return !overlaps(unknown, start, Math.max(places.offset(at.endLine, at.endColumn), start + 1))
  })
}

/** A better hint for what is wrong with a value or name that holds template text. */
function withTemplateHints(found: readonly Diagnostic[], text: string, file: string): Diagnostic[] {
  const stretches = templateText(text)
  if (stretches.length === 0) return [...found]
  const places = new PlaceFinder(text, file)
  return found.map((diagnostic) => {
    const { at, code } = diagnostic
    if (at === undefined || !code.startsWith('SETTINGS_') || at.line !== at.endLine) return diagnostic
    const isIn = overlaps(stretches, places.offset(at.line, at.column), places.offset(at.endLine, at.endColumn))
    return isIn ? { ...diagnostic, hint: 'it holds template text that nothing has replaced' } : diagnostic
  })
}

/** The first character of a text that is not blank. */
function firstPlace(text: string, file: string): Place {
  const start = Math.max(0, text.search(/\S/))
  const end = /\r?\n|$/.exec(text.slice(start))?.index ?? 0
  return new PlaceFinder(text, file).place(start, start + end)
}

function noSettings(tree: JsonObject, sourceMap: SourceMap, model: SettingsModel, start: Place): Diagnostic {
  const names = Object.keys(tree)
  const name = names.find(isMisspeltSettings) ?? names[0]
  return {
    code: 'USERDATA_NO_SETTINGS',
    severity: 'error',
    message: 'the document has no settings, which a host refuses',
    hint:
      name === undefined ? 'write [settings.GROUP] and what to set, or leave user data away' : outsideHint(name, model),
    at: (name === undefined ? undefined : sourceMap.key([name])) ?? start,
  }
}

interface Findings {
  readonly diagnostics: readonly Diagnostic[]
  readonly accepted?: AcceptedSettings
}

/** Findings of a tree whose document has been read, faultless or not. */
function checkTree({ tree, sourceMap, at }: Omit<TreeBody, 'kind'>, model: SettingsModel): Diagnostic[] {
  return [...validateSettings(model, tree, sourceMap, at), ...templateTexts(tree, at, sourceMap)]
}

/** What follows from a part that could not be read: members that seem to be missing. */
const isConsequence = ({ code }: Diagnostic): boolean => code === 'SETTINGS_MISSING_KEY'

function checkToml(body: TextBody, file: string, model: SettingsModel): Findings {
  const parsed = parseUserToml(withStandIns(body.text, body.unknown), file)
  const read = parsed.ok ? parsed : parsed.partial
  const diagnostics = parsed.ok ? [] : [...parsed.diagnostics]
  if (read === undefined) return { diagnostics }
  const { tree, sourceMap } = read
  const settings = member(tree, 'settings')
  if (settings === undefined) {
    if (parsed.ok) diagnostics.push(noSettings(tree, sourceMap, model, firstPlace(body.text, file)))
    return { diagnostics: [...diagnostics, ...outsideSettings(tree, sourceMap, model)] }
  }
  const at = ['settings']
  const found = checkTree({ tree: settings, sourceMap, at }, model)
  diagnostics.push(...(parsed.ok ? found : found.filter((each) => !isConsequence(each))))
  diagnostics.push(...outsideSettings(tree, sourceMap, model))
  return { diagnostics, accepted: { settings, sourceMap, at } }
}

function anotherFormat(body: TextBody, { isCertain, placeFile }: SettingsSource): Diagnostic | undefined {
  const text = body.text.replace(/^\uFEFF/, '')
  const format = guessFormat(text)
  if (format === undefined) return undefined
  const parsed = parseUserToml(text, placeFile)
  if (parsed.ok && isJsonObject(parsed.tree) && 'settings' in parsed.tree) return undefined
  const [message = format, hint] = format.split(/; |: (?=[a-z{])/, 2)
  return {
    code: 'USERDATA_NOT_TOML',
    severity: isCertain ? 'error' : 'warning',
    message,
    hint: isCertain ? (hint ?? 'user data is TOML settings') : 'a Bottlerocket host refuses it; it is fine for others',
    at: firstPlace(text, placeFile),
  }
}

function checkText(body: TextBody, source: SettingsSource, model: SettingsModel, options: CheckOptions): Findings {
  const { placeFile } = source
  const start = { file: placeFile, line: 1, column: 1, endLine: 1, endColumn: 1 }
  const size = options.maxBytes === undefined ? [] : sizeFinding(body.size, options.maxBytes, start)
  if (trimWhiteSpace(body.text) === '') {
    const message = 'the document is empty; a host then sets nothing'
    const hint = 'leave user data away, or write [settings.GROUP] and what to set'
    return { diagnostics: [...size, { code: 'USERDATA_NO_SETTINGS', severity: 'warning', message, hint, at: start }] }
  }
  const other = anotherFormat(body, source)
  if (other !== undefined) return { diagnostics: [...size, other] }
  const { diagnostics, accepted } = checkToml(body, placeFile, model)
  const known = withTemplateHints(aboutKnownParts(diagnostics, body, placeFile), body.text, placeFile)
  return { diagnostics: [...size, ...known], ...(accepted !== undefined && { accepted }) }
}

/** The same finding where its text stands in the file. */
function moved(diagnostic: Diagnostic, relocate: Relocate): Diagnostic {
  const { at, related } = diagnostic
  return {
    ...diagnostic,
    ...(at !== undefined && { at: relocate(at) }),
    ...(related !== undefined && { related: related.map((other) => ({ ...other, at: relocate(other.at) })) }),
  }
}

/** The same finding with the place in the file of the text that it is in. */
function noted(diagnostic: Diagnostic, standsAt: Place): Diagnostic {
  const note = { message: 'it stands here, encoded; lines and columns are those of the decoded text', at: standsAt }
  return { ...diagnostic, related: [...(diagnostic.related ?? []), note] }
}

function settled(found: Findings, source: SettingsSource): Checked {
  const { body, standsAt } = source
  const relocate = body.kind === 'text' ? body.relocate : undefined
  const all = withoutValues(onePerPlace(found.diagnostics), body.kind === 'text' ? body.text : source.placeText)
  const placed = relocate === undefined ? all : onePerPlace(all.map((each) => moved(each, relocate)))
  const diagnostics = standsAt === undefined ? placed : placed.map((each) => noted(each, standsAt))
  // what is not known yet cannot be looked into any further
  const isPartial = body.kind === 'text' && body.unknown.length > 0
  if (found.accepted === undefined || isPartial || hasErrors(diagnostics)) return { diagnostics }
  const { sourceMap, settings, at } = found.accepted
  const outer = relocate === undefined ? sourceMap : new RelocatedSourceMap(sourceMap, relocate)
  return { diagnostics, accepted: { settings, sourceMap: outer, at } }
}

/** Adds findings about a document, with places in it or in the file around it. */
export function addFindings(source: SettingsSource, checked: Checked, more: readonly Diagnostic[]): Checked {
  const { standsAt, placeFile } = source
  const isInside = ({ at }: Diagnostic): boolean => at === undefined || at.file === placeFile
  const placed = more.map((each) => (standsAt !== undefined && isInside(each) ? noted(each, standsAt) : each))
  const diagnostics = onePerPlace([...checked.diagnostics, ...placed])
  const { accepted } = checked
  return accepted === undefined || hasErrors(diagnostics) ? { diagnostics } : { diagnostics, accepted }
}

/** Checks a document against the model of a family of variants. */
export function checkSource(source: SettingsSource, model: SettingsModel, options: CheckOptions = {}): Checked {
  const { body } = source
  switch (body.kind) {
    case 'broken':
      return settled({ diagnostics: body.diagnostics }, source)
    case 'tree': {
      const { tree, sourceMap, at } = body
      return settled({ diagnostics: checkTree(body, model), accepted: { settings: tree, sourceMap, at } }, source)
    }
    case 'text':
      return settled(checkText(body, source, model, options), source)
  }
}
