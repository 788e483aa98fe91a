/** Output of several that work at the same time, in an order that does not depend on who is faster. */

/** One of them. */
export interface LineTurn {
  /** Says something: at once if it is this one's turn, else as soon as it is. */
  say(line: () => void): void
  /** This one has said everything. */
  end(): void
}

/**
 * As many turns as asked for, in order. The first that has not ended speaks at once, so what is waited for shows while it
 * is waited for; what the others say is kept until it is their turn.
 */
export function lineTurns(count: number): readonly LineTurn[] {
  const kept = Array.from({ length: count }, (): { readonly lines: (() => void)[]; ended: boolean } => ({
    lines: [],
    ended: false,
  }))
  let current = 0
  const advance = (): void => {
    for (let turn = kept[current]; turn !== undefined; turn = kept[++current]) {
      for (const line of turn.lines.splice(0)) line()
      if (!turn.ended) return
    }
  }
  return kept.map((turn, i) => ({
    say: (line) => {
      if (i === current) line()
      else turn.lines.push(line)
    },
    end: () => {
      turn.ended = true
      advance()
    },
  }))
}
