/** From the bytes of a file to the documents of settings in it. */
import type { Diagnostic, Place } from '../lib/diagnostics.ts'
import { messageOf } from '../lib/errors.ts'
import { isJsonObject, member } from '../lib/json.ts'
import { PlaceFinder, type DocumentPath } from '../lib/source-map.ts'
import { decodeBase64Strict } from '../lib/strict-base64.ts'
import { decodeUtf8, decodeUtf8Lossy, firstBadPlace } from '../lib/utf8.ts'
import { lazily } from '../model/types.ts'
import { guessFormat } from '../toml/guess-format.ts'
import { EmbeddedTextBuilder, relocator, type EmbeddedText } from './embedded-text.ts'
import { findUserData, isUserDataName, type Finding } from './find.ts'
import { isEncodedByTemplate, templateTextAt } from './intrinsics.ts'
import { readJsonFile } from './json-outer.ts'
import { looksLikeSettings } from './looks-like-settings.ts'
import type { OuterDocument } from './outer.ts'
import type { BrokenBody, SettingsSource, Skipped, TextBody } from './source.ts'
import {
  mayNameVariants,
  nearestAbove,
  variantsInToml,
  withoutMark,
  type NamedVariant,
  type NearestAbove,
} from './variant-comment.ts'

/** What a file holds. */
export interface FileContent {
  readonly sources: readonly SettingsSource[]
  readonly skipped: readonly Skipped[]
}

const TOO_LARGE_FOR_EC2 = 16_384

const start = (file: string): Place => ({ file, line: 1, column: 1, endLine: 1, endColumn: 1 })

function broken(code: Diagnostic['code'], message: string, hint: string, at: Place, text = ''): BrokenBody {
  return { kind: 'broken', diagnostics: [{ code, severity: 'error', message, hint, at }], text }
}

function notUtf8(bytes: Uint8Array, file: string): BrokenBody {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
  if (isUtf16) return broken('USERDATA_NOT_UTF8', 'this is UTF-16 text', 'save it as UTF-8', start(file))
  const { line, column } = firstBadPlace(bytes)
  const at = { file, line, column, endLine: line, endColumn: column + 1 }
  const text = decodeUtf8Lossy(bytes)
  return broken('USERDATA_NOT_UTF8', 'a byte that is not UTF-8', 'save it as UTF-8; it may also be gzip', at, text)
}

/** User data as EC2 gets it, as text. */
async function readUserData(bytes: Uint8Array, file: string): Promise<TextBody | BrokenBody> {
  let plain = bytes
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b
  const gzip = isPacked || bytes.length > TOO_LARGE_FOR_EC2 ? await import('../lib/gzip.ts') : undefined
  if (isPacked) {
    try {
      plain = gzip?.gunzipFirst(bytes) ?? bytes
    } catch (error) {
      const message = `broken gzip data: ${messageOf(error)}`
      return broken('USERDATA_GZIP_BROKEN', message, 'compress it again; it is cut off or altered', start(file))
    }
  }
  let text: string
  try {
    text = decodeUtf8(plain)
  } catch {
    return notUtf8(plain, file)
  }
  const size = isPacked
    ? { stored: bytes.length, unpacked: plain.length }
    : { stored: bytes.length, ...(gzip !== undefined && { packed: gzip.gzipSize(bytes) }) }
  return { kind: 'text', text, unknown: [], size }
}

/** The bytes of base64 that holds gzip or text; undefined for anything else. */
function decodeBase64Text(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/=\s]+$/.test(text)) return undefined
  const bytes = decodeBase64Strict(text.replace(/\s+/g, ''))
  if (bytes === undefined || bytes.length === 0) return undefined
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b
  return isGzip || /^[\t\n\r\x20-\x7e\u0080-\u{10ffff}]+$/u.test(decodeUtf8Lossy(bytes)) ? bytes : undefined
}

function pointer(path: DocumentPath): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

function variantsIn(body: TextBody | BrokenBody, file: string): readonly NamedVariant[] {
  return variantsInToml(body.text, file, body.kind === 'text' ? body.unknown : [])
}

