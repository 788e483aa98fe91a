/** The OpenAPI document: kept in the repository, current, valid, and complete. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import { ROUTES } from '../../src/api/contract.ts'
import { openApiDocument } from '../../src/api/openapi.ts'
import { SCHEMAS } from '../../src/api/schemas.ts'
import { printJson, printJsonPretty } from '../../src/lib/json.ts'
import { loadModel, MODEL_NAMES } from '../../src/model/models.ts'

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

  it.each(MODEL_NAMES)('describes the settings of %s, and is valid with them', async (name) => {
    const own = JSON.parse(printJson(openApiDocument(loadModel(name)))) as typeof document
    expect(await problems(own)).toEqual([])
    const settings = own.components.schemas['Settings'] as { properties: Record<string, object> }
    expect(Object.keys(settings.properties)).toEqual(
      expect.arrayContaining(loadModel(name).groups.map((each) => each.name)),
    )
    expect(settings.properties['motd']).toMatchObject({ type: 'string', description: expect.stringMatching(/\.$/) })
    // in this dialect a list of schemas for the elements of a list has a keyword of its own
    const walk = (schema: unknown): void => {
      if (typeof schema !== 'object' || schema === null) return
      if ('items' in schema) expect(Array.isArray(schema.items)).toBe(false)
      expect(schema).not.toHaveProperty('additionalItems')
      for (const value of Object.values(schema)) walk(value)
    }
    walk(settings)
  })
})
