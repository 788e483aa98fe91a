/** Files in the syntax of systemd.syntax(7): sections of `Key=value` lines. */
import { PipelineError } from '../../lib/errors.ts'

export type Value = string | bigint | boolean | undefined

/** A section; a list as value gives one line for each item, undefined gives none. */
export type Section = readonly [name: string, entries: Readonly<Record<string, Value | readonly Value[]>>]

/** A line end would begin a new line, a backslash before it would take the next line into the value. */
const UNREPRESENTABLE = /[\n\r\0]|(?<!\\)(?:\\\\)*\\$/

function printLine(key: string, value: string | bigint | boolean): string {
  const text = String(value)
  if (UNREPRESENTABLE.test(text)) {
    const shown = JSON.stringify(text)
    throw new PipelineError('VALUE_UNREPRESENTABLE', `${shown} cannot be written as ${key} of a systemd file`, {
      hint: 'a value cannot hold line ends or end in a backslash',
    })
  }
  return `${key}=${text}\n`
}

/**
 * The text of a file: no spaces around `=`, no empty lines.
 *
 * @throws PipelineError `VALUE_UNREPRESENTABLE` for a value that would change the rest of the file
 */
export function printUnitFile(sections: readonly Section[]): string {
  return sections
    .map(([name, entries]) => {
      const lines = Object.entries(entries).flatMap(([key, value]) =>
        [value]
          .flat()
          .filter((item) => item !== undefined)
          .map((item) => printLine(key, item)),
      )
      return `[${name}]\n${lines.join('')}`
    })
    .join('')
}
