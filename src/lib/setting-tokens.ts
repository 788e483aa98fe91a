/** Words, texts in quotes and signs of a document of settings in whatever format, whole or broken. */
/** As long as a key in the datastore may be. */
const LONGEST_NAME = 257

type Kind = 'line' | 'space' | 'string' | 'sign' | 'word'

export interface Token {
  readonly kind: Kind
  readonly text: string
  readonly start: number
  readonly end: number
}

const TOKEN = new RegExp(
  [
    String.raw`(?<line>\r\n|\n|\r)`,
    String.raw`(?<space>[ \t\uFEFF]+)`,
    String.raw`(?<string>"""(?:[^]*?"""|[^]*)|'''(?:[^]*?'''|[^]*)|"(?:\\.|[^"\\\r\n])*(?:"|\\?$|(?=[\r\n])|\\(?=[\r\n]))|'[^'\r\n]*'?)`,
    String.raw`(?<sign>[=,{}[\]]|:(?=[\s"'{[]|$)|(?<=["']):|#)`,
    String.raw`(?<word>(?:[^\s=:,{}[\]"'#]|:(?![\s"'{[]|$))+)`,
    String.raw`(?<other>[^])`,
  ].join('|'),
  'y',
)

/** All of a text, in pieces. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  for (let start = 0; start < text.length; start = TOKEN.lastIndex) {
    const { groups = {}, 0: found } = TOKEN.exec(text) as RegExpExecArray
    const kind = (Object.keys(groups).find((name) => groups[name] !== undefined) ?? 'word') as Kind | 'other'
    tokens.push({ kind: kind === 'other' ? 'word' : kind, text: found, start, end: start + found.length })
  }
  return tokens
}

/** A text in quotes without them. */
export const contentOf = (text: string): string => text.replace(/^("""|'''|"|')([^]*?)\1?$/, '$2')

/** A key with the tokens that it consists of. */
export interface Key {
  readonly names: readonly string[]
  /** Index of the token behind its separator. */
  readonly next: number
}

/** The key that begins at a token: names joined by dots, then a separator. */
export function keyAt(tokens: readonly Token[], at: number): Key | undefined {
  let next = at
  let text = ''
  let last: Token | undefined
  for (let token = tokens[next]; token?.kind === 'word' || token?.kind === 'string'; token = tokens[next]) {
    const isJoined = text === '' || text.endsWith('.') || token.text.startsWith('.')
    if (!isJoined || token.text.length > LONGEST_NAME || /[\r\n]|\\["n]/.test(token.text)) return undefined
    text += token.kind === 'string' ? `"${contentOf(token.text).replaceAll('"', '')}"` : token.text
    last = token
    next += 1
  }
  while (tokens[next]?.kind === 'space') next += 1
  const sign = tokens[next]
  if (last === undefined || sign === undefined || (sign.text !== '=' && sign.text !== ':')) return undefined
  // the end of a text in base64 instead of a separator
  if (/^(?:=|"|')$/.test(tokens[next + 1]?.text ?? '')) return undefined
  const names = (text.match(/"[^"]*"|[^".]+/g) ?? []).map((name) => name.replaceAll('"', ''))
  return { names: names.length > 0 ? names : [''], next: next + 1 }
}
