import { describe, expect, it } from 'vitest'
import { ROUTES } from '../../../src/api/contract.ts'

describe('the routes', () => {
  it('have names, and pairs of method and path, of their own', () => {
    const ids = ROUTES.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const pairs = ROUTES.map(({ method, path }) => `${method} ${path}`)
    expect(new Set(pairs).size).toBe(pairs.length)
  })

  it.each(ROUTES.map((route) => [route.id, route] as const))('%s is complete', (_, route) => {
    expect(route.path).toMatch(/^\/([a-z_-]+(\/[a-z_-]+)*(\.json)?)?$/)
    expect(route.summary).toMatch(/^[A-Z].*[^.]$/)
    expect('content' in route.success).toBe(route.success.status === 200)
    expect(new Set(route.query.map(({ name }) => name)).size).toBe(route.query.length)
    if ('body' in route) expect(route.failures).toEqual(expect.arrayContaining([400, 413]))
    if (route.query.some((parameter) => parameter.name === 'tx')) expect(route.failures).toContain(400)
  })
})
