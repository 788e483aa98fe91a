/**
 * Datastore keys: a list of segments and its dotted text, such as `settings.kernel.sysctl."vm.max_map_count"`.
 */

/** Longest key name in bytes, quotes and dots included. */
export const MAX_KEY_BYTES = 255

const LEGAL = /^[A-Za-z0-9_\-/]$/
const LEGAL_TEXT = /^[A-Za-z0-9_\-/.]+$/
const UNQUOTED = /^[A-Za-z0-9_\-/]+(?:\.[A-Za-z0-9_\-/]+)*$/

/** A text or a member name that cannot be a key. */
export class KeyError extends Error {
  override readonly name = 'KeyError'
}

/** A key: compared by its segments, printed by its name. */
export interface Key {
  readonly segments: readonly string[]
  /** Canonical text: segments joined with `.`, those that hold a `.` in double quotes. */
  readonly name: string
}

function checkLength(name: string): void {
  // all legal characters are ASCII, so length is bytes
  if (name.length > MAX_KEY_BYTES) {
    throw new KeyError(`the key is ${String(name.length)} bytes long, at most ${String(MAX_KEY_BYTES)} are possible`)
  }
}

/** One segment as it stands in a key name: quoted if it holds a dot. */
export function formatSegment(segment: string): string {
  return segment.includes('.') ? `"${segment}"` : segment
}

/** Segments as a key name, without any check. */
export function formatKey(segments: readonly string[]): string {
  return segments.map(formatSegment).join('.')
}

/**
 * Splits a key name into its segments. A `"` toggles quoting anywhere and never becomes part of a segment.
 *
 * @throws KeyError for an empty name or segment, an open quote, an illegal character, or over 255 bytes
 */
export function parseSegments(name: string): string[] {
  checkLength(name)
  if (UNQUOTED.test(name)) return name.split('.')
  const segments: string[] = []
  let segment = ''
  let quoted = false
  const close = (): void => {
    if (segment === '') throw new KeyError(`empty segment in key ${JSON.stringify(name)}`)
    segments.push(segment)
    segment = ''
  }
  for (const character of name) {
    if (character === '"') quoted = !quoted
    else if (character === '.' && !quoted) close()
    else if (character === '.' || LEGAL.test(character)) segment += character
    else throw new KeyError(`illegal character ${JSON.stringify(character)} in key ${JSON.stringify(name)}`)
  }
  if (quoted) throw new KeyError(`open quote in key ${JSON.stringify(name)}`)
  close()
  return segments
}

/** Parses a data key. @throws KeyError as `parseSegments` */
export function parseKey(name: string): Key {
  const segments = parseSegments(name)
  return { segments, name: formatKey(segments) }
}

/** Parses a metadata key, which has exactly one segment. @throws KeyError */
export function parseMetadataKey(name: string): string {
  const segments = parseSegments(name)
  if (segments.length !== 1) throw new KeyError(`a metadata key has one segment: ${JSON.stringify(name)}`)
  return segments[0] as string
}

/**
 * Builds a key from segments that come from a tree.
 *
 * @throws KeyError for an empty segment, an illegal character, or over 255 bytes
 */
export function keyOf(segments: readonly string[]): Key {
  for (const segment of segments) {
    if (segment === '') throw new KeyError('a key segment cannot be empty')
    if (LEGAL_TEXT.test(segment)) continue
    for (const character of segment) {
      if (character !== '.' && !LEGAL.test(character)) {
        throw new KeyError(`illegal character ${JSON.stringify(character)} in key segment ${JSON.stringify(segment)}`)
      }
    }
  }
  const name = formatKey(segments)
  checkLength(name)
  return { segments, name }
}

/** Whether `key` equals `ancestor` or lies below it, by segments. */
export function isAtOrBelow(key: readonly string[], ancestor: readonly string[]): boolean {
  return key.length >= ancestor.length && ancestor.every((segment, i) => segment === key[i])
}
