/** Lengths of time as Go writes them (https://pkg.go.dev/time#ParseDuration), with units in a fixed order. */
import { text } from '../combinators.ts'
import type { TextType } from '../types.ts'

/** Each unit at most once, in the order given; not nothing at all. */
function duration<Name extends string>(name: Name, expects: string, units: readonly string[]): TextType<Name> {
  const pattern = `^${units.map((unit) => `(?:[0-9]+(?:\\.[0-9]+)?${unit})?`).join('')}$`
  const rule = new RegExp(pattern)
  return text(name, expects, (value) => value !== '' && rule.test(value), { shape: { pattern, minLength: 1 } })
}

export const kubernetesDuration = duration(
  'KubernetesDurationValue',
  'a duration such as "1h30m" or "10s" (h, m, s, ms, in this order)',
  ['h', 'm', 's', 'ms'],
)

export const ecsDuration = duration(
  'ECSDurationValue',
  'a duration such as "1h30m" or "10s" (h, m, s, ms, us, ns, in this order)',
  ['h', 'm', 's', 'ms', '[u\\u00b5]s', 'ns'],
)
