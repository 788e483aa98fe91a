/** What Handlebars runs: all meaning of a lowered tree is in the helpers registered here. */
import type Handlebars from 'handlebars/dist/handlebars.js'
import { isJsonObject, jsonObject, type JsonValue } from '../lib/json.ts'
import { sortedEntries } from '../lib/byte-order.ts'
import { RenderFailure } from './failures.ts'
import { pushFrame, resolvePath, type Found, type Frame } from './frames.ts'
import type { Args, Block, BlockHelper, Helper, RenderFacts, TextHelper, ValueHelper } from './helper.ts'
import { refuse, typeName } from './helper.ts'
import { ALL_HELPERS } from './helpers/owners.ts'
import { HASH_ELSE, HASH_PARAMS, INTERNAL, type Tables } from './lower.ts'
import { SLOT, type Slot } from './output/stream.ts'
import { readsOf, type Trace } from './trace.ts'
import type { LiteralNode, PathNode } from './tree.ts'
import { originName, plainText, type Operand } from './values.ts'

/** The state of one rendering. */
interface Run {
  readonly facts: RenderFacts
  readonly tables: Tables
  readonly slots: Slot[]
  readonly partials: Map<string, RenderBody>
  readonly trace: Trace | undefined
}

interface Data {
  readonly root: null
  readonly run: Run
  readonly frame: Frame
}

type Hash = Readonly<Record<string, Operand>>

type RenderBody = (context: null, options: { data: Data }) => string

interface Options {
  readonly fn?: RenderBody
  readonly inverse?: RenderBody
  readonly hash: Readonly<Record<string, unknown>>
  readonly data: Data
  /** Offsets of the call in the template's text, as line numbers. */
  readonly loc: { readonly start: { readonly line: number } }
}

/** An argument as Handlebars hands it over: the index of a path or literal, or the result of a call. */
type Argument = number | Operand

function evaluate(argument: Argument, { run, frame }: Data): Operand {
  if (typeof argument !== 'number') return argument
  const node = run.tables.operands[argument] as PathNode | LiteralNode
  return node.kind === 'path' ? resolvePath(frame, node) : { value: node.value, literal: true }
}

function evaluateHash(options: Options): Readonly<Record<string, Operand>> {
  const hash: Record<string, Operand> = {}
  for (const [name, argument] of Object.entries(options.hash)) {
    if (!name.startsWith('#')) hash[name] = evaluate(argument as Argument, options.data)
  }
  return hash
}

/** Runs a helper's work and gives its failure the place of the call. */
function located<T>(options: Options, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof RenderFailure ? error.at(options.loc.start.line) : error
  }
}

function print(argument: Argument, options: Options, asInteger: boolean): string {
  const { slots, trace } = options.data.run
  const operand = located(options, () => evaluate(argument, options.data))
  const offset = options.loc.start.line
  const more = asInteger ? { asInteger, offset } : { offset }
  if (operand.text !== undefined) {
    let output = ''
    for (const piece of operand.text.pieces) {
      if (typeof piece === 'string') {
        output += piece
      } else {
        slots.push({ ...piece, ...more })
        output += SLOT
      }
      trace?.printed(offset, piece, readsOf([operand]))
    }
    return output
  }
  const { value, origin, written, isKey = false } = operand
  if (value === undefined) {
    const message = `'${written ?? 'a value'}' is not set`
    throw new RenderFailure('TEMPLATE_VALUE_MISSING', message, originName(origin), offset)
  }
  const slot = { value, origin, isPlain: true, isKey, ...more }
  slots.push(slot)
  trace?.printed(offset, slot, readsOf([operand]))
  return SLOT
}

function checkCount(name: string, args: Args, least: number, exact: boolean): void {
  if (args.length >= least && !(exact && args.length > least)) return
  const expected = `${exact ? 'exactly' : 'at least'} ${String(least)} argument${least === 1 ? '' : 's'}`
  throw new RenderFailure('TEMPLATE_HELPER_FAILED', `'${name}' takes ${expected}, not ${String(args.length)}`)
}

