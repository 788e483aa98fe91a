import { isJsonArray, isJsonObject, type JsonValue } from '../../src/lib/json.ts'

/** The first value of that name at any depth that is one to look for. */
export function findKey(
  tree: JsonValue | undefined,
  name: string,
  isMeant: (value: JsonValue) => boolean = () => true,
): JsonValue | undefined {
  if (isJsonArray(tree)) return firstOf(tree.map((inner) => findKey(inner, name, isMeant)))
  if (typeof tree !== 'object' || tree === null) return undefined
  const own = Object.entries(tree).find(([key, value]) => key === name && isMeant(value))
  if (own !== undefined) return own[1]
  return firstOf(Object.values(isJsonObject(tree) ? tree : {}).map((inner) => findKey(inner, name, isMeant)))
}

const firstOf = (values: readonly (JsonValue | undefined)[]): JsonValue | undefined =>
  values.find((value) => value !== undefined)
