import { describe, expect, it, vi, afterEach } from 'vitest'
import { systemEntropy } from '../../../src/host/node-ports.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

/** Has the source of chance give these words. */
function given(...words: readonly number[]): void {
  const rest = [...words]
  vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
    if (array instanceof Uint32Array) array.fill(rest.shift() ?? 0)
    return array
  })
}

describe('chance', () => {
  it('gives every integer of a range about as often', () => {
    const counts = new Map<number, number>()
    for (let i = 0; i < 6000; i++) {
      const value = systemEntropy.integer(5)
      counts.set(value, (counts.get(value) ?? 0) + 1)
    }
    expect([...counts.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5])
    // over ten standard deviations
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(300)
  })

  it('throws away what would make small integers more frequent', () => {
    given(2 ** 32 - 1, 7)
    expect(systemEntropy.integer(2)).toBe(1)
  })

  it.each([
    [0, 5, 0],
    [2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1],
    [2047, 4095, 2047],
  ])('up to %i has %i as %i', (max, word, value) => {
    given(word)
    expect(systemEntropy.integer(max)).toBe(value)
  })

  it.each([-1, 0.5, 2 ** 32, Number.NaN])('has no integers up to %d', (max) => {
    expect(() => systemEntropy.integer(max)).toThrow(RangeError)
  })

  it('gives letters and digits', () => {
    expect(systemEntropy.alphanumeric(200)).toMatch(/^[A-Za-z0-9]{200}$/)
    expect(new Set(Array.from({ length: 50 }, () => systemEntropy.alphanumeric(16))).size).toBe(50)
    expect(systemEntropy.alphanumeric(0)).toBe('')
  })
})
