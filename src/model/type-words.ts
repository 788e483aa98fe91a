/**
 * Types in words, for documentation and for editors.
 */
import { oneOf } from './problems.ts'
import type { NameType, SettingType } from './types.ts'

/** The words that a value can be, in the order in which they are declared; undefined where any other value is possible. */
export function allowedWords(type: SettingType): readonly string[] | undefined {
  switch (type.kind) {
    case 'choice':
      return type.words
    case 'enumeration':
      return [...type.words.keys()]
    case 'text':
      return type.shape.words
    case 'converted':
      return allowedWords(type.from)
    case 'union':
    case 'boolean':
    case 'integer':
    case 'list':
    case 'tuple':
    case 'map':
    case 'record':
      return undefined
  }
}

const nameWords = (names: NameType): string =>
  names.kind === 'text' ? names.expects : oneOf(allowedWords(names) ?? [])

/** What a value has to be, complete: "a list; each element: a URL, or a host with optional port and path". */
export function describeType(type: SettingType): string {
  switch (type.kind) {
    case 'list':
      return `a list${type.nonEmpty === true ? ' of at least one element' : ''}; each element: ${describeType(type.elements)}`
    case 'map':
      return `a table; each name: ${nameWords(type.names)}; each value: ${describeType(type.values)}`
    case 'converted':
      return type.expects === type.from.expects ? describeType(type.from) : type.expects
    case 'choice':
    case 'enumeration':
      return oneOf(allowedWords(type) ?? [])
    case 'text':
    case 'boolean':
    case 'integer':
    case 'tuple':
    case 'record':
    case 'union':
      return type.expects
  }
}
