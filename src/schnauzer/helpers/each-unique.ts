/** The product's own loop for lists that become keys or tables. */
import { isJsonArray, member, type JsonValue } from '../../lib/json.ts'
import { RenderFailure } from '../failures.ts'
import { originBelow, refuse, typeName, type Block, type BlockHelper } from '../helper.ts'
import { originName, type Operand } from '../values.ts'
import { nothingToEnter } from './built-in.ts'

interface Item {
  readonly id: string
  readonly value: JsonValue
  readonly origin: Operand['origin']
}

function option(block: Block, name: string): string | undefined {
  const operand = Object.hasOwn(block.hash, name) ? block.hash[name] : undefined
  if (operand === undefined || typeof operand.value === 'string') return operand?.value as string | undefined
  return refuse(operand, `'${name}' is a string, not ${typeName(operand.value)}`)
}

function identity(value: JsonValue, by: string | undefined, origin: Operand['origin']): string {
  const id = by === undefined ? value : member(value, by)
  if (typeof id === 'string') return id
  const place = by === undefined ? origin : originBelow({ origin }, by)
  if (id !== undefined) return refuse({ value: id, origin: place }, `this must be a string, not ${typeName(id)}`)
  throw new RenderFailure('TEMPLATE_VALUE_MISSING', `'${by ?? ''}' is not set`, originName(place))
}

function uniqueItems(list: readonly JsonValue[], subject: Operand, block: Block): Item[] {
  const by = option(block, 'by')
  const from = option(block, 'from')
  const to = option(block, 'to')
  const items = new Map<string, Item>()
  list.forEach((value, i) => {
    const origin = originBelow(subject, i)
    const found = identity(value, by, origin)
    const id = found === from ? (to ?? found) : found
    items.delete(id)
    items.set(id, { id, value, origin })
  })
  return [...items.values()]
}

/**
 * `each_unique LIST by="member" from="a" to="b"`: each item once, the last one of several with the same identity.
 * The identity (`@id`) is the member `by`, or the item; `from` counts as `to`.
 */
export const EACH_UNIQUE: BlockHelper = {
  kind: 'block',
  least: 1,
  run: ([subject], block) => {
    if (subject === undefined || !isJsonArray(subject.value)) {
      return block.hasElse ? block.otherwise() : nothingToEnter(subject, 'each_unique')
    }
    const items = uniqueItems(subject.value, subject, block)
    if (items.length === 0) return block.otherwise()
    return items
      .map(({ id, value, origin }, i) => {
        const locals = new Map<string, JsonValue>([
          ['id', id],
          ['index', BigInt(i)],
          ['first', i === 0],
          ['last', i === items.length - 1],
        ])
        return block.within({ value, origin }, locals, [
          { value, origin },
          { value: id, origin },
        ])
      })
      .join('')
  },
}
