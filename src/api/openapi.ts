/** The API as an OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.1.html), made from the contract. */
import * as z from 'zod'
import { isJsonArray, isJsonObject, jsonObject, toJson, type JsonObject, type JsonValue } from '../lib/json.ts'
import { catalogueOf, SettingIndex } from '../model/catalogue.ts'
import { settingsSchema } from '../model/json-schema.ts'
import type { SettingsModel } from '../model/models.ts'
import { MAX_BODY_BYTES, ROUTES } from './contract.ts'
import type { Content, QueryParameter, Route } from './route.ts'
import { SCHEMAS } from './schemas.ts'

const DESCRIPTION = `The settings of a Bottlerocket host. It is served over HTTP/1.1 on a unix socket, \`/run/api.sock\`, \
to members of the group of the socket; there is no other authentication.

Settings are written to a transaction and are in force when it is committed. Failures answer with a text that says what \
was wrong and where.`

/** What a status of failure means. */
const FAILURES: Readonly<Record<number, string>> = {
  400: 'The request is at fault: a parameter, a key, or the body. The text names every problem.',
  404: 'There is nothing, or nothing of that name.',
  405: 'The path has other methods; `Allow` names them.',
  409: 'The state of updates does not allow it.',
  413: `The body has more than ${String(MAX_BODY_BYTES)} bytes.`,
  422: 'Nothing is pending in the transaction.',
  423: 'Another update command is running.',
  500: 'The store, a stored value, or a program of the host is at fault. The text names it.',
  501: 'This host does not offer it.',
}

function contentObject(contents: readonly Content[]): object {
  const reference = (schema: string): object => ({ schema: { $ref: `#/components/schemas/${schema}` } })
  return Object.fromEntries(contents.map(({ type, schema }): [string, object] => [type, reference(schema)]))
}

function parameterObject({ name, meaning, required, notEmpty, words, initial, example }: QueryParameter): object {
  return {
    name,
    in: 'query',
    description: meaning,
    required: required ?? false,
    schema: {
      type: 'string',
      ...(notEmpty === true && { minLength: 1 }),
      ...(words !== undefined && { enum: words }),
      ...(initial !== undefined && { default: initial }),
    },
    ...(example !== undefined && { example }),
  }
}

function responsesOf({ success, failures }: Route): object {
  const { status, content } = success
  const meanings = { 101: 'The connection is a websocket now.', 200: 'Done.', 204: 'Done; there is nothing to say.' }
  const failed = [...failures, 500].map((code): [number, object] => [
    code,
    { description: FAILURES[code] ?? 'Failure.' },
  ])
  const succeeded = { description: meanings[status], ...(content !== undefined && { content: contentObject(content) }) }
  return Object.fromEntries<object>([[status, succeeded], ...failed])
}

const areaOf = (path: string): string => path.split('/')[1]?.replace('.json', '') || 'model'

function operationObject(route: Route): object {
  const { id, path, summary, query, body } = route
  return {
    operationId: id,
    tags: [areaOf(path)],
    summary,
    parameters: query.map(parameterObject),
    ...(body !== undefined && { requestBody: { required: true, content: contentObject([body]) } }),
    responses: responsesOf(route),
  }
}

function pathsObject(routes: readonly Route[]): object {
  const paths = new Map<string, Record<string, object>>()
  for (const route of routes) {
    paths.set(route.path, { ...paths.get(route.path), [route.method.toLowerCase()]: operationObject(route) })
  }
  return Object.fromEntries(paths)
}

/** A schema in the dialect of OpenAPI 3.1 documents, which needs no `$schema` of its own. */
function schemaObject(schema: z.ZodType, io: 'input' | 'output'): object {
  const made: Record<string, unknown> = z.toJSONSchema(schema, { target: 'draft-2020-12', io })
  return Object.fromEntries(Object.entries(made).filter(([name]) => name !== '$schema' && !name.startsWith('~')))
}

/** Schemas of request bodies, as their senders write them. */
const INPUTS: ReadonlySet<string> = new Set(
  (ROUTES as readonly Route[]).flatMap(({ body }) => (body === undefined ? [] : [body.schema])),
)

/**
 * Members of a draft 4 schema that mean something else in the dialect of OpenAPI 3.1: a list of schemas for the elements
 * of a list. Everything else that settings use is the same.
 */
function toCurrentDialect(schema: JsonValue): JsonValue {
  if (isJsonArray(schema)) return schema.map(toCurrentDialect)
  if (!isJsonObject(schema)) return schema
  const { items, additionalItems, ...rest } = schema
  const converted = Object.entries(rest).map(([name, value]) => [name, toCurrentDialect(value)] as const)
  return jsonObject({
    ...Object.fromEntries(converted),
    ...(isJsonArray(items) ? { prefixItems: toCurrentDialect(items) } : {}),
    ...(items !== undefined && !isJsonArray(items) ? { items: toCurrentDialect(items) } : {}),
    ...(additionalItems === undefined ? {} : { items: toCurrentDialect(additionalItems) }),
  })
}

/** The settings of a model, with what is known of each. */
function describeSettings({ groups, type }: SettingsModel): JsonValue {
  const index = new SettingIndex(catalogueOf(groups))
  const schema = settingsSchema(type, (path) => {
    const entry = index.at(path)
    if (entry === undefined) return jsonObject()
    const { description, examples } = entry
    return jsonObject({ description, ...(examples.length > 0 && { examples }) })
  })
  return toCurrentDialect(jsonObject({ description: 'Settings as a tree, without an outer `settings`.', ...schema }))
}

/** The document. @param model what the settings may hold; without one any table will do */
export function openApiDocument(model?: SettingsModel): JsonObject {
  const documented = Object.entries(SCHEMAS).map(
    ([name, schema]) => [name, schemaObject(schema(), INPUTS.has(name) ? 'input' : 'output')] as const,
  )
  const document = toJson({
    openapi: '3.1.1',
    info: {
      title: 'Bottlerocket API',
      version: '1.24.1',
      description: DESCRIPTION,
      license: { name: 'Apache-2.0 OR MIT', identifier: 'Apache-2.0 OR MIT' },
    },
    servers: [{ url: 'http://localhost', description: 'The unix socket; the host name does not matter.' }],
    paths: pathsObject(ROUTES),
    components: { schemas: Object.fromEntries(documented) },
  }) as JsonObject
  if (model === undefined) return document
  const components = document['components'] as JsonObject
  const all = jsonObject({ ...(components['schemas'] as JsonObject), Settings: describeSettings(model) })
  return jsonObject({ ...document, components: jsonObject({ schemas: all }) })
}
