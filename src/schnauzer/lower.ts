/**
 * Turns a tree into a handlebars.js syntax tree in which handlebars.js looks nothing up by itself: every path and
 * literal becomes a number, the index into a table of operands, and every value goes through one printing helper.
 */
import type {
  CallNode,
  DecoratorStatement,
  Expression,
  LiteralNode,
  PartialStatement,
  PathNode,
  Statement,
  TextStatement,
} from './tree.ts'
import type { Helper } from './helper.ts'

/** Internal helpers. No template can name them, `#` is no identifier character. */
export const INTERNAL = {
  print: '#print',
  printUnescaped: '#print-unescaped',
  unknown: '#unknown',
  define: '#define',
  partial: '#partial',
  text: '#text',
} as const

/** Hash arguments that carry facts about a block. */
export const HASH_ELSE = '#else'
export const HASH_PARAMS = '#params'

/** What the indexes in the lowered tree stand for. */
export interface Tables {
  readonly operands: (PathNode | LiteralNode)[]
  readonly names: string[]
  readonly params: (readonly string[])[]
  /** Text between tags, if it is to be recorded where it goes. */
  readonly texts?: TextStatement[]
}

interface Location {
  readonly start: { readonly line: number; readonly column: number }
}

/** Nodes of handlebars.js, as far as they are made here. */
export type HandlebarsNode = Readonly<Record<string, unknown>> & { readonly type: string; readonly loc: Location }

/** Offsets travel as line numbers: handlebars.js hands them to helpers as they are. */
const locationOf = ({ start }: { start: number }): Location => ({ start: { line: start, column: 0 } })
const NOWHERE = locationOf({ start: 0 })
const NO_STRIP = { open: false, close: false }

export class Lowering {
  readonly tables: Tables
  private readonly helpers: ReadonlyMap<string, Helper>

  /** @param isTraced whether text goes through a helper as well, which can record it */
  constructor(helpers: ReadonlyMap<string, Helper>, isTraced = false) {
    this.helpers = helpers
    this.tables = { operands: [], names: [], params: [], ...(isTraced && { texts: [] }) }
  }

  program(body: readonly Statement[]): HandlebarsNode {
    const nodes = body.map((statement) => this.statement(statement)).filter((node) => node !== undefined)
    return { type: 'Program', body: nodes, strip: {}, loc: NOWHERE }
  }

  private statement(statement: Statement): HandlebarsNode | undefined {
    switch (statement.kind) {
      case 'comment':
        return undefined
      case 'text': {
        const { text, start } = statement
        const { texts } = this.tables
        if (texts !== undefined)
          return this.mustache(INTERNAL.text, [this.index(texts, statement, { start })], { start })
        return { type: 'ContentStatement', value: text, original: text, loc: NOWHERE }
      }
      case 'value':
        return this.mustache(
          statement.unescaped ? INTERNAL.printUnescaped : INTERNAL.print,
          [this.named(statement.expression)],
          statement,
        )
      case 'block': {
        const { call, params, body, inverse } = statement
        if (this.helpers.get(call.name)?.kind !== 'block') {
          return this.mustache(INTERNAL.print, [this.call(call)], statement)
        }
        return {
          type: 'BlockStatement',
          path: pathNode(call.name, statement),
          params: call.args.map((argument) => this.expression(argument)),
          hash: this.hash(call.hash, statement, [
            [HASH_ELSE, { type: 'BooleanLiteral', value: inverse !== undefined, loc: locationOf(statement) }],
            [HASH_PARAMS, this.index(this.tables.params, params, statement)],
          ]),
          program: this.program(body),
          inverse: inverse === undefined ? undefined : this.program(inverse),
          openStrip: NO_STRIP,
          inverseStrip: NO_STRIP,
          closeStrip: NO_STRIP,
          loc: locationOf(statement),
        }
      }
      case 'decorator':
        return this.decorator(statement)
      case 'partial':
        return this.partial(statement)
    }
  }

  private decorator(statement: DecoratorStatement): HandlebarsNode {
    const { call, body } = statement
    const [name] = call.args
    if (call.name !== 'inline' || name === undefined) {
      return this.mustache(INTERNAL.print, [this.unknown(`*${call.name}`, statement)], statement)
    }
    return {
      type: 'BlockStatement',
      path: pathNode(INTERNAL.define, statement),
      params: [this.expression(name)],
      hash: undefined,
      program: this.program(body),
      inverse: undefined,
      openStrip: NO_STRIP,
      inverseStrip: NO_STRIP,
      closeStrip: NO_STRIP,
      loc: locationOf(statement),
    }
  }

  private partial(statement: PartialStatement): HandlebarsNode {
    const { name, args, hash } = statement
    const target =
      typeof name === 'string'
        ? this.expression({ kind: 'literal', value: name, start: statement.start, end: statement.end })
        : this.call(name)
    const params = [target, ...args.slice(0, 1).map((argument) => this.expression(argument))]
    return this.mustache(INTERNAL.partial, params, statement, this.hash(hash, statement))
  }

  /** In name position a single identifier calls the helper of that name, if there is one. */
  private named(expression: Expression): HandlebarsNode {
    if (expression.kind !== 'path' || expression.identifier === undefined) return this.expression(expression)
    const { identifier: name, start, end } = expression
    if (!this.helpers.has(name)) return this.expression(expression)
    return this.call({ kind: 'call', name, args: [], hash: [], start, end })
  }

  private expression(expression: Expression): HandlebarsNode {
    switch (expression.kind) {
      case 'path':
      case 'literal':
        return this.index(this.tables.operands, expression, expression)
      case 'call':
        return this.call(expression)
    }
  }

  private call(call: CallNode): HandlebarsNode {
    if (!this.helpers.has(call.name)) return this.unknown(call.name, call)
    const params = call.args.map((argument) => this.expression(argument))
    return this.sub(call.name, params, call, this.hash(call.hash, call))
  }

  private unknown(name: string, at: { start: number }): HandlebarsNode {
    return this.sub(INTERNAL.unknown, [this.index(this.tables.names, name, at)], at)
  }

  private index<T>(table: T[], entry: T, at: { start: number }): HandlebarsNode {
    table.push(entry)
    return { type: 'NumberLiteral', value: table.length - 1, original: table.length - 1, loc: locationOf(at) }
  }

  private hash(
    pairs: readonly (readonly [string, Expression])[],
    at: { start: number },
    more: readonly (readonly [string, HandlebarsNode])[] = [],
  ): HandlebarsNode | undefined {
    const all = [...pairs.map(([key, value]) => [key, this.expression(value)] as const), ...more]
    if (all.length === 0) return undefined
    const loc = locationOf(at)
    return { type: 'Hash', pairs: all.map(([key, value]) => ({ type: 'HashPair', key, value, loc })), loc }
  }

  private sub(name: string, params: HandlebarsNode[], at: { start: number }, hash?: HandlebarsNode) {
    return { type: 'SubExpression', path: pathNode(name, at), params, hash, loc: locationOf(at) } as const
  }

  private mustache(name: string, params: HandlebarsNode[], at: { start: number }, hash?: HandlebarsNode) {
    const path = pathNode(name, at)
    return {
      type: 'MustacheStatement',
      path,
      params,
      hash,
      escaped: false,
      strip: NO_STRIP,
      loc: locationOf(at),
    } as const
  }
}

function pathNode(name: string, at: { start: number }): HandlebarsNode {
  return { type: 'PathExpression', data: false, depth: 0, parts: [name], original: name, loc: locationOf(at) }
}
