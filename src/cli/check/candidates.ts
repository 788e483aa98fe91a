/**
 * Which files of a repository hold user data of Bottlerocket. Most YAML, JSON and TOML there is something else, which
 * must cost next to nothing and is no fault; what is broken user data must not be taken for something else.
 */
import { looksLikeSettings } from '../../documents/looks-like-settings.ts'
import type { SettingsSource } from '../../documents/source.ts'
import { isJsonObject } from '../../lib/json.ts'
import { MODEL_NAMES, loadModel } from '../../model/models.ts'
import { guessFormat } from '../../toml/guess-format.ts'

const NAMES =
  /(?:\.(?:toml|json|ya?ml|template|user-?data|tf|tofu|hcl|tftpl|tpl)|^user[-_]?data(?:\.txt)?)(?:\.(?:gz|b64|base64))?$/i
/** Settings of other tools, which use the same table for theirs. */
const OTHER_TOOLS = /^\.?mise(?:\.\w+)*\.toml$/

/** Whether a file of this name can hold user data. */
export function mayHoldUserData(name: string): boolean {
  return NAMES.test(name) && !isOfAnotherTool(name)
}

/** Whether a file of this name is known to hold something else. */
export function isOfAnotherTool(name: string): boolean {
  return OTHER_TOOLS.test(name)
}

/** How much of a file is looked at to see whether it is text. */
const SNIFFED_BYTES = 1024

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b
const isUtf16 = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)

/** Sources and templates of Terraform. */
const TERRAFORM = /\.(?:tf|tofu|hcl|tftpl|tpl)$/i
/** Words without which no file has user data, see `findUserData`. */
const OUTER_WORDS = ['serData', 'ser_data', 'bottlerocket', '"settings"']
const COMMENT = /#[ \t]*bottlerocket:/
/** Whether it is worth reading a file any further. It takes no parsing. */
export function isWorthReading(name: string, bytes: Uint8Array): boolean {
  if (isGzip(bytes)) return true
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const isText = isUtf16(bytes) || !buffer.subarray(0, SNIFFED_BYTES).includes(0)
  if (!isText) return false
  if (/\.toml$/i.test(name) || TERRAFORM.test(name)) {
    // byte for byte, without a byte order mark
    const latin = buffer.toString('latin1').replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '')
    const text = isUtf16(bytes) ? latin.replaceAll('\0', '') : latin
    // Go's templates have the same names as Terraform's, and are no user data yet
    const isOther = /\.tpl$/i.test(name) && text.includes('{{')
    return !isOther && (COMMENT.test(text) || looksLikeSettings(text))
  }
  if (/\.(?:json|ya?ml)$/i.test(name)) return OUTER_WORDS.some((word) => buffer.includes(word))
  return true
}

let groups: ReadonlySet<string> | undefined

/** Whether a table of settings is one of Bottlerocket: most of what it has are groups of some variant. */
function hasGroups(names: readonly string[]): boolean {
  groups ??= new Set(MODEL_NAMES.flatMap((model) => loadModel(model).groups.map(({ name }) => name)))
  const known = names.filter((name) => groups?.has(name))
  return known.length * 2 > names.length
}

/** Whether a document that was found is user data of Bottlerocket, and not of something else. */
export function isUserData({ file, part, isCertain, variants, body }: SettingsSource): boolean {
  if (part === undefined ? variants.length > 0 : isCertain) return true
  switch (body.kind) {
    case 'tree':
      return isJsonObject(body.tree) && hasGroups(Object.keys(body.tree))
    case 'broken':
      // of TOML only what looks like it is read
      return /\.toml$/i.test(file) || /bottlerocket|\[{1,2}settings[.\]]/i.test(body.text)
    case 'text':
      // of all user data of a file that names a variant, scripts and the like are for other machines
      return looksLikeSettings(body.text) || (variants.length > 0 && guessFormat(body.text) === undefined)
  }
}
