/** Telling settings from other texts at a glance. */

/** A heading of a table of settings, or a key in front of all tables that leads there. */
const HEADING = /^\uFEFF?[ \t]*\[\[?[ \t]*(["']?)settings\1[ \t]*[.\]]/m
const KEY = /^\uFEFF?[ \t]*(["']?)settings\1[ \t]*(?:\.|=[ \t]*\{)/m
const FIRST_HEADING = /^\uFEFF?[ \t]*\[/m

/** Whether a text has what only user data has. It may be broken otherwise. */
export function looksLikeSettings(text: string): boolean {
  if (!text.includes('settings')) return false
  if (HEADING.test(text)) return true
  const key = KEY.exec(text)
  return key !== null && key.index <= (FIRST_HEADING.exec(text)?.index ?? key.index)
}
