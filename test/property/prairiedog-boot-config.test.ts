import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { PipelineError } from '../../src/lib/errors.ts'
import { encodeBootConfigImage } from '../../src/prairiedog/boot-config-image.ts'
import {
  isBootConfigKey,
  isBootConfigValue,
  parseBootConfig,
  printBootConfig,
} from '../../src/prairiedog/boot-config.ts'

const word = fc.stringMatching(/^[A-Za-z0-9_-]{1,6}$/)
const key = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join('.'))
const value = fc.stringMatching(/^[ -~]{0,12}$/).filter(isBootConfigValue)
const parameters = fc.dictionary(key, fc.array(value, { maxLength: 4 }), { minKeys: 1, maxKeys: 5 })
const config = fc.record({ kernel: parameters, init: parameters }, { requiredKeys: [] })
const plain = (thing: unknown): unknown => JSON.parse(JSON.stringify(thing))

test.prop([config])('what is printed reads back the same', (settings) => {
  expect(plain(parseBootConfig(printBootConfig(settings), 'x'))).toEqual(plain(settings))
})

test.prop([fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^(?:kernel|init)[ -~\n]{0,40}$/))])(
  'any text is either read into legal keys and values or refused',
  (text) => {
    let parsed
    try {
      parsed = parseBootConfig(text, 'x')
    } catch (error) {
      expect(error).toBeInstanceOf(PipelineError)
      return
    }
    for (const section of Object.values(parsed)) {
      for (const [name, values] of Object.entries(section)) {
        expect(isBootConfigKey(name)).toBe(true)
        expect(values.every(isBootConfigValue)).toBe(true)
      }
    }
    expect(plain(parseBootConfig(printBootConfig(parsed), 'x'))).toEqual(plain(parsed))
  },
)

test.prop([fc.string({ unit: 'binary-ascii' })])('an image holds its text, its length and its sum', (text) => {
  const image = Buffer.from(encodeBootConfigImage(text))
  const length = image.readUInt32LE(image.length - 20)
  expect(image.length % 4).toBe(0)
  expect(image.length).toBe(length + 20)
  expect(length - text.length).toBeLessThan(4)
  expect(image.subarray(0, text.length).toString()).toBe(text)
  expect(image.readUInt32LE(image.length - 16)).toBe(Buffer.from(text).reduce((sum, byte) => sum + byte, 0))
  expect(image.subarray(-12).toString()).toBe('#BOOTCONFIG\n')
})
