import { describe, expect, it } from 'vitest'
import { nearest } from '../../../src/lib/nearest.ts'

describe('nearest', () => {
  const known = ['motd', 'ntp', 'network', 'kernel', 'kubernetes']

  it.each([
    ['kuberntes', 'kubernetes'],
    ['newtork', 'network'],
    ['mtod', 'motd'],
    ['Kernel', 'kernel'],
    ['motd', 'motd'],
    ['ntpp', 'ntp'],
    ['metrics', undefined],
    ['', undefined],
    ['x', undefined],
  ])('%j means %j', (name, meant) => {
    expect(nearest(name, known)).toBe(meant)
  })
})
