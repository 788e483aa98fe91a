/** The tree that a template's body is read into. Offsets count UTF-16 units of the source text. */
import type { JsonValue } from '../lib/json.ts'

export interface Stretch {
  readonly start: number
  readonly end: number
}

/** `../settings.[a b].0`, `@key`, `@root.os.arch`, `this`. */
export interface PathNode extends Stretch {
  readonly kind: 'path'
  /** As in the source. */
  readonly written: string
  readonly fromRoot: boolean
  readonly local: boolean
  /** Number of leading `../`. */
  readonly up: number
  /** Segments after the prefix, without `this`. */
  readonly segments: readonly string[]
  /** The name, if the path is nothing but one identifier, which may name a helper. */
  readonly identifier: string | undefined
}

export interface LiteralNode extends Stretch {
  readonly kind: 'literal'
  readonly value: JsonValue
}

/** A helper with arguments: in a tag, in parentheses, or opening a block. */
export interface CallNode extends Stretch {
  readonly kind: 'call'
  readonly name: string
  readonly args: readonly Expression[]
  readonly hash: readonly (readonly [string, Expression])[]
}

export type Expression = PathNode | LiteralNode | CallNode

export interface TextStatement {
  readonly kind: 'text'
  /** Where its first character stands in the source. */
  readonly start: number
  text: string
}

interface ValueStatement extends Stretch {
  readonly kind: 'value'
  readonly expression: Expression
  /** Written with three braces or `&`. */
  readonly unescaped: boolean
}

export interface BlockStatement extends Stretch {
  readonly kind: 'block'
  readonly call: CallNode
  readonly params: readonly string[]
  readonly body: Statement[]
  inverse: Statement[] | undefined
}

/** Renders nothing; kept because it ends the run of text before it. */
interface CommentStatement {
  readonly kind: 'comment'
}

/** `{{#*name args}}…{{/name}}`. */
export interface DecoratorStatement extends Stretch {
  readonly kind: 'decorator'
  readonly call: CallNode
  readonly body: Statement[]
}

/** `{{> name context key=value}}`. */
export interface PartialStatement extends Stretch {
  readonly kind: 'partial'
  readonly name: string | CallNode
  readonly args: readonly Expression[]
  readonly hash: readonly (readonly [string, Expression])[]
}

export type Statement =
  TextStatement | ValueStatement | BlockStatement | CommentStatement | DecoratorStatement | PartialStatement
