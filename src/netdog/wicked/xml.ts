/** XML 1.0 elements and their text, without white space between them. */
import { PipelineError } from '../../lib/errors.ts'

export interface XmlElement {
  readonly name: string
  /** Values without quotes. */
  readonly attributes?: Readonly<Record<string, string>>
  /** Text, or elements; undefined ones are left out. */
  readonly content: string | readonly (XmlElement | undefined)[]
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** Everything that is no `Char` of XML 1.0, https://www.w3.org/TR/xml/#charsets. */
const NO_CHAR = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u

function escape(text: string): string {
  if (NO_CHAR.test(text)) {
    throw new PipelineError('VALUE_UNREPRESENTABLE', `${JSON.stringify(text)} cannot be written in an XML file`, {
      hint: 'XML has no control characters',
    })
  }
  return text.replace(/[&<>]/g, (char) => ESCAPES[char] as string)
}

/** An element; what it holds is text, or elements. */
export function element(name: string, content: XmlElement['content'] = ''): XmlElement {
  return { name, content }
}

/**
 * Prints an element; one without content as two tags.
 *
 * @throws PipelineError `VALUE_UNREPRESENTABLE` for characters that XML has not
 */
export function printXml({ name, attributes = {}, content }: XmlElement): string {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${escape(value)}"`)
  const inner =
    typeof content === 'string'
      ? escape(content)
      : content.map((child) => (child === undefined ? '' : printXml(child))).join('')
  return `<${name}${pairs.join('')}>${inner}</${name}>`
}