/** A text each of whose characters has its place in the file. */
async function readEmbedded(
  base: Omit<SettingsSource, 'body'>,
  embedded: EmbeddedText,
  outer: PlaceFinder,
): Promise<SettingsSource> {
  const { text, unknown } = embedded
  const read = await readUserData(Buffer.from(text), base.file)
  if (read.kind === 'broken') return { ...base, body: read }
  const relocate = relocator(embedded, outer)
  const own = variantsInToml(text, base.file, unknown).map(({ name, at }) => ({ name, at: relocate(at) }))
  return { ...base, ...(own.length > 0 && { variants: own }), body: { ...read, text, unknown, relocate } }
}

/** One place of an outer document as a source. */
async function readPart(
  finding: Finding,
  outer: OuterDocument,
  part: string,
  above: NearestAbove,
): Promise<SettingsSource> {
  const { path, value, form, isCertain } = finding
  const { file } = outer.places
  const standsAt = outer.sourceMap.value(path)
  const variants = above(standsAt?.line ?? 1)
  const base = { file, part, isCertain, placeFile: file, placeText: outer.places.text, variants }
  if (form === 'settings') {
    return { ...base, body: { kind: 'tree', tree: value, sourceMap: outer.sourceMap, at: path } }
  }
  const { embedded, isExact } = templateTextAt(outer, value, path)
  const encoded = isEncodedByTemplate(value) ? undefined : decodeBase64Text(embedded.text)
  if (encoded === undefined && isExact) return readEmbedded(base, embedded, outer.places)
  const placeFile = `${file}#${part}`
  const read = await readUserData(encoded ?? Buffer.from(embedded.text), placeFile)
  const body = encoded === undefined && read.kind === 'text' ? { ...read, unknown: embedded.unknown } : read
  const own = variantsIn(body, placeFile)
  const named = own.length > 0 ? own : variants
  const placeText = body.text
  return { ...base, placeFile, placeText, ...(standsAt !== undefined && { standsAt }), variants: named, body }
}

async function readOuter(documents: readonly OuterDocument[], above: NearestAbove = () => []): Promise<FileContent> {
  const sources: SettingsSource[] = []
  const skipped: Skipped[] = []
  for (const [i, outer] of documents.entries()) {
    const { found, others } = findUserData(outer.tree)
    const name = (path: DocumentPath): string => `${documents.length > 1 ? String(i + 1) : ''}${pointer(path)}`
    for (const finding of found) sources.push(await readPart(finding, outer, name(finding.path), above))
    for (const { path, reason } of others) skipped.push({ file: outer.places.file, part: name(path), reason })
  }
  return { sources, skipped }
}

type Format = 'toml' | 'json' | 'yaml'

