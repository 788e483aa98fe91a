/** On shipped templates the reader must see what handlebars.js sees: there the two dialects do not differ. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import Handlebars from 'handlebars/dist/handlebars.js'
import { describe, expect, test } from 'vitest'
import { readFrontMatter } from '../../../src/schnauzer/front-matter.ts'
import { readBody } from '../../../src/schnauzer/reader.ts'
import { SourceText } from '../../../src/schnauzer/source-text.ts'
import { parseTemplate } from '../../../src/schnauzer/template.ts'
import type { Expression, Statement } from '../../../src/schnauzer/tree.ts'

const DIRECTORY = fileURLToPath(new URL('../../../src/templates', import.meta.url))
const files = readdirSync(DIRECTORY, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !entry.name.endsWith('.md'))
  .map((entry) => path.relative(DIRECTORY, path.join(entry.parentPath, entry.name)))

/** Texts with `text:` before them; neighbours are one, empty ones none. */
function joined(items: readonly string[]): string[] {
  const result: string[] = []
  for (const item of items) {
    if (item === 'text:') continue
    if (item.startsWith('text:') && result.at(-1)?.startsWith('text:') === true)
      result.push(`${String(result.pop())}${item.slice(5)}`)
    else result.push(item)
  }
  return result
}

function ownExpression(expression: Expression): string {
  if (expression.kind === 'path') return expression.written
  if (expression.kind === 'literal')
    return JSON.stringify(expression.value, (_, v: unknown) => (typeof v === 'bigint' ? Number(v) : v))
  const hash = expression.hash.map(([key, value]) => `${key}=${ownExpression(value)}`)
  return `(${[expression.name, ...expression.args.map(ownExpression), ...hash].join(' ')})`
}

function ownItems(body: readonly Statement[]): string[] {
  return body.flatMap((statement): string[] => {
    switch (statement.kind) {
      case 'text':
        return [`text:${statement.text}`]
      case 'value':
        return [`${statement.unescaped ? '{{{' : '{{'}${ownExpression(statement.expression)}`]
      case 'block':
        return [
          `open ${ownExpression(statement.call)} ${statement.params.join(' ')}`,
          ...ownItems(statement.body),
          ...(statement.inverse === undefined ? [] : ['else', ...ownItems(statement.inverse)]),
          'close',
        ]
      case 'comment':
        return []
      case 'decorator':
      case 'partial':
        throw new Error('not in shipped templates')
    }
  })
}

function theirExpression(node: hbs.AST.Expression): string {
  switch (node.type) {
    case 'PathExpression':
      return (node as hbs.AST.PathExpression).original
    case 'SubExpression':
      return theirCall(node as hbs.AST.SubExpression)
    default:
      return JSON.stringify((node as hbs.AST.StringLiteral).value)
  }
}

function theirCall({
  path: name,
  params,
  hash,
}: Pick<hbs.AST.SubExpression, 'path' | 'params'> & { hash?: hbs.AST.Hash }): string {
  const pairs = (hash?.pairs ?? []).map(({ key, value }) => `${key}=${theirExpression(value)}`)
  return `(${[theirExpression(name), ...params.map(theirExpression), ...pairs].join(' ')})`
}

function theirItems(body: readonly hbs.AST.Statement[]): string[] {
  return body.flatMap((statement): string[] => {
    switch (statement.type) {
      case 'ContentStatement':
        return [`text:${(statement as hbs.AST.ContentStatement).value}`]
      case 'MustacheStatement': {
        const tag = statement as hbs.AST.MustacheStatement
        const call = tag.params.length === 0 ? theirExpression(tag.path) : theirCall(tag as never)
        return [`${tag.escaped ? '{{' : '{{{'}${call}`]
      }
      case 'BlockStatement': {
        const block = statement as hbs.AST.BlockStatement
        const inverse = block.inverse as hbs.AST.Program | undefined
        return [
          `open ${theirCall(block)} ${(block.program.blockParams as string[] | undefined)?.join(' ') ?? ''}`,
          ...theirItems(block.program.body),
          ...(inverse === undefined ? [] : ['else', ...theirItems(inverse.body)]),
          'close',
        ]
      }
      case 'CommentStatement':
        return []
      default:
        throw new Error(statement.type)
    }
  })
}

describe('every shipped template', () => {
  test.each(files)('%s', (file) => {
    const text = readFileSync(path.join(DIRECTORY, file), 'utf8')
    const { bodyStart } = readFrontMatter(new SourceText(file, text))
    const { body, faults } = readBody(text, bodyStart)
    expect(faults).toEqual([])
    expect(joined(ownItems(body))).toEqual(joined(theirItems(Handlebars.parse(text.slice(bodyStart)).body)))
    expect(parseTemplate(file, text).name).toBe(file)
  })

  test('there are some', () => {
    expect(files.length).toBeGreaterThan(40)
  })
})
