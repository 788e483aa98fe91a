/** Whether a value may be shown, by the name in front of it. */
import { editDistance, nearest } from './nearest.ts'
import { contentOf } from './setting-tokens.ts'
import { OPEN_TABLES, PLAIN_NAMES, SECRET_NAMES, SECRET_TABLES } from './setting-names.ts'

/** What becomes of the value behind a name. */
export type Verdict = 'hidden' | 'shown' | 'unknown'

export const plainNames = new Set(PLAIN_NAMES)
const openTables = new Set(OPEN_TABLES)
export const secretTables = new Set(SECRET_TABLES)
/** Members of documents around user data, and of the comment that names a variant. */
const OUTER_NAMES = new Set([
  'apiVersion',
  'kind',
  'metadata',
  'name',
  'spec',
  'Type',
  'amiFamily',
  'settings',
  'variant',
])
const TELLING = /pass|secret|token|auth|cred|priv|server-?key|api-?key/
const HARMLESS_VALUE = /^(?:true|false|[-+]?\d{1,6}(?:\.\d{1,3})?)$/

const SHORT_NAME = 5

/** Whether a name is that of a secret setting, or much like one. */
function isLikeSecret(name: string): boolean {
  const plain = name.toLowerCase().replaceAll('_', '-')
  const edits = plain.length <= SHORT_NAME ? 1 : 2
  return TELLING.test(plain) || SECRET_NAMES.some((secret) => editDistance(plain, secret) <= edits)
}

const verdicts = new Map<string, Verdict>()

function judge(name: string): Verdict {
  if (plainNames.has(name) || OUTER_NAMES.has(name)) return 'shown'
  // a document in a document: what is in it has names of its own
  if (/^(?:user_data(?:_base64)?|[uU]serData)$/.test(name)) return 'unknown'
  if (isLikeSecret(name)) return 'hidden'
  return nearest(name, plainNames) === undefined ? 'unknown' : 'shown'
}

/** What becomes of the value behind a name in one of some tables. */
export function verdictOf(name: string, tables: readonly string[]): Verdict {
  const known = verdicts.get(name) ?? judge(name)
  verdicts.set(name, known)
  return known === 'unknown' && tables.some((table) => openTables.has(table)) ? 'shown' : known
}

/** A value that tells nothing, whatever it belongs to. */
export const isHarmless = (text: string): boolean => {
  const content = contentOf(text)
  return (
    /^[-|>.]*$/.test(content) || HARMLESS_VALUE.test(content) || plainNames.has(content) || OUTER_NAMES.has(content)
  )
}
