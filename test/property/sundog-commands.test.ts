import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { jsonObject, type JsonObject, type JsonValue } from '../../src/lib/json.ts'
import { splitShellWords } from '../../src/lib/shell-words.ts'
import { parseKey } from '../../src/model/key.ts'
import { flattenTree } from '../../src/model/pairs.ts'
import { isPopulated, planGenerators } from '../../src/sundog/plan-generators.ts'
import { readOutcome } from '../../src/sundog/read-outcome.ts'
import { splitRestartCommand } from '../../src/thar-be-settings/restart.ts'
import { runResult } from '../support/apply-host.ts'

const word = fc.string({ unit: 'binary', minLength: 1, maxLength: 8 })
const singleQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
const doubleQuoted = (text: string): string => `"${text.replace(/["$`\\]/g, '\\$&')}"`

test.prop([fc.array(fc.tuple(word, fc.constantFrom(singleQuoted, doubleQuoted)), { minLength: 1 })])(
  'quoted words of a generator come back as they were',
  (words) => {
    const command = words.map(([text, quote]) => quote(text)).join(' \t')
    const [step] = planGenerators(new Map([['settings.a', command]]), jsonObject())
    expect(step?.words).toEqual(words.map(([text]) => text))
  },
)

test.prop([fc.string({ unit: 'binary' })])('no command makes the splitter throw', (command) => {
  const words = splitShellWords(command)
  expect(words === undefined || words.every((text) => typeof text === 'string')).toBe(true)
})

test.prop([fc.string({ unit: 'binary' })])('a restart command is its words joined by spaces', (command) => {
  const words = splitRestartCommand(command)
  expect(words.join(' ')).toBe(command)
  expect(words.some((text) => text.includes(' '))).toBe(false)
})

const segment = fc.constantFrom('a', 'b', 'ab', 'a.b')
const leaf: fc.Arbitrary<JsonValue> = fc.constantFrom<JsonValue>(null, 1n, 'x', [], ['y'], false)
const { node } = fc.letrec<{ node: JsonValue; object: JsonObject }>((tie) => ({
  node: fc.oneof({ maxDepth: 4 }, leaf, tie('object')),
  object: fc.dictionary(segment, tie('node'), { maxKeys: 3 }).map((members) => jsonObject(members)),
}))

test.prop([node, fc.array(segment, { minLength: 1, maxLength: 3 })])(
  'a key is populated exactly if a stored key equals it or lies below it',
  (settings, segments) => {
    const key = parseKey(['settings', ...segments].map((part) => (part.includes('.') ? `"${part}"` : part)).join('.'))
    const stored = [...flattenTree(settings, ['settings']).keys()].map((name) => parseKey(name).segments)
    const expected = stored.some((other) => key.segments.every((part, i) => other[i] === part))
    expect(isPopulated(jsonObject({ settings }), key)).toBe(expected)
  },
)

test.prop([fc.uint8Array()])('any output is either a value or a failure', (stdout) => {
  expect(['value', 'failure']).toContain(readOutcome(runResult([], { stdout })).kind)
})
