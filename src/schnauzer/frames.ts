/** Contexts, local variables and block parameters, and how a path finds its value among them. */
import { isJsonArray, isJsonObject, type JsonValue } from '../lib/json.ts'
import { RenderFailure } from './failures.ts'
import type { PathNode } from './tree.ts'
import { originName, type Operand, type Origin } from './values.ts'

/** A value together with where it comes from. */
export interface Found {
  readonly value: JsonValue | undefined
  readonly origin: Origin | undefined
}

/** What `each` and `with` push. Local variables are those of one frame only. */
export interface Frame extends Found {
  readonly parent: Frame | undefined
  readonly locals: ReadonlyMap<string, JsonValue>
  readonly params: ReadonlyMap<string, Found>
}

const NONE: ReadonlyMap<string, never> = new Map<string, never>()

/** A frame inside another one. */
export function pushFrame(
  parent: Frame | undefined,
  context: Found,
  locals: ReadonlyMap<string, JsonValue> = NONE,
  params: ReadonlyMap<string, Found> = NONE,
): Frame {
  return { parent, value: context.value, origin: context.origin, locals, params }
}

function outer(frame: Frame, steps: number): Frame | undefined {
  let at: Frame | undefined = frame
  for (let i = 0; i < steps && at !== undefined; i++) at = at.parent
  return at
}

function rootOf(frame: Frame): Frame {
  let at = frame
  while (at.parent !== undefined) at = at.parent
  return at
}

function parameter(frame: Frame, name: string): Found | undefined {
  for (let at: Frame | undefined = frame; at !== undefined; at = at.parent) {
    const found = at.params.get(name)
    if (found !== undefined) return found
  }
  return undefined
}

/** Local variables that are the name of a frame's context. */
const NAMES: ReadonlySet<string> = new Set(['key', 'id'])

const INDEX = /^[0-9]+$/

/**
 * The member or element of a value.
 *
 * @throws RenderFailure for an array that is asked for anything but a position
 */
function step(from: Found, segment: string): Found {
  const origin = { parent: from.origin, segment }
  const { value } = from
  if (isJsonObject(value)) return { value: value[segment], origin }
  if (!isJsonArray(value)) return { value: undefined, origin }
  if (!INDEX.test(segment)) {
    const name = originName(from.origin)
    throw new RenderFailure('TEMPLATE_INVALID_PATH', `a list has no member '${segment}', only positions`, name)
  }
  return { value: value[Number(segment)], origin }
}

function start(frame: Frame, path: PathNode): { from: Found; segments: readonly string[] } {
  const [first, ...rest] = path.segments
  const param = first === undefined || path.fromRoot ? undefined : parameter(frame, first)
  if (param !== undefined) return { from: param, segments: rest }
  // Reference: with more `../` than frames, the innermost context is used
  const from = path.fromRoot ? rootOf(frame) : (outer(frame, path.up) ?? frame)
  return { from, segments: path.segments }
}

/** The value of a path. @throws RenderFailure as `step` */
export function resolvePath(frame: Frame, path: PathNode): Operand {
  if (path.local) {
    const name = path.segments[0] ?? ''
    const at = outer(frame, path.up)
    // what is wrong with a name is said of the member that has it
    const isKey = NAMES.has(name)
    return { value: at?.locals.get(name), origin: isKey ? at?.origin : undefined, isKey, written: path.written }
  }
  const { from, segments } = start(frame, path)
  let found = from
  for (const segment of segments) found = step(found, segment)
  return { value: found.value, origin: found.origin, written: path.written }
}
