/** Amounts: quantities, thresholds and percentages. */
import { integer, text } from '../combinators.ts'
import { converted, union } from '../combinators-containers.ts'
import type { UnionType } from '../types.ts'

/** Reference: looser than https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ (`.` passes). */
const QUANTITY_PATTERN = '[+-]?[0-9.]+(?:e[0-9]*|[EPTGMK]i?|[numk])?'
const QUANTITY = new RegExp(`^${QUANTITY_PATTERN}$`)

export const quantity = text('KubernetesQuantityValue', 'a quantity such as "500m" or "1.5Gi"', QUANTITY)

const PERCENTAGE_PATTERN = '[+-]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+)(?:[eE][+-]?[0-9]+)?'
const PERCENTAGE = new RegExp(`^${PERCENTAGE_PATTERN}$`)

function isThreshold(value: string): boolean {
  if (!value.endsWith('%')) return QUANTITY.test(value)
  const digits = value.slice(0, -1)
  if (!PERCENTAGE.test(digits)) return false
  // Reference: the limits hold for the number as a 32-bit float
  const percentage = Math.fround(Number(digits))
  return percentage >= 0 && percentage < 100
}

export const threshold = text(
  'KubernetesThresholdValue',
  'a percentage from "0%" to below "100%", or a quantity such as "100Mi"',
  isThreshold,
  { shape: { pattern: `^(?:${QUANTITY_PATTERN}|${PERCENTAGE_PATTERN}%)$` } },
)

const percentText = text('IntegerPercent', 'a percentage from 0 to 100', /^(?:[+]?0*(?:100|[1-9]?[0-9])|-0+)$/)

/** A number or a string of digits; the form is kept, the digits are brought to their plain form. */
export const integerPercent: UnionType = union('an integer from 0 to 100, or the same as a string', [
  integer(0n, 100n),
  converted(percentText, (value) => String(BigInt((value as string).replace(/^\+/, '')))),
])

export const nonNegativeI32 = integer(0n, 2n ** 31n - 1n)