function runValue(name: string, helper: ValueHelper, args: Args): Operand {
  checkCount(name, args, helper.least, helper.exact === true)
  if (helper.missingIsNull !== true) {
    for (const { value, written, origin } of args.slice(0, helper.least)) {
      if (value === undefined) {
        const message = `'${name}' needs '${written ?? 'its argument'}', which is not set`
        throw new RenderFailure('TEMPLATE_VALUE_MISSING', message, originName(origin))
      }
    }
  }
  return { value: helper.run(args, name) }
}

function runText(name: string, helper: TextHelper, args: Args, options: Options, hash: Hash): Operand {
  if (helper.anyCount !== true) checkCount(name, args, helper.count, true)
  const text = helper.run(args, options.data.run.facts, name, hash)
  return { value: plainText(text), text }
}

const NOTHING: Operand = { value: '', text: { pieces: [] } }

function blockOf(options: Options, hash: Hash, fn: RenderBody): Block {
  const { data } = options
  const names = data.run.tables.params[options.hash[HASH_PARAMS] as number] ?? []
  return {
    hash,
    hasElse: options.hash[HASH_ELSE] === true,
    params: names.length,
    body: () => fn(null, { data }),
    otherwise: () => options.inverse?.(null, { data }) ?? '',
    within: (context, locals, values = []) => {
      const params = new Map<string, Found>()
      names.forEach((name, i) => {
        const value = values[i]
        if (value !== undefined) params.set(name, value)
      })
      return fn(null, { data: { ...data, frame: pushFrame(data.frame, context, locals, params) } })
    },
  }
}

/** A block helper writes its body; without one (inline, or as an argument) it writes nothing. */
function runBlock(name: string, helper: BlockHelper, args: Args, options: Options, hash: Hash): Operand | string {
  checkCount(name, args, helper.least, helper.exact === true)
  if (options.fn === undefined) return NOTHING
  const { trace } = options.data.run
  trace?.enter({ name, offset: options.loc.start.line, reads: readsOf([...args, ...Object.values(hash)]) })
  const output = helper.run(args, blockOf(options, hash, options.fn))
  trace?.leave()
  return output
}

function invoke(name: string, helper: Helper, given: readonly Argument[], options: Options): Operand | string {
  return located(options, () => {
    const args = given.map((argument) => evaluate(argument, options.data))
    const hash = evaluateHash(options)
    const result = runHelper(name, helper, args, options, hash)
    if (options.data.run.trace === undefined || typeof result === 'string') return result
    return { ...result, reads: readsOf([...args, ...Object.values(hash)]) }
  })
}

function runHelper(name: string, helper: Helper, args: Args, options: Options, hash: Hash): Operand | string {
  switch (helper.kind) {
    case 'value':
      return runValue(name, helper, args)
    case 'text':
      return runText(name, helper, args, options, hash)
    case 'block':
      return runBlock(name, helper, args, options, hash)
  }
}

/** The context of a partial: its argument, with hash arguments merged in. */
function partialContext(frame: Frame, argument: Operand | undefined, hash: Hash): Found {
  const base: Found = argument === undefined ? frame : { value: argument.value, origin: argument.origin }
  const more = Object.entries(hash)
  if (more.length === 0) return base
  const merged = jsonObject()
  if (isJsonObject(base.value)) for (const [key, value] of sortedEntries(base.value)) merged[key] = value
  for (const [key, operand] of more) merged[key] = operand.value ?? null
  return { value: merged, origin: base.origin }
}

