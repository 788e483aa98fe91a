/**
 * The OVF environment document, in which a hypervisor hands properties to a guest.
 *
 * https://www.dmtf.org/sites/default/files/standards/documents/DSP0243_2.1.1.pdf section 9.3
 */
import { SaxesParser, type SaxesTagNS } from 'saxes'
import type { Diagnostic } from '../lib/diagnostics.ts'
import { messageOf, PipelineError } from '../lib/errors.ts'

/** The property that holds user data. */
const USER_DATA_KEY = 'user-data'
/** How deep a property section and a property are: the root element is at 1. */
const SECTION_DEPTH = 2
const PROPERTY_DEPTH = 3

class OvfFault extends Error {}

/** What was seen of the document so far. */
class OvfReader {
  value: string | undefined
  private depth = 0
  private sections = 0
  private inSection = false
  /** Whether another element came after a property; then no property may follow. */
  private state: 'before' | 'within' | 'after' = 'before'

  open(tag: SaxesTagNS): void {
    this.depth++
    if (this.depth === SECTION_DEPTH) this.openSection(tag)
    else if (this.depth === PROPERTY_DEPTH && this.inSection) this.openChild(tag)
  }

  close(): void {
    if (this.depth === SECTION_DEPTH) this.inSection = false
    this.depth--
  }

  private openSection({ local }: SaxesTagNS): void {
    if (local !== 'PropertySection') return
    if (++this.sections > 1) throw new OvfFault('a second PropertySection')
    this.inSection = true
  }

  private openChild({ local, attributes }: SaxesTagNS): void {
    if (local !== 'Property') {
      if (this.state === 'within') this.state = 'after'
      return
    }
    if (this.state === 'after') throw new OvfFault('the Property elements are not next to each other')
    this.state = 'within'
    const attribute = (name: string): string => {
      const [first, ...more] = Object.values(attributes).filter((candidate) => candidate.local === name)
      if (first === undefined) throw new OvfFault(`a Property without the attribute ${name}`)
      if (more.length > 0) throw new OvfFault(`a Property with the attribute ${name} twice`)
      return first.value
    }
    const key = attribute('key')
    const value = attribute('value')
    if (key === USER_DATA_KEY) this.value ??= value
  }
}

/**
 * The value of the first property named `user-data`, as it stands; undefined if there is none. Prefixes of names and the
 * root element's name do not matter, everything else in the document is passed over.
 *
 * @param source the document's name, for messages
 * @throws PipelineError `PROVIDER_OVF_INVALID` with the place
 */
export function userDataProperty(text: string, source: string): string | undefined {
  const parser = new SaxesParser({ xmlns: true })
  const reader = new OvfReader()
  parser.on('opentag', (tag) => {
    reader.open(tag)
  })
  parser.on('closetag', () => {
    reader.close()
  })
  parser.on('error', (error) => {
    throw error
  })
  try {
    parser.write(text).close()
  } catch (cause) {
    // the parser puts the place in front of its messages
    const message = messageOf(cause).replace(/^\d+:\d+: /, '')
    const { line, column } = parser
    const at = { file: source, line, column: column + 1, endLine: line, endColumn: column + 2 }
    const finding: Diagnostic = { code: 'PROVIDER_OVF_INVALID', severity: 'error', message, at }
    throw new PipelineError('PROVIDER_OVF_INVALID', `${source} is no OVF environment that can be read`, {
      cause,
      diagnostics: [finding],
    })
  }
  return reader.value
}
