import { expect, test } from 'vitest'
import { canonicalIp } from '../../../src/lib/ip-address.ts'
import { trimWhiteSpace } from '../../../src/lib/white-space.ts'

test.each([
  ['10.0.0.5', '10.0.0.5'],
  ['255.255.255.255', '255.255.255.255'],
  ['FD00:0::5', 'fd00::5'],
  ['2001:db8::0:7', '2001:db8::7'],
  ['2001:0db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ['::', '::'],
  ['0:0:0:0:0:0:0:1', '::1'],
  ['::ffff:10.0.0.5', '::ffff:10.0.0.5'],
  ['::FFFF:a00:5', '::ffff:10.0.0.5'],
  ['64:ff9b::10.0.0.5', '64:ff9b::a00:5'],
])('%s is %s', (text, canonical) => {
  expect(canonicalIp(text)).toBe(canonical)
  expect(canonicalIp(canonical)).toBe(canonical)
})

test.each([
  '',
  '10.0.0',
  '10.0.0.256',
  '010.0.0.5',
  '10.0.0.5/24',
  ' 10.0.0.5',
  '10.0.0.5\n',
  '1:2:3:4:5:6:7::8',
  '1::2::3',
  'fe80::1%eth0',
  '[::1]',
  '12345::',
  'host',
])('%j is no address', (text) => {
  expect(canonicalIp(text)).toBeUndefined()
})

test.each([
  [' a b \r\n\t', 'a b'],
  ['\u00a0\u2003a\u3000\u0085', 'a'],
  ['\ufeffa', '\ufeffa'],
  [' \n', ''],
])('%j without white space at its ends is %j', (text, trimmed) => {
  expect(trimWhiteSpace(text)).toBe(trimmed)
})
