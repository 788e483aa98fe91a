/**
 * Ordering by the bytes of the UTF-8 form.
 *
 * Settings, rendered maps and API answers are ordered by UTF-8 bytes, which equals the order of Unicode code points.
 * JavaScript's own string order compares UTF-16 units, which puts characters beyond the basic plane before U+E000.
 */

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff

/** Compares two strings by their UTF-8 bytes: negative, zero or positive, for `Array.prototype.sort`. */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    // a surrogate stands for a code point above every other unit
    if (isSurrogate(x) !== isSurrogate(y)) return isSurrogate(x) ? 1 : -1
    return x - y
  }
  return a.length - b.length
}

const SURROGATE = /[\ud800-\udfff]/

/** Sorts strings in place by their UTF-8 bytes. */
function sortBytes(texts: string[]): string[] {
  // without surrogates it is the order of UTF-16 units, which takes no call per comparison
  return SURROGATE.test(texts.join('')) ? texts.sort(compareBytes) : texts.sort()
}

/** The own member names of an object, in byte order. */
export function sortedKeys(object: Readonly<Record<string, unknown>>): string[] {
  return sortBytes(Object.keys(object))
}

/** The own members of an object as `[name, value]`, in byte order of the names. */
export function sortedEntries<T>(object: Readonly<Record<string, T>>): [string, T][] {
  return sortedKeys(object).map((key) => [key, object[key] as T])
}

/** A new list with the distinct strings of `items`, in byte order. */
export function sortedUnique(items: Iterable<string>): string[] {
  return sortBytes([...new Set(items)])
}
