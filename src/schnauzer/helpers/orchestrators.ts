/** Helpers for kubelet and the ECS agent. */
import { sortedEntries } from '../../lib/byte-order.ts'
import { isJsonArray, isJsonObject } from '../../lib/json.ts'
import {
  atom,
  isScalar,
  joinPieces,
  originBelow,
  refuse,
  single,
  typeName,
  valueOf,
  type TextHelper,
} from '../helper.ts'
import type { Atom, Operand, Text } from '../values.ts'

/** `join_node_taints TAINTS`: `key=taint` for each taint, keys in byte order. */
export const JOIN_NODE_TAINTS: TextHelper = {
  kind: 'text',
  count: 1,
  run: ([taints]) => {
    const value = valueOf(taints)
    if (!isJsonObject(value)) return { pieces: [] }
    const pairs = sortedEntries(value).flatMap(([key, list]) => {
      const origin = originBelow(taints ?? {}, key)
      if (!isJsonArray(list)) refuse({ value: list, origin }, `a taint is a list, not ${typeName(list)}`)
      return list.map((effect, i) => {
        const place = originBelow({ origin }, i)
        if (typeof effect !== 'string') refuse({ value: effect, origin: place }, 'a taint is a string')
        return [atom(key, origin), '=', atom(effect, place)]
      })
    })
    return joinPieces(pairs, ',')
  },
}

/** A setting that replaces a computed value. */
function given(argument: Operand | undefined): Text | undefined {
  const value = valueOf(argument)
  if (value === null) return undefined
  if (typeof value === 'boolean' || !isScalar(value)) {
    refuse(argument, `a reserved amount is a string or a number, not ${typeName(value)}`)
  }
  return single(value, argument?.origin)
}

const MEMORY_PER_POD_MI = 11n
const MEMORY_BASE_MI = 255n

/** `kube_reserve_memory MAXPODS MEMORY`. */
export const KUBE_RESERVE_MEMORY: TextHelper = {
  kind: 'text',
  count: 2,
  run: ([maxPods, memory]) => {
    const pods = valueOf(maxPods)
    if (typeof pods !== 'bigint' || pods < 0n) refuse(maxPods, 'the number of pods is an integer from 0')
    return given(memory) ?? single(`${String(pods * MEMORY_PER_POD_MI + MEMORY_BASE_MI)}Mi`)
  },
}

const FIRST_CPUS_MILLI = [0, 60, 70, 75, 80]
const MAX_CPUS = 65535

/** `kube_reserve_cpu CPU`: less and less for each further processor. */
export const KUBE_RESERVE_CPU: TextHelper = {
  kind: 'text',
  count: 1,
  run: ([cpu], { cpus }) => {
    const set = given(cpu)
    if (set !== undefined) return set
    if (cpus > MAX_CPUS) refuse(cpu, `more than ${String(MAX_CPUS)} processors`)
    const milli = FIRST_CPUS_MILLI[cpus] ?? Math.floor(80 + 2.5 * (cpus - 4))
    return single(`${String(milli)}m`)
  },
}

const DEFAULT_RPS = 40n
const DEFAULT_BURST = 60n

function limit(argument: Operand | undefined, fallback: bigint): Atom {
  const value = valueOf(argument) ?? fallback
  if (typeof value !== 'bigint' && typeof value !== 'number')
    refuse(argument, `a limit is a number, not ${typeName(value)}`)
  return atom(value, argument?.origin)
}

/** `ecs_metadata_service_limits RPS BURST`. */
export const ECS_METADATA_SERVICE_LIMITS: TextHelper = {
  kind: 'text',
  count: 2,
  run: ([rps, burst]) => ({ pieces: [limit(rps, DEFAULT_RPS), ',', limit(burst, DEFAULT_BURST)] }),
}
