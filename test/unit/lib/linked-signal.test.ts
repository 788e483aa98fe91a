import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { linkSignals } from '../../../src/lib/linked-signal.ts'

describe('linkSignals', () => {
  it('is aborted with the first source, for its reason', () => {
    const [a, b] = [new AbortController(), new AbortController()]
    const { signal } = linkSignals([a.signal, b.signal])
    expect(signal.aborted).toBe(false)
    b.abort('b')
    a.abort('a')
    expect([signal.aborted, signal.reason]).toEqual([true, 'b'])
  })

  it('is aborted at once if a source is', () => {
    expect(linkSignals([AbortSignal.abort('before'), new AbortController().signal]).signal.reason).toBe('before')
  })

  it('leaves nothing at its sources when it is let go', () => {
    const { signal: source } = new AbortController()
    const links = Array.from({ length: 5 }, () => linkSignals([source]))
    expect(getEventListeners(source, 'abort')).toHaveLength(5)
    for (const link of links) link.release()
    expect(getEventListeners(source, 'abort')).toHaveLength(0)
  })
})
