/** What a host of the release itself writes for a value, as opposed to what the programs here write. */
import { isJsonArray, type JsonValue } from '../../lib/json.ts'
import type { OutputFormat } from '../../schnauzer/output/write.ts'
import type { InspectedValue, Inspection } from '../../schnauzer/inspect.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#x27;',
  '`': '&#x60;',
  '=': '&#x3D;',
}
const TO_ESCAPE = /[&<>"'`=]/g

/** The characters of a text that HTML escaping replaces, each once. */
export function escapedCharacters(text: string): string[] {
  return [...new Set(text.match(TO_ESCAPE))].sort()
}

/** What a character becomes. */
export function escapeOf(character: string): string {
  return ESCAPES[character] ?? character
}

/** How the release's file differs: HTML escapes in the value, or missing quotes around or in it. */
export type Difference =
  { readonly kind: 'escaped'; readonly characters: readonly string[] } | { readonly kind: 'unquoted' }

/** Groups whose values the release's templates put in raw; names (map keys, registries) are escaped everywhere. */
const RAW_GROUPS: ReadonlySet<string> = new Set([
  'boot',
  'bootstrap-commands',
  'bootstrap-containers',
  'container-registry',
  'host-containers',
  'kernel',
  'pki',
])

function isRaw([, group = '', setting, , member]: readonly string[]): boolean {
  return RAW_GROUPS.has(group) || (setting === 'static-pods' && member === 'manifest')
}

const isEscaped = ({ isPlain, isKey, path = [] }: InspectedValue): boolean => isPlain && (isKey || !isRaw(path))

/** A word that no format needs to quote. */
const MARK = 'zqPLACEzq'
/** Values that no format quotes or escapes, however bare they stand. YAML takes some of them for numbers and the like. */
const HARMLESS = /^[A-Za-z0-9_.:/@,+-]+$/

const PLAIN_YAML = /^[A-Za-z0-9_/.+-](?:[A-Za-z0-9_/.+@%~=*()$^;,!:-]*[^:])?$/
/** What readers of YAML 1.1 (https://yaml.org/type/) take for something else than a string. */
const NO_YAML_STRING =
  /^(?:null|true|false|yes|no|on|off|y|n|[-+]?\.?(?:nan|inf)|[-+]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e[-+]?\d+)?|0x[\da-f_]+|0b[01_]+|0o?[0-7_]+|\d{4}-\d\d?-\d\d?.*)$/i

/** Whether text without quotes is a string to every reader; here it gets quotes already if one might doubt. */
const isPlainYaml = (text: string): boolean => PLAIN_YAML.test(text) && !NO_YAML_STRING.test(text)

function textDifference(
  text: string,
  value: InspectedValue,
  format: OutputFormat,
  output: string,
): Difference | undefined {
  const characters = isEscaped(value) ? escapedCharacters(text) : []
  if (characters.length > 0) return { kind: 'escaped', characters }
  if (format === 'text' || (format !== 'yaml' && HARMLESS.test(text))) return undefined
  // with a word that needs no quotes, the output has those that the template itself brings
  const marked = value.outputWith(MARK)
  if (marked.replace(MARK, () => text) === output) return undefined
  const isBare = format === 'yaml' && marked.replace(MARK, () => `"${text}"`) === output
  return isBare && isPlainYaml(text) ? undefined : { kind: 'unquoted' }
}

const BREAKS_QUOTES = /["\\\u0000-\u001f\u007f]/
const PLAIN_ITEM = /^[A-Za-z0-9_/.][A-Za-z0-9_/.*-]*$/

/** Lists are joined with each item in quotes; as a plain YAML value with none, and escaped. */
function listDifference(items: readonly JsonValue[], format: OutputFormat): Difference | undefined {
  const texts = items.filter((item) => typeof item === 'string')
  const characters = format === 'yaml' ? escapedCharacters(texts.join('')) : []
  if (characters.length > 0) return { kind: 'escaped', characters }
  const isBroken = (text: string): boolean => (format === 'yaml' ? !PLAIN_ITEM.test(text) : BREAKS_QUOTES.test(text))
  return texts.some(isBroken) ? { kind: 'unquoted' } : undefined
}

/** What the release does properly, although its other values of the group are raw. */
const isEncodedThere = (path: readonly string[]): boolean =>
  path[1] === 'bootstrap-commands' && path.at(-1) === 'commands'

/** How the release's file differs in the place of a value, if it does. */
export function differenceOf(
  value: InspectedValue,
  format: OutputFormat,
  { text }: Inspection,
): Difference | undefined {
  const { value: content, path = [] } = value
  if (value.isEncoded || isEncodedThere(path)) return undefined
  if (typeof content === 'string') return textDifference(content, value, format, text)
  return isJsonArray(content) ? listDifference(content, format) : undefined
}
