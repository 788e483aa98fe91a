/** `bottlerocket validate` agrees with a host, whatever it is given, and wherever a document stands. */
import { gzipSync } from 'node:zlib'
import { fc, test } from '@fast-check/vitest'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { checkInputs, type Outcome } from '../../src/cli/validate/check-inputs.ts'
import { maskSecrets } from '../../src/cli/validate/mask.ts'
import { renderAnnotations, renderText, reportJson } from '../../src/cli/validate/print.ts'
import { decodeSettings, decodeText } from '../../src/early-boot/decode.ts'
import { PLAIN, type Diagnostic } from '../../src/lib/diagnostics.ts'
import { PipelineError } from '../../src/lib/errors.ts'
import { parseJson } from '../../src/lib/json-parse.ts'
import { isJsonObject, printJson, type JsonValue } from '../../src/lib/json.ts'
import { loadModel } from '../../src/model/models.ts'
import { printToml } from '../../src/toml/trusted-toml.ts'
import { findVariant } from '../../src/variants/variant.ts'
import { startFixture, type ApiFixture } from '../support/api-fixture.ts'
import { nearly, unicode } from './arbitraries.ts'

const VARIANT = findVariant('aws-k8s-1.30')
const MODEL = loadModel(VARIANT.modelName)

const check = (file: string, bytes: Uint8Array): Promise<Outcome> => checkInputs([{ file, bytes }], [VARIANT])

/** A tree as TOML can hold it: no nulls. */
function withoutNulls(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as JsonValue[]).filter((item) => item !== null).map(withoutNulls)
  if (!isJsonObject(value)) return value
  const object = Object.create(null) as Record<string, JsonValue>
  for (const [name, item] of Object.entries(value)) if (item !== null) object[name] = withoutNulls(item)
  return object
}

/** Settings that are nearly right, as TOML. */
const userData = fc
  .array(
    fc.constantFrom(...MODEL.groups).chain((group) => nearly(group.type).map((value) => [group.name, value] as const)),
    { minLength: 1, maxLength: 3 },
  )
  .map((groups) => printToml(withoutNulls({ settings: Object.fromEntries(groups) }) as Record<string, JsonValue>))

const LINES = [
  '[settings.kubernetes]',
  'max-pods = 10',
  'max-pods = "10"',
  'cluster-name = demo',
  'cluster-nam = "x"',
  '[settings.ntp]',
  'time-servers = ["a.test"',
  '[settings.kubernetes.node-labels]',
  '"a.test/b" = "c"',
  '"a.test/b" = "é😀"',
  'motd = "{{ x }}"',
  'log-level = ${x}',
  '# comment',
  '',
  'registry-qps = 0',
  '[settings]',
  'motd = """x',
  'y"""',
  'a: b',
]
const lines = fc.array(fc.constantFrom(...LINES), { minLength: 1, maxLength: 14 }).map((all) => `${all.join('\n')}\n`)

/** A document with some characters taken out or put in. */
const damaged = fc
  .tuple(
    fc.oneof(userData, lines),
    fc.nat(),
    fc.nat(8),
    fc.oneof(fc.constantFrom('"', '[', '\n', '= ', '{{x}}', '\r', '${', '%{ if a }', '}'), unicode),
  )
  .map(([text, at, length, insert]) => {
    const start = at % (text.length + 1)
    return text.slice(0, start) + insert + text.slice(start + length)
  })
  .filter((text) => text.isWellFormed())

const NAMES = ['u.toml', 'u.json', 'u.yaml', 'u', '<stdin>', 'x.template', 'x.tf', 'x.tftpl']
const HEADS = [
  '',
  '\x1f\x8b',
  '\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03',
  '{"UserData":"',
  '{"settings":{',
  'kind: EC2NodeClass\nspec:\n  userData: |\n    ',
  'Resources:\n  A:\n    UserData:\n      Fn::Base64: !Sub ',
  'a: &a [*a, *a]\n',
  '#!/bin/sh\n',
  'user_data = <<-EOT\n [settings.ntp]\n  EOT\na = "${b(',
]
const anyBytes = fc
  .tuple(
    fc.constantFrom(...HEADS),
    fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.oneof(damaged, unicode).map((text) => Buffer.from(text)),
    ),
  )
  .map(([head, rest]) => Buffer.concat([Buffer.from(head, 'latin1'), rest]))

const isOrdered = (found: readonly Diagnostic[]): boolean =>
  found.every(({ at }, i) => {
    const before = found[i - 1]?.at
    if (at === undefined || before === undefined || before.file !== at.file) return true
    return before.line < at.line || (before.line === at.line && before.column < at.column)
  })

