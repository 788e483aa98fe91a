import { describe, expect, it } from 'vitest'
import { jsonBody, parseTarget, percentDecode } from '../../../src/apiserver/http.ts'

describe('percentDecode', () => {
  it.each([
    ['abc', 'abc'],
    ['%41%62', 'Ab'],
    ['%c3%A9', 'é'],
    ['é%20😀', 'é 😀'],
    ['%', '%'],
    ['%4', '%4'],
    ['%zz%41', '%zzA'],
    ['%25%34%31', '%41'],
    ['%ff', '\ufffd'],
    ['%c3x', '\ufffdx'],
    ['%00', '\0'],
  ])('%j becomes %j', (text, decoded) => {
    expect(percentDecode(text)).toBe(decoded)
  })
})

describe('parseTarget', () => {
  const parsed = (uri: string): [string, Record<string, string>] => {
    const { path, query } = parseTarget(uri)
    return [path, Object.fromEntries(query)]
  }

  it.each<[string, string, Record<string, string>]>([
    ['/', '/', {}],
    ['', '/', {}],
    ['/settings', '/settings', {}],
    ['/%73ettings?a=b', '/settings', { a: 'b' }],
    ['/a?', '/a', {}],
    ['/a?x', '/a', { x: '' }],
    ['/a?x=', '/a', { x: '' }],
    ['/a?x=1&x=2', '/a', { x: '2' }],
    ['/a?x=1&x', '/a', { x: '' }],
    ['/a?&x=1&&', '/a', { x: '1' }],
    ['/a?x=a+b%2B', '/a', { x: 'a b+' }],
    ['/a?x=a=b', '/a', { x: 'a=b' }],
    ['/a?x=a?b', '/a', { x: 'a?b' }],
    ['/a?%78=1#f', '/a', { x: '1' }],
    ['/a?x=%ff', '/a', { x: '\ufffd' }],
    ['http://localhost/a?x=1', '/a', { x: '1' }],
    ['http://localhost', '/', {}],
    ['http://localhost?x=1', '/', { x: '1' }],
  ])('%s', (uri, path, query) => {
    expect(parsed(uri)).toEqual([path, query])
  })
})

describe('jsonBody', () => {
  const headers = { 'Content-Type': 'application/json' }

  it('ignores the case of header names', () => {
    expect(jsonBody({ method: 'PATCH', uri: '/', headers, body: '1' })).toBe(1n)
  })

  it('looks at the content type first, then at the size, then at the text', () => {
    const status = (request: object): unknown => {
      try {
        return jsonBody({ method: 'PATCH', uri: '/', ...request })
      } catch (error) {
        return (error as { status: number }).status
      }
    }
    expect(status({ bodyFault: 'too-large' })).toBe(400)
    expect(status({ headers, bodyFault: 'too-large' })).toBe(413)
    expect(status({ headers, bodyFault: 'not-utf8' })).toBe(400)
    expect(status({ headers })).toBe(400)
    expect(status({ headers, body: '"\\ud800"' })).toBe(400)
  })

  it('counts bytes, not characters', () => {
    const body = `"${'é'.repeat(1_100_000)}"`
    expect(() => jsonBody({ method: 'PATCH', uri: '/', headers, body })).toThrow(
      expect.objectContaining({ status: 413 }),
    )
  })
})
