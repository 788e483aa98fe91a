/** The way to a parent process that wants to know what goes on. */
import { fstatSync, writeSync } from 'node:fs'
import { encodeEvent, EVENTS_VARIABLE } from '../lib/events.ts'
import type { EventSink } from '../lib/ports.ts'

export interface EventChannel extends EventSink {
  /** The open descriptor that events are written to; undefined if nobody wants them. */
  readonly descriptor: number | undefined
}

/** Whether a descriptor is what a parent of ours leaves open. One that a script has opened since then is not. */
function isChannel(descriptor: number): boolean {
  try {
    const stat = fstatSync(descriptor)
    return stat.isSocket() || stat.isFIFO()
  } catch {
    return false
  }
}

/** The sink of this process's events, as the environment names it. A parent that has gone away ends it quietly. */
export function eventChannel(env: Readonly<Record<string, string | undefined>>): EventChannel {
  const named = Number(env[EVENTS_VARIABLE] ?? '0')
  let descriptor = Number.isInteger(named) && named > 2 && isChannel(named) ? named : undefined
  return {
    descriptor,
    emit: (event) => {
      const line = encodeEvent(event)
      if (line === undefined || descriptor === undefined) return
      try {
        writeSync(descriptor, line)
      } catch {
        descriptor = undefined
      }
    },
  }
}
