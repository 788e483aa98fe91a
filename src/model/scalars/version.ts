/** Versions. */
import { text } from '../combinators.ts'

const NUMBER = '(0|[1-9][0-9]*)'
const PRE_RELEASE_PART = '(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)'
const BUILD_PART = '[0-9A-Za-z-]+'

/** Semantic Versioning 2.0.0 (https://semver.org/) with an optional `v` in front. */
const VERSION_PATTERN =
  `v?${NUMBER}[.]${NUMBER}[.]${NUMBER}` +
  `(?:-${PRE_RELEASE_PART}(?:[.]${PRE_RELEASE_PART})*)?(?:[+]${BUILD_PART}(?:[.]${BUILD_PART})*)?`
const VERSION = new RegExp(`^${VERSION_PATTERN}$`)

const MAX_NUMBER = 2n ** 64n - 1n

function isFriendlyVersion(value: string): boolean {
  if (value === 'latest') return true
  const numbers = VERSION.exec(value)?.slice(1, 4)
  return numbers?.every((number) => BigInt(number) <= MAX_NUMBER) ?? false
}

export const friendlyVersion = text(
  'FriendlyVersion',
  '"latest", or a version such as "1.2.3" or "v1.2.3"',
  isFriendlyVersion,
  { shape: { pattern: `^(?:latest|${VERSION_PATTERN})$` } },
)
