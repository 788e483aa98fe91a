/**
 * Lines of a template that only some Kubernetes versions have, so that one text serves all of them. A line of its own
 * opens a range and closes the one before it; `{{! end }}` closes the last.
 *
 *     {{! kubernetes -1.26 }}        up to 1.26
 *     {{! kubernetes 1.25 }}         1.25 alone
 *     {{! kubernetes 1.24-1.25 }}    from 1.24 to 1.25
 *     {{! kubernetes 1.27- }}        from 1.27 on
 *     {{! end }}
 *
 * The marks are comments to the template engine, so the text with all its ranges is a template as well.
 */
import { PipelineError } from '../lib/errors.ts'

const MARK = /^\{\{! (?:kubernetes (?<range>\S+)|end) \}\}$/
const RANGE = /^(?:(?<only>1\.\d+)|(?<from>1\.\d+)?-(?<to>1\.\d+)?)$/

/** The minor version of `1.27`. Versions of Kubernetes have differed in it alone since 2015. */
const minor = (version: string): number => Number(version.slice(2))

function includes(range: string, version: string, name: string): boolean {
  const found = RANGE.exec(range)?.groups
  if (found === undefined || range === '-') {
    throw new PipelineError('VARIANT_DATA_INVALID', `template ${name}: '${range}' is no range of Kubernetes versions`)
  }
  const { only, from, to } = found
  if (only !== undefined) return only === version
  return (from === undefined || minor(from) <= minor(version)) && (to === undefined || minor(version) <= minor(to))
}

/** A line of a template and its number in the template's file, from 1. */
export interface KeptLine {
  readonly text: string
  readonly number: number
}

/**
 * The lines of a template for one Kubernetes version, without the marks.
 *
 * @param version such as `1.30`; undefined for a variant without Kubernetes
 * @throws PipelineError `VARIANT_DATA_INVALID` for a mark that cannot be read, or a range without a version
 */
export function keptLines(text: string, version: string | undefined, name: string): KeptLine[] {
  const lines = text.split('\n').map((line, i): KeptLine => ({ text: line, number: i + 1 }))
  if (!text.includes('{{! kubernetes ')) return lines
  if (version === undefined) {
    throw new PipelineError('VARIANT_DATA_INVALID', `template ${name} is for variants of a Kubernetes version`)
  }
  let kept = true
  return lines.filter((line) => {
    const mark = MARK.exec(line.text)
    if (mark === null) return kept
    const range = mark.groups?.['range']
    kept = range === undefined || includes(range, version, name)
    return false
  })
}

/** The text of a template for one Kubernetes version. @throws PipelineError as `keptLines` */
export function linesForVersion(text: string, version: string | undefined, name: string): string {
  if (!text.includes('{{! kubernetes ')) return text
  return keptLines(text, version, name)
    .map((line) => line.text)
    .join('\n')
}
