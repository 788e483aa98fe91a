/** The OpenAPI document: kept in the repository, current, valid, and complete. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import { ROUTES } from '../../src/api/contract.ts'
import { openApiDocument, toCurrentDialect } from '../../src/api/openapi.ts'
import { SCHEMAS } from '../../src/api/schemas.ts'
import { parseJson } from '../../src/lib/json-parse.ts'
import { printJson, printJsonPretty, toJson, type JsonObject } from '../../src/lib/json.ts'

const file = fileURLToPath(new URL('../../src/api/openapi.json', import.meta.url))
const document = JSON.parse(printJson(openApiDocument())) as {
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>
  components: { schemas: Record<string, object> }
}

async function problems(candidate: Record<string, unknown>): Promise<unknown> {
  const result = await new Validator().validate(structuredClone(candidate))
  return result.valid ? [] : result.errors
}

describe('the OpenAPI document', () => {
  it('in the repository is the one that the contract makes', () => {
    const wanted = `${printJsonPretty(openApiDocument())}\n`
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, wanted)
    expect(readFileSync(file, 'utf8') === wanted, 'run npm run docs:openapi').toBe(true)
  })

  it('is valid OpenAPI 3.1', async () => {
    expect(await problems(document)).toEqual([])
    // and the validator is one
    expect(await problems({ ...document, paths: { '/x': { get: { responses: 5 } } } })).not.toEqual([])
  })

  it('has every route of the contract with its statuses, and nothing else', () => {
    const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, { operationId, responses }]) => [
        operationId,
        method.toUpperCase(),
        path,
        Object.keys(responses).map(Number).sort(),
      ]),
    )
    const wanted = ROUTES.map(({ id, method, path, success, failures }) => [
      id,
      method,
      path,
      [...new Set<number>([success.status, ...failures, 500])].sort(),
    ])
    expect(documented.sort()).toEqual(wanted.sort())
  })

  it('refers only to schemas that it has, and has only those that are referred to', () => {
    const references = new Set(JSON.stringify(document.paths).match(/#\/components\/schemas\/\w+/g))
    const names = [...references].map((reference) => reference.slice('#/components/schemas/'.length))
    expect(names.sort()).toEqual(Object.keys(document.components.schemas).sort())
    expect(Object.keys(SCHEMAS).sort()).toEqual(names)
  })

  it('takes the schema of a variant’s settings in the dialect of its own', async () => {
    const settings = parseJson(
      '{"type":"object","properties":{"a":{"type":"array","items":[{"type":"string"}],"additionalItems":false}}}',
    ) as JsonObject
    const made = openApiDocument(settings)
    const own = JSON.parse(printJson(made)) as typeof document
    expect(own.components.schemas['Settings']).toEqual({
      type: 'object',
      properties: { a: { type: 'array', prefixItems: [{ type: 'string' }], items: false } },
    })
    expect(await problems(own)).toEqual([])
    expect(toCurrentDialect(toJson([{ items: { type: 'string' } }]))).toEqual(toJson([{ items: { type: 'string' } }]))
  })
})
