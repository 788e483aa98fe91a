import { crc32 as nodeCrc32 } from 'node:zlib'
import { fc, test } from '@fast-check/vitest'
import { expect, it } from 'vitest'
import { crc32 } from '../../../src/lib/crc32.ts'

it('is that of the check value of its definition', () => {
  expect(crc32('123456789')).toBe(0xcbf43926)
  expect(crc32('')).toBe(0)
})

test.prop([fc.string({ unit: 'binary' })])('is that of gzip for any text', (text) => {
  expect(crc32(text)).toBe(nodeCrc32(text))
})
