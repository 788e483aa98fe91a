/** Versions as Semantic Versioning 2.0.0 has them, and their order (https://semver.org/#spec-item-11). */
import { FULL_VERSION } from '../lib/os-release.ts'

/** Whether a text is a full version. */
export function isVersion(text: string): boolean {
  return FULL_VERSION.test(text)
}

function compareNumbers(a: string, b: string): number {
  return Math.sign(Number(BigInt(a) - BigInt(b)))
}

const isNumber = (text: string): boolean => /^\d+$/.test(text)

function compareIdentifiers(a: string, b: string): number {
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b)
  // numbers come before words
  if (isNumber(a) !== isNumber(b)) return isNumber(a) ? -1 : 1
  return a === b ? 0 : a < b ? -1 : 1
}

function compareLists(a: readonly string[], b: readonly string[]): number {
  for (const [i, item] of a.entries()) {
    const other = b[i]
    if (other === undefined) return 1
    const order = compareIdentifiers(item, other)
    if (order !== 0) return order
  }
  return a.length - b.length
}

function partsOf(version: string): { readonly numbers: string[]; readonly release: string[] } {
  const [plain = ''] = version.split('+')
  const dash = plain.indexOf('-')
  const [numbers, release] = dash < 0 ? [plain, ''] : [plain.slice(0, dash), plain.slice(dash + 1)]
  return { numbers: numbers.split('.'), release: release === '' ? [] : release.split('.') }
}

/** Compares two full versions by their precedence: negative, zero or positive. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)]
  const order = compareLists(left.numbers, right.numbers)
  if (order !== 0) return order
  // a release comes behind what led to it
  if (left.release.length === 0 || right.release.length === 0) return right.release.length - left.release.length
  return compareLists(left.release, right.release)
}
