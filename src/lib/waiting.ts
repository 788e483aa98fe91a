/** Telling people what a program waits for. */
import type { Clock, EventSink, Host, Resolver, TextSink } from './ports.ts'

/** A wait longer than this is told. */
export const ANNOUNCE_AFTER_MS = 2000

export interface WaitingOptions {
  readonly host: { readonly clock: Clock; readonly events: EventSink }
  /** Who waits. */
  readonly program: string
  /** What for, such as `metadata service, user-data`. */
  readonly target: string
  /** Milliseconds until the wait is given up; without it there is no limit. */
  readonly leftMs?: () => number
  /** Gets the line. */
  readonly stderr?: TextSink | undefined
  /** Milliseconds before the wait is told. */
  readonly afterMs?: number
  /** Asked before a wait is told: false if somebody else has told it. */
  readonly isDue?: () => boolean
}

const seconds = (ms: number): string => `${String(Math.max(0, Math.round(ms / 1000)))} s`

/** `waiting for TARGET; ANSWER; 298 s left`. */
export function waitingText(target: string, answer: string, leftMs: number | undefined): string {
  const left = leftMs === undefined ? 'no time limit' : `${seconds(leftMs)} left`
  return `waiting for ${target}; ${answer}; ${left}`
}

/**
 * One wait for one thing. It is told once, when it has lasted over two seconds: for what, the last answer, the time
 * left. It is told again only when the answer becomes another one.
 */
export class Waiting {
  private readonly options: WaitingOptions
  private readonly done = new AbortController()
  private answer = 'no answer yet'
  private isLong = false
  private told: string | undefined

  constructor(options: WaitingOptions) {
    this.options = options
    const { host, afterMs = ANNOUNCE_AFTER_MS } = options
    const startMs = host.clock.monotonic()
    host.clock.sleep(afterMs, this.done.signal).then(
      () => {
        // a sleep may end a little early by the other clock, but not half as early
        this.isLong = host.clock.monotonic() - startMs >= afterMs / 2
        this.tell()
      },
      () => undefined,
    )
  }

  /** Takes down the last answer. */
  note(answer: string): void {
    this.answer = answer
    this.tell()
  }

  /** The wait is over. */
  end(): void {
    this.done.abort()
  }

  private tell(): void {
    const { host, program, target, leftMs, stderr, isDue } = this.options
    if (!this.isLong || this.done.signal.aborted || this.told === this.answer || isDue?.() === false) return
    this.told = this.answer
    const text = waitingText(target, this.answer, leftMs?.())
    stderr?.write(`${program}: ${text}\n`)
    host.events.emit({ kind: 'notice', program, text })
  }
}

/**
 * A resolver that tells when a name takes long: a name server that does not answer is waited for by the system, often for
 * a minute.
 */
export function tellingResolver(
  host: Pick<Host, 'clock' | 'events' | 'resolver'>,
  program: string,
  stderr: TextSink,
): Resolver {
  const telling = async <T>(target: string, look: () => Promise<T>): Promise<T> => {
    const startMs = host.clock.monotonic()
    const waiting = new Waiting({ host, program, target, stderr })
    try {
      return await look()
    } finally {
      waiting.end()
      const ms = host.clock.monotonic() - startMs
      if (ms > ANNOUNCE_AFTER_MS) {
        const wait = { program, target, reason: 'the answer took long', startMs, ms, retry: false }
        host.events.emit({ kind: 'wait', wait })
      }
    }
  }
  return {
    lookup: (name) => telling(`DNS, the addresses of ${name}`, () => host.resolver.lookup(name)),
    reverse: (address) => telling(`DNS, the name of ${address}`, () => host.resolver.reverse(address)),
  }
}
