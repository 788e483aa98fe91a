import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { compareBytes } from '../../../src/lib/byte-order.ts'
import { isAtOrBelow, keyOf, KeyError, parseKey, parseMetadataKey } from '../../../src/model/key.ts'

describe('key names', () => {
  it.each([
    ['settings.motd', ['settings', 'motd'], 'settings.motd'],
    ['settings.kernel.sysctl."vm.max_map_count"', ['settings', 'kernel', 'sysctl', 'vm.max_map_count'], undefined],
    ['n."example.com/role"', ['n', 'example.com/role'], undefined],
    ['a"b"c', ['abc'], 'abc'],
  ])('%s', (name, segments, canonical) => {
    const key = parseKey(name)
    expect(key.segments).toEqual(segments)
    expect(key.name).toBe(canonical ?? name)
  })

  it.each(['a.', '.a', 'a..b', '', '""', 'a.""', '"a', 'a b', 'a!', 'a:b', 'a=b', 'a@b', 'a\\b', '$a', 'é'])(
    '%j is refused',
    (name) => {
      expect(() => parseKey(name)).toThrow(KeyError)
    },
  )

  it('may have 255 bytes, not 256', () => {
    expect(parseKey('a'.repeat(255)).segments).toHaveLength(1)
    expect(() => parseKey('a'.repeat(256))).toThrow(KeyError)
    expect(() => keyOf(['settings', 'x.y'.padEnd(245, 'z')])).toThrow(KeyError)
  })

  it('has one segment for metadata', () => {
    expect(parseMetadataKey('"a.b"')).toBe('a.b')
    expect(() => parseMetadataKey('a.b')).toThrow(KeyError)
  })

  it('lies below another key by segments, not by text', () => {
    expect(isAtOrBelow(['settings', 'boot', 'kernel'], ['settings', 'boot'])).toBe(true)
    expect(isAtOrBelow(['settings', 'boots'], ['settings', 'boot'])).toBe(false)
  })

  const segment = fc.stringMatching(/^[A-Za-z0-9_\-/.]{1,20}$/)
  test.prop([fc.array(segment, { minLength: 1, maxLength: 8 })])('are read back from their segments', (segments) => {
    expect(parseKey(keyOf(segments).name).segments).toEqual(segments)
  })
})

test.prop([fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })])(
  'strings compare as their UTF-8 bytes',
  (a, b) => {
    expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
  },
)
