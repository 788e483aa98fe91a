/**
 * Boot configuration: kernel and init parameters as the kernel's own `key = value, value` text.
 *
 * https://docs.kernel.org/admin-guide/bootconfig.html
 */
import { PipelineError } from '../lib/errors.ts'
import { sortedKeys } from '../lib/byte-order.ts'
import { trimWhiteSpace } from '../lib/white-space.ts'

/** Key to values; a key may have none. */
export type Parameters = Readonly<Record<string, readonly string[]>>

export const SECTIONS = ['kernel', 'init'] as const
export type Section = (typeof SECTIONS)[number]

export type BootConfig = Readonly<Partial<Record<Section, Parameters>>>

/** What stands where there are no boot settings at all. */
export const DEFAULT_BOOT_CONFIG = '\n    kernel = ""\n    init = ""\n'

const KEY = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/
const PRINTABLE = /^[ -~]*$/
const NOT_BARE = /['",;#}]/

/** Whether a text is a key: words of ASCII letters, digits, `-` and `_`, joined by dots. */
export function isBootConfigKey(text: string): boolean {
  return KEY.test(text)
}

/** Whether a text is a value: printable ASCII without control characters that does not hold both kinds of quote. */
export function isBootConfigValue(text: string): boolean {
  return PRINTABLE.test(text) && !(text.includes('"') && text.includes("'"))
}

export type MutableParameters = Record<string, readonly string[]>

/** Without a prototype, so that any key is an ordinary one. */
export const noParameters = (): MutableParameters => Object.create(null) as MutableParameters

class LineFault extends Error {}

/** One value of a list as it stands between commas. */
function parseElement(element: string): string {
  const quote = element[0]
  if (quote === '"' || quote === "'") {
    const end = element.indexOf(quote, 1)
    if (end < 0) throw new LineFault('open quote')
    if (end !== element.length - 1) throw new LineFault('something follows a closing quote')
    return checkValue(element.slice(1, -1))
  }
  if (NOT_BARE.test(element)) throw new LineFault('this character needs quotes around the value')
  return checkValue(element)
}

function checkValue(value: string): string {
  if (!isBootConfigValue(value)) throw new LineFault('a value may hold printable ASCII only')
  return value
}

/** Cuts a list at the commas outside quotes. A comma at the end adds nothing. */
function splitElements(list: string): string[] {
  const elements: string[] = []
  let element = ''
  let quote = ''
  for (const character of list) {
    if (character === ',' && quote === '') {
      elements.push(trimWhiteSpace(element))
      element = ''
      continue
    }
    if (quote !== '') quote = character === quote ? '' : quote
    else if (character === '"' || character === "'") quote = character
    element += character
  }
  const last = trimWhiteSpace(element)
  return last === '' ? elements : [...elements, last]
}

interface Line {
  readonly key: string
  readonly values: readonly string[]
}

function parseLine(line: string): Line {
  const equals = line.indexOf('=')
  const key = trimWhiteSpace(equals < 0 ? line : line.slice(0, equals))
  if (!isBootConfigKey(key)) throw new LineFault(`${JSON.stringify(key)} is no key`)
  const list = equals < 0 ? '' : trimWhiteSpace(line.slice(equals + 1))
  return { key, values: splitElements(list).map(parseElement) }
}

function isSection(name: string | undefined): name is Section {
  return name === 'kernel' || name === 'init'
}

/**
 * Parses the text of a boot configuration, one key per line. Of a repeated key the last one counts.
 *
 * @throws PipelineError `GENERATOR_BOOT_CONFIG_INVALID` naming every faulty line
 */
export function parseBootConfig(text: string, file: string): BootConfig {
  const sections: Record<Section, MutableParameters> = { kernel: noParameters(), init: noParameters() }
  const faults: string[] = []
  const add = ({ key, values }: Line): void => {
    const [section, ...words] = key.split('.')
    if (!isSection(section)) throw new LineFault(`${JSON.stringify(key)} is below neither kernel nor init`)
    if (words.length > 0) {
      sections[section][words.join('.')] = values
    } else if (values.length !== 1 || values[0] !== '') {
      // the kernel needs a file that is not empty, so one without any setting holds the bare sections with ""
      throw new LineFault(`${section} by itself takes the one value ""`)
    }
  }
  const trimmed = trimWhiteSpace(text)
  if (trimmed === '') return {}
  const firstLine = text.slice(0, text.indexOf(trimmed)).split('\n').length
  trimmed.split('\n').forEach((line, i) => {
    try {
      add(parseLine(trimWhiteSpace(line)))
    } catch (error) {
      if (!(error instanceof LineFault)) throw error
      faults.push(`${file}:${String(firstLine + i)}: ${error.message}`)
    }
  })
  if (faults.length > 0) throw new PipelineError('GENERATOR_BOOT_CONFIG_INVALID', faults.join('\n'))
  return Object.fromEntries(
    SECTIONS.map((name) => [name, sections[name]] as const).filter(([, keys]) => Object.keys(keys).length > 0),
  )
}

const printValue = (value: string): string => (value.includes('"') ? `'${value}'` : `"${value}"`)

/** Prints a boot configuration, kernel before init, keys in byte order; the inverse of `parseBootConfig`. */
export function printBootConfig(config: BootConfig): string {
  return SECTIONS.flatMap((section) => {
    const parameters = config[section] ?? {}
    return sortedKeys(parameters).map((key) => {
      const values = (parameters[key] ?? []).map(printValue).join(', ')
      return `${section}.${key}${values === '' ? '' : ` = ${values}`}\n`
    })
  }).join('')
}
