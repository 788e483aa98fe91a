/**
 * Applies a unified diff of one file (https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html)
 * strictly: every line has to be where the diff says, and every hunk as long as it says.
 */

const HEADER = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@$/
const NO_NEWLINE = '\\ No newline at end of file'

/** Lines with their ends. */
const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? []

interface Body {
  readonly old: string[]
  readonly now: string[]
}

function readBody(lines: readonly string[]): Body {
  const body: Body = { old: [], now: [] }
  lines.forEach((line, i) => {
    if (line === NO_NEWLINE) return
    const text = line.slice(1) + (lines[i + 1] === NO_NEWLINE ? '' : '\n')
    const sign = line[0]
    if (sign !== '-' && sign !== '+' && sign !== ' ') throw new Error(`no line of a hunk: ${JSON.stringify(line)}`)
    if (sign !== '+') body.old.push(text)
    if (sign !== '-') body.now.push(text)
  })
  return body
}

export interface AppliedDiff {
  readonly path: string
  /** Undefined where the file is gone. */
  readonly content: string | undefined
}

/** The file after the diff. @param before undefined where there is none @throws Error if the diff is not of this file */
export function applyUnifiedDiff(diff: string, before: string | undefined): AppliedDiff {
  if (!diff.endsWith('\n')) throw new Error('a diff ends with a line end')
  const [from = '', to = '', ...rest] = diff.slice(0, -1).split('\n')
  if (!from.startsWith('--- ') || !to.startsWith('+++ ')) throw new Error(`no header: ${from}, ${to}`)
  const [oldName, newName] = [from.slice(4), to.slice(4)]
  if ((oldName === '/dev/null') !== (before === undefined)) throw new Error(`${oldName} is not what was there`)
  const source = linesOf(before ?? '')
  const result: string[] = []
  let at = 0
  const starts = rest.flatMap((line, i) => (HEADER.test(line) && isHeader(rest, i) ? [i] : []))
  // a file without any text comes or goes
  const isEmpty = rest.length === 0 && (before ?? '') === '' && (oldName === '/dev/null' || newName === '/dev/null')
  if (starts[0] !== 0 && !isEmpty) throw new Error('no hunk')
  starts.forEach((start, i) => {
    const [, first = '', oldCount = '1', , newCount = '1'] = HEADER.exec(rest[start] ?? '') ?? []
    const { old, now } = readBody(rest.slice(start + 1, starts[i + 1]))
    if (old.length !== Number(oldCount) || now.length !== Number(newCount))
      throw new Error(`length of ${rest[start] ?? ''}`)
    const place = Number(first) - (old.length === 0 ? 0 : 1)
    result.push(...source.slice(at, place))
    old.forEach((line, j) => {
      if (source[place + j] !== line) throw new Error(`line ${String(place + j + 1)} is not ${JSON.stringify(line)}`)
    })
    result.push(...now)
    at = place + old.length
  })
  result.push(...source.slice(at))
  const name = newName === '/dev/null' ? oldName : newName
  return { path: name.slice(1), content: newName === '/dev/null' ? undefined : result.join('') }
}

/** Whether a line that looks like a header is one: the hunk before it has all of its lines. */
function isHeader(lines: readonly string[], index: number): boolean {
  let i = 0
  while (i < index) {
    const [, , oldCount = '1', , newCount = '1'] = HEADER.exec(lines[i] ?? '') ?? []
    let [old, now] = [Number(oldCount), Number(newCount)]
    i++
    while ((old > 0 || now > 0) && i < lines.length) {
      const sign = lines[i]?.[0]
      if (sign !== '+' && sign !== '\\') old--
      if (sign !== '-' && sign !== '\\') now--
      i++
    }
    if (lines[i] === NO_NEWLINE) i++
  }
  return i === index
}
