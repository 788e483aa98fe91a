/** JSON Schema as a reader of it sees it: a real validator, and documents as such readers hold them. */
import draft04 from 'ajv-draft-04'
import { isJsonArray, isJsonObject, printJson, type JsonObject, type JsonValue } from '../../src/lib/json.ts'

/**
 * A JSON value with plain numbers. Integers beyond 2^53 lose digits, as in any reader written in JavaScript. A double is
 * never one of draft 4's integers: those that JavaScript would take for one are moved a little.
 */
function toPlain(value: JsonValue): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'number') return Number.isInteger(value) ? value + 0.5 : value
  if (isJsonArray(value)) return value.map(toPlain)
  if (!isJsonObject(value)) return value
  const plain: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const [name, item] of Object.entries(value)) plain[name] = toPlain(item)
  return plain
}

/** What is wrong with a document, as `path: message`; nothing if it fits. */
export type SchemaCheck = (document: JsonValue) => string[]

/**
 * Compiles a schema.
 *
 * @throws Error if it is no schema of draft 4, or has keywords that no reader knows
 */
export function compileSchema(schema: JsonObject): SchemaCheck {
  const ajv = new draft04.default({
    allErrors: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    strictTuples: false,
  })
  for (const keyword of ['examples', 'deprecated', 'writeOnly', 'x-taplo']) ajv.addKeyword(keyword)
  const check = ajv.compile(JSON.parse(printJson(schema)) as object)
  return (document) =>
    check(toPlain(document))
      ? []
      : (check.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message ?? ''}`)
}
