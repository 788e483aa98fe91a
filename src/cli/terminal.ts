import tty from 'node:tty'
import { PLAIN, type Palette } from '../lib/diagnostics.ts'
import type { ProgramIo } from '../lib/ports.ts'

const paint =
  (code: string) =>
  (text: string): string =>
    `\u001b[${code}m${text}\u001b[0m`

const COLOURS: Palette = { error: paint('31'), warning: paint('33'), strong: paint('1'), faint: paint('2') }

/** Colours for a terminal, none for anything else or where `NO_COLOR` (no-color.org) is set. */
export function paletteFor(io: Pick<ProgramIo, 'env'>, descriptor = 1): Palette {
  const noColor = io.env['NO_COLOR'] ?? ''
  return noColor === '' && tty.isatty(descriptor) ? COLOURS : PLAIN
}
