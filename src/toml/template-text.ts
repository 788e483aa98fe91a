/**
 * Text that a template engine should have replaced: `{{ x }}` (handlebars, Jinja, Go), `${x}` (shell, Terraform,
 * CloudFormation), `<% x %>` (ERB), `{% x %}` and `%{ x }` (Jinja and Terraform directives).
 */

/** A stretch of a text by its offsets, the end exclusive. */
export interface Stretch {
  readonly start: number
  readonly end: number
}

const MARKERS = /\{\{[^{}\n]*\}\}|\{%[^\n]*?%\}|\$\{[^{}\n]*\}|<%[^\n]*?%>|%\{[^{}\n]*\}/g

/** All template text, in order. */
export function templateText(text: string): Stretch[] {
  return [...text.matchAll(MARKERS)].map(({ index, 0: marker }) => ({ start: index, end: index + marker.length }))
}

function isAlone(text: string, { start, end }: Stretch): boolean {
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start)
  const after = /^[^\n]*/.exec(text.slice(end))?.[0] ?? ''
  return before.trim() === '' && after.trim() === ''
}

/**
 * The text with something in place of each stretch that TOML takes wherever a value or a name may stand, in quotes or
 * not: digits, different ones each time, or a comment where the stretch has a line for itself. No offset changes.
 */
export function withStandIns(text: string, stretches: readonly Stretch[]): string {
  let result = ''
  let at = 0
  for (const [i, stretch] of stretches.entries()) {
    const width = stretch.end - stretch.start
    const standIn = isAlone(text, stretch)
      ? '#'.repeat(width)
      : `1${String(i)
          .slice(-(width - 1))
          .padStart(width - 1, '0')}`.slice(0, width)
    result += text.slice(at, stretch.start) + standIn
    at = stretch.end
  }
  return result + text.slice(at)
}

/** Whether any of the stretches has a part between the offsets. */
export function overlaps(stretches: readonly Stretch[], start: number, end: number): boolean {
  return stretches.some((stretch) => stretch.start < end && start < stretch.end)
}
