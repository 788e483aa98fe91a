/** Findings without the values that must not be shown of the text that they are about. */
import type { Diagnostic } from './diagnostics.ts'
import { hideValues, SHORTEST } from './hidden-values.ts'
import { isHarmless } from './value-verdicts.ts'

/** Takes values that are hidden in a text out of a message about it: whole, or in pieces of some length. */
class Scrubber {
  private readonly pieces: ReadonlySet<string>

  constructor(values: readonly string[]) {
    this.pieces = new Set(
      values.flatMap((value) =>
        Array.from({ length: value.length - SHORTEST + 1 }, (_, i) => value.slice(i, i + SHORTEST)),
      ),
    )
  }

  private isIn(word: string): boolean {
    return Array.from({ length: word.length - SHORTEST + 1 }, (_, i) => word.slice(i, i + SHORTEST)).some((piece) =>
      this.pieces.has(piece),
    )
  }

  scrub(message: string): string {
    if (this.pieces.size === 0) return message
    const quoted = message.replace(/"(?:\\.|[^"\\])*"|'[^']*'|`[^`]*`/g, (text) =>
      this.isIn(text) && !isHarmless(text) ? text.replace(/[^"'`\s]/g, '*') : text,
    )
    // words of our own sentences are lower case and have no digits
    return quoted.replace(/[^\s"'`]{6,}/g, (word) =>
      this.isIn(word) && !/^[(]?[A-Za-z]?[a-z-]*[.,;:)]*$/.test(word) && !isHarmless(word)
        ? word.replace(/[^\s]/g, '*')
        : word,
    )
  }
}

/** Documents of other kinds have other names. */
const HAS_SETTINGS = /settings/i

/** Findings about a text without those of its values that must not be shown. */
export function withoutValues(diagnostics: readonly Diagnostic[], text: string): Diagnostic[] {
  if (diagnostics.length === 0) return []
  const scrubber = new Scrubber(hideValues(text, HAS_SETTINGS.test(text) ? 'hidden' : 'shown').values)
  return diagnostics.map((diagnostic) => {
    const { message, hint, path, related } = diagnostic
    return {
      ...diagnostic,
      message: scrubber.scrub(message),
      ...(hint !== undefined && { hint: scrubber.scrub(hint) }),
      ...(path !== undefined && { path: scrubber.scrub(path) }),
      ...(related !== undefined && {
        related: related.map((other) => ({ ...other, message: scrubber.scrub(other.message) })),
      }),
    }
  })
}
