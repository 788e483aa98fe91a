/** Finding secrets in texts: as they are, encoded, escaped, and in pieces. */

/** As long as a piece of a secret has to be to count as told. */
const PIECE = 8

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64')

const HTML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#x27;',
  '`': '&#x60;',
  '=': '&#x3D;',
}

/** A text in every form in which it may stand in some file. */
function formsOf(text: string): string[] {
  const html = text.replace(/[&<>"'`=]/g, (character) => HTML[character] ?? character)
  return [
    text,
    // what stands before it in an encoded text moves it by so many bytes
    ...['', 'x', 'xx'].map((before) => base64(before + text)),
    Buffer.from(text, 'utf8').toString('hex'),
    encodeURIComponent(text),
    JSON.stringify(text),
    JSON.stringify(JSON.stringify(text)),
    html,
    html.replaceAll('&#x27;', '&#39;'),
    text.replaceAll("'", "'\\''"),
    text.replaceAll("'", "''"),
    [...text].reverse().join(''),
  ]
}

function piecesOf(text: string): string[] {
  return Array.from({ length: Math.max(0, text.length - PIECE + 1) }, (_, i) => text.slice(i, i + PIECE))
}

/** Looks for secrets. */
export class LeakDetector {
  private readonly pieces: ReadonlySet<string>

  constructor(secrets: readonly string[]) {
    // quotes and backslashes alone tell nothing
    const isTelling = (piece: string): boolean => (piece.match(/[A-Za-z0-9]/g) ?? []).length >= PIECE / 2
    this.pieces = new Set(secrets.flatMap(formsOf).flatMap(piecesOf).filter(isTelling))
  }

  /** Stretches of a text that hold a piece of a secret, with what is around them. */
  find(text: string): string[] {
    const found: string[] = []
    for (let i = 0; i + PIECE <= text.length; i++) {
      if (!this.pieces.has(text.slice(i, i + PIECE))) continue
      found.push(text.slice(Math.max(0, i - 60), i + PIECE + 20))
      i += 40
    }
    return found
  }
}
