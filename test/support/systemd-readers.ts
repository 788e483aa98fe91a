/** Readers for what systemd reads, after its manual pages systemd.syntax(7), systemd.exec(5) and systemd.unit(5). */

const C_ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  s: ' ',
  '\\': '\\',
  '"': '"',
  "'": "'",
}

/** Splits a unit's setting into words: quotes, C escapes, then `%%`. */
export function unitWords(value: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let quote: string | undefined
  for (let i = 0; i < value.length; i++) {
    const char = value[i] as string
    if (char === '\\') {
      const next = value[++i] ?? ''
      if (next === 'x') {
        word = (word ?? '') + String.fromCharCode(Number.parseInt(value.slice(i + 1, i + 3), 16))
        i += 2
      } else {
        const meant = C_ESCAPES[next]
        if (meant === undefined) throw new Error(`unknown escape \\${next} in ${value}`)
        word = (word ?? '') + meant
      }
    } else if (quote !== undefined) {
      if (char === quote) quote = undefined
      else word = (word ?? '') + char
    } else if (char === '"' || char === "'") {
      quote = char
      word ??= ''
    } else if (char === ' ' || char === '\t') {
      if (word !== undefined) words.push(word)
      word = undefined
    } else {
      word = (word ?? '') + char
    }
  }
  if (quote !== undefined) throw new Error(`unclosed quote in ${value}`)
  if (word !== undefined) words.push(word)
  return words.map((text) =>
    text.replace(/%(.?)/gs, (_, specifier: string) => {
      if (specifier !== '%') throw new Error(`specifier %${specifier} in ${value}`)
      return '%'
    }),
  )
}

/** A unit file's settings in order, as `[section, name, value]`; continued lines are joined. */
export function unitSettings(text: string): [string, string, string][] {
  const settings: [string, string, string][] = []
  let section = ''
  for (const line of text.replace(/\\\n/g, ' ').split('\n')) {
    if (/^\s*(?:[#;]|$)/.test(line)) continue
    const header = /^\[(.*)\]$/.exec(line)
    const assignment = /^([A-Za-z][A-Za-z0-9]*)=(.*)$/s.exec(line)
    if (header !== null) section = header[1] as string
    else if (assignment !== null) settings.push([section, assignment[1] as string, assignment[2] as string])
    else throw new Error(`no setting: ${line}`)
  }
  return settings
}

/** The variables of an environment file. */
export function environmentFile(text: string): [string, string][] {
  const variables: [string, string][] = []
  let i = 0
  const until = (stop: RegExp): string => {
    const start = i
    while (i < text.length && !stop.test(text[i] as string)) i++
    return text.slice(start, i)
  }
  while (i < text.length) {
    if (/[\s]/.test(text[i] as string)) {
      i++
      continue
    }
    if (/[#;]/.test(text[i] as string)) {
      until(/\n/)
      continue
    }
    const name = until(/[=\n]/)
    if (text[i] !== '=') throw new Error(`no assignment: ${name}`)
    i++
    variables.push([name, readValue()])
  }
  return variables

  function readValue(): string {
    let value = ''
    let bareEnd = 0
    while (i < text.length && !/[\n\r]/.test(text[i] as string)) {
      const char = text[i++] as string
      if (char === "'" && value === '') {
        value += until(/'/)
        i++
        bareEnd = value.length
      } else if (char === '"' && value === '') {
        value += doubleQuoted()
        bareEnd = value.length
      } else if (char === '\\') {
        const next = text[i++] ?? ''
        if (next !== '\n') value += next
        bareEnd = value.length
      } else if (!(value === '' && /\s/.test(char))) {
        value += char
        if (!/\s/.test(char)) bareEnd = value.length
      }
    }
    return value.slice(0, bareEnd)
  }

  function doubleQuoted(): string {
    let value = ''
    for (; i < text.length && text[i] !== '"'; i++) {
      if (text[i] !== '\\') value += text[i] as string
      else if (/["\\`$]/.test(text[i + 1] ?? '')) value += text[++i] as string
      else if (text[i + 1] === '\n') i++
      else value += '\\'
    }
    i++
    return value
  }
}
