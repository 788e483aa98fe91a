/** Settings that tell what is read of them, so that nobody has to try what cannot make a difference. */
import type { JsonArray, JsonObject, JsonValue } from '../../src/lib/json.ts'

/** What was read of a tree. */
export class Reads {
  /** Members that were asked for. */
  readonly members = new Set<string>()
  /** Tables whose names were asked for. */
  readonly tables = new Set<string>()

  /** The tree, with everybody who reads it watched. */
  watch(tree: JsonObject): JsonObject {
    return this.wrapTree(tree, '')
  }

  private wrap(value: JsonValue | undefined, path: string): JsonValue | undefined {
    return typeof value === 'object' && value !== null ? this.wrapTree(value, path) : value
  }

  private wrapTree<T extends JsonObject | JsonArray>(value: T, path: string): T {
    const child = (name: string | symbol): string => `${path}\u0000${String(name)}`
    return new Proxy(value, {
      get: (target, name) => {
        if (typeof name !== 'string') return Reflect.get(target, name) as unknown
        const own = Object.getOwnPropertyDescriptor(target, name)
        if (own === undefined) {
          this.members.add(child(name))
          return Reflect.get(target, name) as unknown
        }
        this.members.add(child(name))
        return this.wrap(own.value as JsonValue, child(name))
      },
      has: (target, name) => {
        this.members.add(child(name))
        return Reflect.has(target, name)
      },
      getOwnPropertyDescriptor: (target, name) => {
        this.members.add(child(name))
        return Reflect.getOwnPropertyDescriptor(target, name)
      },
      ownKeys: (target) => {
        this.tables.add(path)
        return Reflect.ownKeys(target)
      },
    })
  }

  /** Whether whoever read the tree could see one of some changes. */
  couldSee(changes: readonly Change[]): boolean {
    return changes.some(({ path, table }) => this.members.has(path) || this.tables.has(table))
  }
}

/** A place at which two trees differ. */
export interface Change {
  readonly path: string
  /** What it is in. */
  readonly table: string
}

/** The outermost places at which two trees differ. @param path of both, each name after a NUL */
export function changesBetween(before: JsonValue | undefined, after: JsonValue | undefined, path: string): Change[] {
  if (before === after) return []
  const isTree = (value: JsonValue | undefined): value is JsonObject => typeof value === 'object' && value !== null
  if (!isTree(before) || !isTree(after) || Array.isArray(before) !== Array.isArray(after)) {
    return [{ path, table: path.slice(0, path.lastIndexOf('\u0000')) }]
  }
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].flatMap((name) => changesBetween(before[name], after[name], `${path}\u0000${name}`))
}