/** What a file is: by its name, else by its first line that says something. */
function formatOf(text: string, file: string): Format {
  const extension = /\.(toml|json|ya?ml)$/i.exec(file)?.[1]?.toLowerCase()
  if (extension === 'toml' || extension === 'json') return extension
  if (extension !== undefined) return 'yaml'
  const first = /^(?!\s*(?:#|$)).*$/m.exec(text)?.[0].trim() ?? ''
  if (first.startsWith('{') && !first.startsWith('{{') && !first.startsWith('{%')) return 'json'
  if (/^(?:---|%YAML)/.test(first)) return 'yaml'
  return /^["']?[A-Za-z_][\w./-]*["']?[ \t]*:(?:[ \t]|$)/.test(first) && guessFormat(text) === undefined
    ? 'yaml'
    : 'toml'
}

function single(
  file: string,
  text: string,
  body: SettingsSource['body'],
  variants: readonly NamedVariant[] = body.kind === 'tree' ? [] : variantsIn(body, file),
): FileContent {
  return { sources: [{ file, isCertain: true, placeFile: file, placeText: text, variants, body }], skipped: [] }
}

function readJson(text: string, file: string): Promise<FileContent> | FileContent {
  const outer = readJsonFile(text, file)
  if (!outer.ok) return single(file, text, { kind: 'broken', diagnostics: outer.diagnostics, text })
  const [document] = outer.documents
  const settings = member(document?.tree, 'settings')
  if (document === undefined || !isJsonObject(settings)) return readOuter(outer.documents)
  return single(file, text, { kind: 'tree', tree: settings, sourceMap: document.sourceMap, at: ['settings'] })
}

/** Loaded for the first YAML file. */
const loadYaml = lazily(() => Promise.all([import('./yaml-outer.ts'), import('./yaml-comments.ts')]))

async function readYaml(text: string, file: string): Promise<FileContent> {
  const [{ readYamlFile }, { variantsInYaml }] = await loadYaml()
  const outer = readYamlFile(text, file)
  const above = variantsInYaml(text, file)
  if (outer.ok) return readOuter(outer.documents, above)
  const line = outer.diagnostics[0]?.at?.line ?? 1
  return single(file, text, { kind: 'broken', diagnostics: outer.diagnostics, text }, above(line))
}

/** Loaded for the first file of Terraform. */
const loadTerraform = lazily(() => Promise.all([import('./terraform-file.ts'), import('./terraform-text.ts')]))

/** A file of Terraform's language: the heredocs in it that are user data by their names, or by what they begin with. */
async function readTerraform(text: string, file: string): Promise<FileContent> {
  const [{ readTerraformFile }] = await loadTerraform()
  const body = withoutMark(text)
  const places = new PlaceFinder(body, file)
  const { heredocs, comments } = readTerraformFile(body)
  const above = nearestAbove(comments, body, file)
  const names = new Map<string, number>()
  const sources: SettingsSource[] = []
  for (const { path, text: embedded, start: offset } of heredocs) {
    const { text: own } = embedded
    if (!isUserDataName(path.at(-1)) && !looksLikeSettings(own) && !mayNameVariants(own)) continue
    const name = pointer(path)
    const count = (names.get(name) ?? 0) + 1
    names.set(name, count)
    const part = count === 1 ? name : `${name}/${String(count)}`
    const variants = above(places.place(offset, offset).line)
    const base = { file, part, isCertain: false, placeFile: file, placeText: body, variants }
    sources.push(await readEmbedded(base, embedded, places))
  }
  return { sources, skipped: [] }
}

/** A template that Terraform makes user data of. */
async function readTerraformTemplate(text: string, file: string): Promise<FileContent> {
  const [, { terraformText }] = await loadTerraform()
  const body = withoutMark(text)
  const template = new EmbeddedTextBuilder()
  template.addPlain(body, 0)
  const base = { file, isCertain: true, placeFile: file, placeText: body, variants: [] }
  const source = await readEmbedded(base, terraformText(template.build()), new PlaceFinder(body, file))
  return { sources: [source], skipped: [] }
}

/**
 * The documents of settings in a file: TOML user data, plain or gzip or base64 of either, or a template of it; settings as
 * JSON; or user data inside of YAML, JSON or Terraform's language.
 */
export async function readFile(bytes: Uint8Array, file: string): Promise<FileContent> {
  const read = await readUserData(bytes, file)
  if (read.kind === 'broken') return single(file, read.text, read)
  const encoded = /\.(?:toml|json|ya?ml)$/i.test(file) ? undefined : decodeBase64Text(read.text)
  if (encoded !== undefined) {
    const body = await readUserData(encoded, file)
    return single(file, body.text, body)
  }
  if (/\.(?:tf|tofu|hcl)$/i.test(file)) return readTerraform(read.text, file)
  if (/\.(?:tftpl|tpl)$/i.test(file)) return readTerraformTemplate(read.text, file)
  const format = read.size.unpacked === undefined ? formatOf(read.text, file) : 'toml'
  if (format === 'json') return readJson(read.text, file)
  if (format === 'yaml') return readYaml(read.text, file)
  return single(file, read.text, read)
}

/** A place finder's text, for excerpts. */
export function excerptText({ placeText }: SettingsSource): string {
  return placeText.startsWith('\uFEFF') ? placeText.slice(1) : placeText
}