describe('any bytes', () => {
  test.prop([fc.constantFrom(...NAMES), anyBytes], { numRuns: 400 })(
    'give findings with places',
    async (file, bytes) => {
      const outcome = await check(file, bytes)
      expect(outcome.verdicts.length).toBeGreaterThan(0)
      for (const { accepted, diagnostics } of outcome.verdicts) {
        expect(accepted).toBe(diagnostics.every(({ severity }) => severity === 'warning'))
        expect(isOrdered(diagnostics)).toBe(true)
        for (const { at } of diagnostics) {
          expect(at).toBeDefined()
          const text = outcome.texts.get(at?.file ?? '')?.split(/\r\n|\n|\r/)
          if (text === undefined || text.length === 0) continue
          expect(at?.line).toBeLessThanOrEqual(text.length)
          expect(at?.column).toBeLessThanOrEqual([...(text[(at?.line ?? 0) - 1] as string)].length + 2)
        }
      }
      expect(renderText(outcome, PLAIN, maskSecrets)).toContain('1 document')
      expect(parseJson(reportJson(outcome))).toBeDefined()
      const findings = outcome.verdicts.flatMap(({ diagnostics }) => diagnostics)
      expect(renderAnnotations(outcome, { cwd: '/', workspace: undefined }).match(/\n/g)?.length ?? 0).toBe(
        findings.length,
      )
    },
  )
})

describe('a host', () => {
  let api: ApiFixture
  let transactions = 0
  beforeAll(async () => {
    api = await startFixture({ transport: 'in process', model: VARIANT.modelName })
  })
  afterAll(async () => {
    await api.close()
  })

  /** Whether early boot and the API take user data. */
  async function isTaken(bytes: Uint8Array): Promise<boolean> {
    let settings: JsonValue
    try {
      ;({ settings } = decodeSettings(decodeText(bytes, 'u'), 'u'))
    } catch (error) {
      expect(error).toBeInstanceOf(PipelineError)
      return false
    }
    const transaction = `t${String(++transactions)}`
    const { status } = await api.send('PATCH', `/settings?tx=${transaction}`, printJson(settings))
    await api.send('DELETE', `/tx?tx=${transaction}`)
    expect(status).toBeLessThan(500)
    return status < 300
  }

  test.prop([fc.oneof(userData, lines, damaged), fc.boolean()], { numRuns: 400 })(
    'takes exactly what is accepted',
    async (text, isPacked) => {
      const bytes = isPacked ? gzipSync(text) : Buffer.from(text)
      const { verdicts } = await check('u.toml', bytes)
      const isEmpty = /^\p{White_Space}*$/u.test(text)
      expect(verdicts[0]?.accepted).toBe(isEmpty || (await isTaken(bytes)))
    },
  )
})

describe('a document in another file', () => {
  const brief = ({ verdicts }: Outcome): unknown[] =>
    verdicts.flatMap(({ diagnostics }) =>
      diagnostics.map(({ code, path, message, hint, at }) => [
        code,
        path,
        message,
        hint,
        at?.line,
        at?.column,
        at?.endColumn,
      ]),
    )

  const INDENT = 6
  const HEADER = 'kind: EC2NodeClass\nspec:\n  amiFamily: Bottlerocket\n  userData: |\n'

  test.prop([lines.filter((text) => text.trim() !== '' && !text.startsWith('\n'))], { numRuns: 120 })(
    'has the same findings, at its own places',
    async (text) => {
      const plain = await check('u.toml', Buffer.from(text))
      const expected = brief(plain)
      const encoded = Buffer.from(text).toString('base64')
      expect(brief(await check('u.b64', Buffer.from(encoded)))).toEqual(expected)
      expect(brief(await check('u.gz', gzipSync(text)))).toEqual(expected)
      const launch = JSON.stringify({ LaunchTemplateData: { UserData: encoded } })
      expect(brief(await check('u.json', Buffer.from(launch)))).toEqual(expected)

      const indented = text.replace(/^(?=.)/gm, ' '.repeat(INDENT))
      const inYaml = await check('u.yaml', Buffer.from(HEADER + indented))
      const shifted = (expected as [string, string, string, string, number, number, number][]).map(
        ([code, path, message, hint, line, column, end]) => [
          code,
          path,
          message,
          hint,
          line + 4,
          column + INDENT,
          end + INDENT,
        ],
      )
      expect(brief(inYaml)).toEqual(shifted)

      const known = text.replaceAll('${', '$(')
      const expectedKnown = brief(await check('u.toml', Buffer.from(known)))
      expect(brief(await check('u.tftpl', Buffer.from(known)))).toEqual(expectedKnown)
      const heredoc = `user_data = <<-EOT\n${known.replace(/^(?=.)/gm, ' '.repeat(INDENT))}EOT\n`
      const places = (found: unknown[], [down, right]: readonly [number, number]): unknown[] =>
        (found as [string, string, string, string, number, number, number][]).map(
          ([code, path, message, , line, column, end]) => [
            code,
            path,
            message,
            line + down,
            column + right,
            end + right,
          ],
        )
      const inTerraform = brief(await check('u.tf', Buffer.from(heredoc)))
      expect(places(inTerraform, [0, 0])).toEqual(places(expectedKnown, [1, INDENT]))

      const inString = await check('u.json', Buffer.from(JSON.stringify({ UserData: text })))
      const words = (found: unknown[]): unknown[] => (found as unknown[][]).map((each) => each.slice(0, 4))
      expect(words(brief(inString))).toEqual(words(expected))
    },
  )
})
