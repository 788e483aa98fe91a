import { describe, expect, it } from 'vitest'
import { decodeName, encodeName, keyPath, metadataPath, parseStoredPath } from '../../../src/datastore/layout.ts'
import { parseSegments } from '../../../src/model/key.ts'

describe('encodeName', () => {
  it.each([
    ['motd', 'motd'],
    ['a_b-C9', 'a_b-C9'],
    ['vm.max_map_count', 'vm%2Emax_map_count'],
    ['example.com/x', 'example%2Ecom%2Fx'],
    ['my tx', 'my%20tx'],
    ['..', '%2E%2E'],
    ['a/b', 'a%2Fb'],
    ['\0', '%00'],
    ['é', '%C3%A9'],
    ['😀', '%F0%9F%98%80'],
    ['%41', '%2541'],
  ])('%j is stored as %s', (name, encoded) => {
    expect(encodeName(name)).toBe(encoded)
    expect(decodeName(encoded)).toBe(name)
  })

  it.each(['%4', '%zz', '%41', 'a.b', 'a b', 'é', '%c3%a9', '%FF'])('%s is not made by it', (encoded) => {
    expect(decodeName(encoded)).toBeUndefined()
  })
})

describe('paths', () => {
  it.each([
    ['settings.motd', 'settings/motd'],
    ['settings.kernel.sysctl."vm.max_map_count"', 'settings/kernel/sysctl/vm%2Emax_map_count'],
    ['a."example.com/x"', 'a/example%2Ecom%2Fx'],
  ])('%s lies at %s', (name, path) => {
    expect(keyPath(parseSegments(name))).toBe(path)
    expect(parseStoredPath(path)).toEqual({ key: name })
  })

  it('appends metadata keys to the path of the data key', () => {
    const path = metadataPath(['settings', 'updates', 'seed'], 'setting-generator')
    expect(path).toBe('settings/updates/seed.setting-generator')
    expect(parseStoredPath(path)).toEqual({ key: 'settings.updates.seed', metadataKey: 'setting-generator' })
    expect(metadataPath(['a'], 'x.y/z')).toBe('a.x%2Ey%2Fz')
    expect(parseStoredPath('a.x%2Ey%2Fz')).toEqual({ key: 'a', metadataKey: 'x.y/z' })
  })

  it.each([
    '.hidden',
    '.new-0',
    'settings/.old-1',
    'a b',
    'a/%2G',
    'a.b c',
    'a.b.c',
    'a.x%2ey',
    'a.x%20y',
    'a.',
    'a/%20',
    '',
  ])('skips %j, which is no key', (path) => {
    expect(parseStoredPath(path)).toBeUndefined()
  })
})
