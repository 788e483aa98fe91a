import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { PipelineError } from '../../src/lib/errors.ts'
import { jsonObject } from '../../src/lib/json.ts'
import { readBody } from '../../src/schnauzer/reader.ts'
import { parseTemplate, parseTemplateString, renderTemplate } from '../../src/schnauzer/template.ts'
import { FACTS, OS } from '../support/templates.ts'

describe('any text as a template', () => {
  const soup = fc.string({
    unit: fc.constantFrom(
      '{{',
      '}}',
      '{{{',
      '}}}',
      '{',
      '}',
      '#',
      '/',
      '~',
      '!',
      '!--',
      '--',
      '^',
      '&',
      '>',
      '*',
      '@',
      '.',
      '..',
      '/',
      'if',
      'each',
      'else',
      'as',
      '|',
      'this',
      'a',
      'default',
      '(',
      ')',
      '[',
      ']',
      '"',
      "'",
      '\\',
      ' ',
      '\n',
      '\r',
      '=',
      '1',
      '-',
      'E',
      'true',
      'inline',
      'é',
      '😀',
      '+++',
      'required-extensions',
      'output-format',
    ),
    maxLength: 40,
  })

  test.prop([fc.oneof(soup, fc.string({ unit: 'binary' }))], { numRuns: 3000 })(
    'reading finds a tree or faults',
    (text) => {
      const { faults } = readBody(text)
      for (const { start, end } of faults) {
        expect(start).toBeGreaterThanOrEqual(0)
        expect(end).toBeGreaterThanOrEqual(start)
        expect(start).toBeLessThanOrEqual(text.length)
      }
    },
  )

  test.prop([fc.oneof(soup, fc.string({ unit: 'binary' }))], { numRuns: 1500 })(
    'nothing but declared errors comes out',
    (text) => {
      for (const parse of [() => parseTemplate('f', text), () => parseTemplateString('s', text, [])]) {
        try {
          renderTemplate(parse(), { settings: jsonObject(), os: OS }, FACTS)
        } catch (error) {
          expect(error).toBeInstanceOf(PipelineError)
          expect(
            (error as PipelineError).diagnostics.every(({ at }) => at !== undefined && at.line >= 1 && at.column >= 1),
          ).toBe(true)
        }
      }
    },
  )

  test.prop([fc.string({ unit: 'binary' }).filter((text) => !text.includes('{{'))])(
    'text without tags is copied',
    (text) => {
      const template = parseTemplateString('s', text, [])
      expect(renderTemplate(template, { settings: jsonObject(), os: OS }, FACTS)).toEqual({ kind: 'text', text })
    },
  )
})
