/** A signal that follows others, until it is let go. */
import { setMaxListeners } from 'node:events'

export interface LinkedSignal {
  readonly signal: AbortSignal
  /** Stops following: a source that outlives the work keeps nothing of it. */
  release(): void
}

/**
 * A signal that is aborted with the first of several. `AbortSignal.any` does the same, but leaves something behind at
 * every source for as long as that lives (https://github.com/nodejs/node/issues/54614), and the signal of a server lives
 * long.
 */
export function linkSignals(sources: readonly AbortSignal[]): LinkedSignal {
  const controller = new AbortController()
  // many may wait at the same time, and each link is let go: that is no leak, whatever their number
  setMaxListeners(0, controller.signal, ...sources)
  const links = sources.map((source) => {
    const follow = (): void => {
      controller.abort(source.reason)
    }
    if (source.aborted) follow()
    else source.addEventListener('abort', follow, { once: true })
    return { source, follow }
  })
  return {
    signal: controller.signal,
    release: () => {
      for (const { source, follow } of links) source.removeEventListener('abort', follow)
    },
  }
}
