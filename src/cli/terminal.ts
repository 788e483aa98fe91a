import tty from 'node:tty'
import { PLAIN, type Palette } from '../lib/diagnostics.ts'
import type { ProgramIo } from '../lib/ports.ts'
import type { DiffPalette } from './rendered/unified-diff.ts'

const paint =
  (code: string) =>
  (text: string): string =>
    `\u001b[${code}m${text}\u001b[0m`

const COLOURS: Palette = { error: paint('31'), warning: paint('33'), strong: paint('1'), faint: paint('2') }

const PLAIN_DIFF: DiffPalette = { header: String, hunk: String, removed: String, added: String }
const COLOURED_DIFF: DiffPalette = { header: paint('1'), hunk: paint('36'), removed: paint('31'), added: paint('32') }

/** Colours for a terminal, none for anything else or where `NO_COLOR` (no-color.org) is set. */
export function paletteFor(io: Pick<ProgramIo, 'env'>, descriptor = 1): Palette {
  return isColoured(io, descriptor) ? COLOURS : PLAIN
}

/** The same for the lines of a diff. */
export function diffPaletteFor(io: Pick<ProgramIo, 'env'>): DiffPalette {
  return isColoured(io, 1) ? COLOURED_DIFF : PLAIN_DIFF
}

function isColoured(io: Pick<ProgramIo, 'env'>, descriptor: number): boolean {
  return (io.env['NO_COLOR'] ?? '') === '' && tty.isatty(descriptor)
}
