/**
 * Terraform's template language (https://developer.hashicorp.com/terraform/language/expressions/strings#string-templates):
 * what of a text is known before anything is planned.
 */
import { EmbeddedTextBuilder, sliceEmbedded, type EmbeddedText } from './embedded-text.ts'

/**
 * Where an expression or a string ends that has just begun. Strings hold expressions, and those hold strings; a string
 * that nothing closes ends with its line.
 *
 * @param opened what it began with
 * @returns the offset behind its end; undefined if it has none
 */
export function endOf(text: string, start: number, opened: '{' | '"'): number | undefined {
  const open = [opened]
  for (let i = start; i < text.length; i++) {
    const char = text[i]
    if (open.at(-1) === '{') {
      if (char === '"' || char === '{') open.push(char)
      else if (char === '}') open.pop()
    } else if (char === '\n' && open.length === 1) return i
    else if (char === '"') open.pop()
    else if (char === '\\') i += 1
    else if (isEscape(text, i)) i += 2
    else if ((char === '$' || char === '%') && text[i + 1] === '{') {
      open.push('{')
      i += 1
    }
    if (open.length === 0) return i + 1
  }
  return undefined
}

/** `$${` and `%%{` stand for what they begin with but for one character. */
const isEscape = (text: string, at: number): boolean => text.startsWith('$${', at) || text.startsWith('%%{', at)

const DIRECTIVE = /^~?\s*(if|else|endif)\b/

/** Which of the texts between directives is taken: of two branches the first, which is as good as the other. */
class Branches {
  private readonly isSecond: boolean[] = []

  get isTaken(): boolean {
    return !this.isSecond.includes(true)
  }

  meet(directive: string): void {
    const [, word] = DIRECTIVE.exec(directive) ?? []
    if (word === 'if') this.isSecond.push(false)
    else if (word === 'endif') this.isSecond.pop()
    else if (word === 'else' && this.isSecond.length > 0) this.isSecond[this.isSecond.length - 1] = true
  }
}

/** The text that a template gives: expressions are unknown in it, and loops go round once. */
export function terraformText(template: EmbeddedText): EmbeddedText {
  const { text, starts, ends } = template
  const builder = new EmbeddedTextBuilder()
  const branches = new Branches()
  const beginning = /\$\$\{|%%\{|\$\{|%\{/g
  let at = 0
  const take = (end: number): void => {
    if (branches.isTaken) builder.addEmbedded(sliceEmbedded(template, at, end))
  }
  for (let match = beginning.exec(text); match !== null; match = beginning.exec(text)) {
    const { index, 0: opening } = match
    take(index)
    at = index
    if (opening.length === 3) {
      at += 1
      continue
    }
    const end = endOf(text, index + 2, '{')
    if (end === undefined) break
    const [from, to] = [starts[index] ?? 0, ends[end - 1] ?? 0]
    if (opening === '%{') branches.meet(text.slice(index + 2, end))
    // in one line, for whatever stands for it
    const standIn = opening === '%{' ? '' : text.slice(index, end).replace(/\s/g, ' ')
    if (branches.isTaken) builder.addUnknown(standIn, from, to)
    at = end
    beginning.lastIndex = end
  }
  take(text.length)
  return builder.build()
}
