/**
 * Splits a command by the word rules of the POSIX shell (XCU 2.2, 2.3): single and double quotes, backslash, `#`
 * comments; no expansion of any kind.
 *
 * @returns the words, or undefined if a quote or a final backslash is left open
 */
export function splitShellWords(command: string): string[] | undefined {
  const words: string[] = []
  let word: string | undefined
  let i = 0
  while (i < command.length) {
    const c = command[i] as string
    if (c === ' ' || c === '\t' || c === '\n') {
      if (word !== undefined) words.push(word)
      word = undefined
      i++
    } else if (c === '#' && word === undefined) {
      const end = command.indexOf('\n', i)
      i = end < 0 ? command.length : end
    } else {
      const piece = readPiece(command, i)
      if (piece === undefined) return undefined
      word = (word ?? '') + piece.text
      i = piece.end
    }
  }
  if (word !== undefined) words.push(word)
  return words
}

function readPiece(command: string, start: number): { text: string; end: number } | undefined {
  const c = command[start] as string
  if (c === "'") {
    const end = command.indexOf("'", start + 1)
    return end < 0 ? undefined : { text: command.slice(start + 1, end), end: end + 1 }
  }
  if (c === '"') return readDoubleQuoted(command, start + 1)
  if (c !== '\\') return { text: c, end: start + 1 }
  const next = command[start + 1]
  if (next === undefined) return undefined
  // a backslash before a line break continues the line
  return { text: next === '\n' ? '' : next, end: start + 2 }
}

function readDoubleQuoted(command: string, start: number): { text: string; end: number } | undefined {
  let text = ''
  for (let i = start; i < command.length; i++) {
    const c = command[i] as string
    if (c === '"') return { text, end: i + 1 }
    if (c !== '\\') {
      text += c
      continue
    }
    const next = command[++i]
    if (next === undefined) return undefined
    if (next === '\n') continue
    text += '$`"\\'.includes(next) ? next : `\\${next}`
  }
  return undefined
}
