/** Lengths of time as Go writes them (https://pkg.go.dev/time#ParseDuration), with units in a fixed order. */
import { text } from '../combinators.ts'

function durationPattern(units: readonly string[]): RegExp {
  return new RegExp(`^(?=.)${units.map((unit) => `(?:[0-9]+(?:\\.[0-9]+)?${unit})?`).join('')}$`)
}

export const kubernetesDuration = text(
  'KubernetesDurationValue',
  'a duration such as "1h30m" or "10s" (h, m, s, ms, in this order)',
  durationPattern(['h', 'm', 's', 'ms']),
)

export const ecsDuration = text(
  'ECSDurationValue',
  'a duration such as "1h30m" or "10s" (h, m, s, ms, us, ns, in this order)',
  durationPattern(['h', 'm', 's', 'ms', '[u\\u00b5]s', 'ns']),
)
