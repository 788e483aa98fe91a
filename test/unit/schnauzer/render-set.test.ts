/** What the build compiles must be what is compiled when it is asked for. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PipelineError } from '../../../src/lib/errors.ts'
import { parseJson } from '../../../src/lib/json-parse.ts'
import { isJsonObject, jsonObject, type JsonObject } from '../../../src/lib/json.ts'
import { RenderSet, stringKey } from '../../../src/schnauzer/render-set.ts'
import { renderTemplate, type Template } from '../../../src/schnauzer/render.ts'
import { parseRequirement } from '../../../src/schnauzer/requirement.ts'
import type { ShippedTemplates } from '../../../src/schnauzer/shipped.ts'
import { parseTemplate } from '../../../src/schnauzer/template.ts'
import { loadDefaults, templatesOf, templateText } from '../../../src/variants/load.ts'
import { findVariant, listVariants } from '../../../src/variants/variant.ts'
import { shippedFiles, shippedStrings, toSource } from '../../tooling/shipped-templates.ts'
import { FACTS, OS } from '../../support/templates.ts'

const NONE: ShippedTemplates = new Map()
let directory: string
let files: ShippedTemplates
let strings: ShippedTemplates

async function load(name: string, source: string): Promise<Record<string, ShippedTemplates>> {
  const file = path.join(directory, `${name}.mjs`)
  writeFileSync(file, source)
  return (await import(pathToFileURL(file).href)) as Record<string, ShippedTemplates>
}

beforeAll(async () => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'shipped-'))
  files = (await load('files', shippedFiles()))['SHIPPED_FILES'] as ShippedTemplates
  strings = (await load('strings', shippedStrings()))['SHIPPED_STRINGS'] as ShippedTemplates
})

afterAll(() => {
  rmSync(directory, { recursive: true, force: true })
})

function outcome(template: Template, settings: JsonObject): string {
  try {
    const result = renderTemplate(template, { settings, os: OS }, FACTS)
    return result.kind === 'text' ? result.text : `lookup ${result.name}`
  } catch (error) {
    if (error instanceof PipelineError) return JSON.stringify([error.code, error.message, error.diagnostics])
    throw error
  }
}

const settingsOf = (name: string): JsonObject => {
  const settings = loadDefaults(findVariant(name))['settings']
  return isJsonObject(settings) ? settings : jsonObject()
}

describe('shipped template files', () => {
  test.each(listVariants())('%s', async (name) => {
    const variant = findVariant(name)
    const set = new RenderSet(files)
    for (const file of templatesOf(variant).values()) {
      const text = templateText(variant, file)
      expect(files.has(text), file).toBe(true)
      const shipped = await set.file(file, text)
      const compiled = parseTemplate(file, text)
      expect({ ...shipped, compiled: undefined }).toEqual({ ...compiled, compiled: undefined })
      for (const settings of [settingsOf(name), jsonObject()]) {
        expect(outcome(shipped, settings), file).toBe(outcome(compiled, settings))
      }
    }
  })

  test('a text that differs in one character is compiled', async () => {
    const text = templateText(findVariant('aws-ecs-2'), 'motd')
    const edited = `${text}edited {{settings.motd}}\n`
    const template = await new RenderSet(files).file('motd', edited)
    expect(files.has(edited)).toBe(false)
    expect(outcome(template, jsonObject({ motd: 'm' }))).toContain('edited m\n')
  })
})

describe('shipped template strings', () => {
  const REQUIREMENTS = ['aws@v1(helpers=[ecr-prefix])'].map(parseRequirement)
  const BODY = '{{ ecr-prefix settings.aws.region }}/bottlerocket-admin:v0.11.13'

  test('hold every template string of a generator', () => {
    expect(strings.size).toBeGreaterThan(4)
    expect([...strings.keys()].every((key) => key.startsWith('\u0000'))).toBe(true)
  })

  test.each([
    ['as shipped', (): ShippedTemplates => strings],
    ['compiled', (): ShippedTemplates => NONE],
  ])('%s', async (_, shipped) => {
    for (const key of strings.keys()) {
      const [head = '', body = ''] = key.slice(1).split(/\n(.*)/s)
      const requirements = head.split(' ').flatMap((part) => {
        const [, extension, helpers] = /^(.*)\((.*)\)$/.exec(part) ?? []
        return extension === undefined ? [] : [parseRequirement(`${extension}@v1(helpers=[${helpers ?? ''}])`)]
      })
      expect(stringKey(body, requirements)).toBe(key)
      const settings = parseJson('{"aws":{"region":"eu-west-1"}}') as JsonObject
      const template = await new RenderSet(shipped()).string('--template', body, requirements)
      expect(outcome(template, settings)).toBe(
        outcome(await new RenderSet(NONE).string('--template', body, requirements), settings),
      )
    }
  })

  test('other requirements make another template', async () => {
    const settings = parseJson('{"aws":{"region":"eu-west-1"}}') as JsonObject
    const set = new RenderSet(strings)
    expect(outcome(await set.string('x', BODY, REQUIREMENTS), settings)).toBe(
      '328549459982.dkr.ecr.eu-west-1.amazonaws.com/bottlerocket-admin:v0.11.13',
    )
    await expect(set.string('x', BODY, [parseRequirement('std@v1(helpers=[ecr-prefix])')])).rejects.toMatchObject({
      code: 'TEMPLATE_UNKNOWN_HELPER',
    })
    expect(outcome(await set.string('x', BODY, [parseRequirement('aws@v1')]), settings)).toContain(
      'TEMPLATE_UNKNOWN_HELPER',
    )
  })
})

describe('a set', () => {
  test('keeps what it made, under the name that it is asked for', async () => {
    const set = new RenderSet(NONE)
    const text = '+++\n{{settings.a}}'
    const first = await set.file('one', text)
    expect(await set.file('one', text)).toBe(first)
    const second = await set.file('two', text)
    expect(second.compiled).toBe(first.compiled)
    expect(outcome(second, jsonObject())).toContain("template 'two'")
  })
})

describe('values as JavaScript source', () => {
  const eager = globalThis.eval as (source: string) => unknown

  test.each([1n, -0, 1.5, 'a\n"', true, null, [1n, [2n]], 18446744073709551615n])('%s', (value) => {
    expect(eager(`(${toSource(value)})`)).toEqual(value)
  })

  test('objects without prototype stay so, and may have any member', () => {
    const value = parseJson('{"__proto__":1,"a b":{"c":2},"constructor":3}')
    const read = eager(`(${toSource(value)})`) as object
    expect(Object.getPrototypeOf(read)).toBeNull()
    expect(read).toEqual(value)
  })
})
