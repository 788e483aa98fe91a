import { valueText } from '../values.ts'
import { writeEnv } from './env.ts'
import { writeJson } from './json.ts'
import { writeIni, writeLines } from './lines.ts'
import { writeShell } from './shell.ts'
import { noToken, SLOT, writeEach, type OnToken, type Part, type Slot } from './stream.ts'
import { writeSystemd } from './systemd.ts'
import { writeToml } from './toml.ts'
import { writeYaml } from './yaml.ts'

const WRITERS = {
  toml: writeToml,
  yaml: writeYaml,
  json: writeJson,
  env: writeEnv,
  systemd: writeSystemd,
  ini: writeIni,
  shell: writeShell,
  lines: writeLines,
  text: (parts: readonly Part[], onToken: OnToken = noToken) =>
    writeEach(parts, onToken, ({ value }) => valueText(value)),
} as const

/** The format that a template writes, which decides how its values are quoted. */
export type OutputFormat = keyof typeof WRITERS

/** All formats, in the order of their names. */
export const OUTPUT_FORMATS = Object.keys(WRITERS).sort() as readonly OutputFormat[]

/** Whether a name is that of a format. */
export function isOutputFormat(name: string): name is OutputFormat {
  return Object.hasOwn(WRITERS, name)
}

/**
 * Writes the values of a rendered stream by the rules of a format.
 *
 * @param onToken is not called for a stream without values, which is the output as it is
 * @throws RenderFailure `VALUE_UNREPRESENTABLE`
 */
export function writeOutput(format: OutputFormat, stream: string, slots: readonly Slot[], onToken?: OnToken): string {
  if (slots.length === 0) return stream
  const parts: Part[] = []
  stream.split(SLOT).forEach((text, i) => {
    const slot = slots[i - 1]
    if (slot !== undefined) parts.push(slot)
    if (text !== '') parts.push(text)
  })
  return WRITERS[format](parts, onToken)
}
