import { describe, expect, it } from 'vitest'
import { parseJson } from '../../../src/lib/json-parse.ts'
import { printJson, type JsonValue } from '../../../src/lib/json.ts'
import { loadModel, type ModelName, type ModelProblem } from '../../../src/model/models.ts'
import { runSchema } from '../../../src/model/problems.ts'
import type { SettingType } from '../../../src/model/types.ts'

function resultOf(type: SettingType, value: JsonValue): JsonValue | undefined {
  const { value: result, issues } = runSchema(type.schema(), value)
  return issues.length === 0 ? result : undefined
}

/**
 * A table of values that a type takes as they are, takes in another form, or refuses.
 */
export function describeType(
  name: string,
  type: SettingType,
  table: {
    readonly kept: readonly JsonValue[]
    readonly changed?: readonly (readonly [JsonValue, JsonValue])[]
    readonly refused: readonly JsonValue[]
  },
): void {
  const show = (value: JsonValue): string => printJson(value).slice(0, 80)
  describe(name, () => {
    it.each(table.kept.map((value) => [show(value), value] as const))('keeps %s', (_, value) => {
      expect(resultOf(type, value)).toEqual(value)
    })
    it.each((table.changed ?? []).map(([from, to]) => [show(from), show(to), from, to] as const))(
      'turns %s into %s',
      (_, __, from, to) => {
        expect(resultOf(type, from)).toEqual(to)
        expect(resultOf(type, to)).toEqual(to)
      },
    )
    it.each(table.refused.map((value) => [show(value), value] as const))('refuses %s', (_, value) => {
      expect(resultOf(type, value)).toBeUndefined()
    })
  })
}

/** The normalised settings as JSON text, or the codes and paths of the problems. */
export function outcome(model: ModelName, text: string): string {
  const result = loadModel(model).parse(parseJson(text))
  if (result.ok) return printJson(result.settings)
  return result.problems.map((problem) => `${problem.code} ${problem.path.join('/')}`).join('; ')
}

/** The problems of settings that must be refused. */
export function problemsOf(model: ModelName, text: string): readonly ModelProblem[] {
  const result = loadModel(model).parse(parseJson(text))
  expect(result.ok).toBe(false)
  return result.ok ? [] : result.problems
}

/** Values of one group as JSON texts: kept, changed, refused. */
export function describeGroup(
  model: ModelName,
  group: string,
  table: {
    readonly kept: readonly string[]
    readonly changed?: readonly (readonly [string, string])[]
    readonly refused: readonly string[]
  },
): void {
  const wrap = (value: string): string => `{${JSON.stringify(group)}:${value}}`
  describe(`${group} on ${model}`, () => {
    it.each(table.kept)('keeps %s', (value) => {
      expect(outcome(model, wrap(value))).toBe(printJson(parseJson(wrap(value))))
    })
    it.each(table.changed ?? [])('turns %s into %s', (value, stored) => {
      expect(outcome(model, wrap(value))).toBe(wrap(stored))
      expect(outcome(model, wrap(stored))).toBe(wrap(stored))
    })
    it.each(table.refused)('refuses %s', (value) => {
      expect(problemsOf(model, wrap(value))).not.toEqual([])
    })
  })
}