const internals: Readonly<Record<string, (...args: never[]) => unknown>> = {
  [INTERNAL.print]: (operand: Argument, options: Options) => print(operand, options, false),
  [INTERNAL.printUnescaped]: (operand: Argument, options: Options) => print(operand, options, true),
  [INTERNAL.text]: (index: number, { data: { run } }: Options): string => {
    const { text, start } = run.tables.texts?.[index] ?? { text: '', start: 0 }
    run.trace?.printed(start, text, [])
    return text
  },
  [INTERNAL.unknown]: (index: number, options: Options): never => {
    const name = options.data.run.tables.names[index] ?? ''
    const message = `there is no helper '${name}', or the template does not import it`
    throw new RenderFailure('TEMPLATE_UNKNOWN_HELPER', message, undefined, options.loc.start.line)
  },
  [INTERNAL.define]: (argument: Argument, options: Options): string => {
    const { value: name } = located(options, () => evaluate(argument, options.data))
    if (options.fn !== undefined && typeof name === 'string') options.data.run.partials.set(name, options.fn)
    return ''
  },
  [INTERNAL.partial]: (...args: unknown[]): string => {
    const options = args.pop() as Options
    return located(options, () => {
      const [name, argument] = (args as Argument[]).map((one) => evaluate(one, options.data))
      if (typeof name?.value !== 'string') refuse(name, `a partial's name is a string, not ${typeName(name?.value)}`)
      const body = options.data.run.partials.get(name.value)
      if (body === undefined) return ''
      if (partialDepth(options.data.frame) > MAX_PARTIAL_DEPTH)
        refuse(undefined, 'partials call each other without end')
      const context = partialContext(options.data.frame, argument, evaluateHash(options))
      return body(null, { data: { ...options.data, frame: pushFrame(options.data.frame, context) } })
    })
  },
}

const MAX_PARTIAL_DEPTH = 200

function partialDepth(frame: Frame): number {
  let depth = 0
  for (let at = frame.parent; at !== undefined; at = at.parent) depth++
  return depth
}

/** A Handlebars with or without its compiler. */
export type Environment = Pick<typeof Handlebars, 'helpers' | 'registerHelper' | 'unregisterHelper'>

/** Replaces the helpers of an environment by those of the template language. @returns their names */
export function registerHelpers(environment: Environment): readonly string[] {
  for (const name of Object.keys(environment.helpers)) environment.unregisterHelper(name)
  const register = (name: string, run: (...args: never[]) => unknown): void => {
    environment.registerHelper(name, run as Handlebars.HelperDelegate)
  }
  for (const [name, run] of Object.entries(internals)) register(name, run)
  for (const [name, helper] of ALL_HELPERS) {
    register(name, (...args: unknown[]) => {
      const options = args.pop() as Options
      return invoke(name, helper, args as Argument[], options)
    })
  }
  return Object.keys(environment.helpers)
}

/** A compiled body. */
export interface Compiled {
  /**
   * The output with a `SLOT` for each value, and the values.
   *
   * @param trace is told of each part of the output; of text only if the body was compiled for it
   * @throws RenderFailure, LookupNeeded
   */
  render(
    root: JsonValue,
    facts: RenderFacts,
    trace?: Trace,
  ): { readonly stream: string; readonly slots: readonly Slot[] }
}

/** A body without tags needs no compiler. */
export function constantBody(text: string): Compiled {
  return { render: () => ({ stream: text, slots: [] }) }
}

/** What Handlebars makes of a tree. */
export type HandlebarsTemplate = (context: null, options: object) => string

/** A body that Handlebars compiled, with what the indexes in it stand for. */
export function runnableBody(template: HandlebarsTemplate, tables: Tables, { helpers }: Environment): Compiled {
  return {
    render: (root, facts, trace) => {
      const run: Run = { facts, tables, slots: [], partials: new Map(), trace }
      const frame = pushFrame(undefined, { value: root, origin: undefined })
      const data: Data = { root: null, run, frame }
      // as a partial, a template takes the helpers as they are instead of wrapping each of them anew
      return { stream: template(null, { data, helpers, partial: true }), slots: run.slots }
    },
  }
}
