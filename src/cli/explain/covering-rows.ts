/**
 * Covering arrays: few rows of levels in which any two factors meet in every combination of theirs
 * (D. M. Cohen et al., "The AETG System", IEEE Transactions on Software Engineering 23, 1997). The same for the same input.
 */

/** Pairs of levels of two factors that no row has yet. */
class OpenPairs {
  private readonly offsets: readonly number[]
  private readonly total: number
  private readonly closed: Uint8Array
  count: number

  constructor(levels: readonly number[]) {
    let total = 0
    this.offsets = levels.map((count) => {
      total += count
      return total - count
    })
    this.total = total
    this.closed = new Uint8Array(total * total)
    this.count = 0
    for (let a = 0; a < levels.length; a++) {
      for (let b = a + 1; b < levels.length; b++) this.count += (levels[a] as number) * (levels[b] as number)
    }
  }

  private index(a: number, level: number, b: number, other: number): number {
    const [x, y] = [(this.offsets[a] as number) + level, (this.offsets[b] as number) + other]
    return a < b ? x * this.total + y : y * this.total + x
  }

  isOpen(a: number, level: number, b: number, other: number): boolean {
    return this.closed[this.index(a, level, b, other)] === 0
  }

  close(row: readonly number[]): void {
    for (let a = 0; a < row.length; a++) {
      for (let b = a + 1; b < row.length; b++) {
        const at = this.index(a, row[a] as number, b, row[b] as number)
        if (this.closed[at] === 0) this.count--
        this.closed[at] = 1
      }
    }
  }
}

/** The level of a factor that meets most open pairs with the levels that are chosen already. */
function bestLevel(
  open: OpenPairs,
  row: readonly (number | undefined)[],
  factor: number,
  levels: number,
  turn: number,
): number {
  let best = 0
  let most = -1
  for (let i = 0; i < levels; i++) {
    const level = (i + turn) % levels
    let met = 0
    row.forEach((other, at) => {
      if (other !== undefined && open.isOpen(factor, level, at, other)) met++
    })
    if (met > most) [best, most] = [level, met]
  }
  return best
}

/** A row that begins with one open pair. */
function nextRow(open: OpenPairs, levels: readonly number[], turn: number): number[] {
  const row: (number | undefined)[] = levels.map(() => undefined)
  seed: for (let a = 0; a < levels.length; a++) {
    for (let b = a + 1; b < levels.length; b++) {
      for (let pair = 0; pair < (levels[a] as number) * (levels[b] as number); pair++) {
        const [level, other] = [pair % (levels[a] as number), Math.floor(pair / (levels[a] as number))]
        if (!open.isOpen(a, level, b, other)) continue
        row[a] = level
        row[b] = other
        break seed
      }
    }
  }
  levels.forEach((count, factor) => {
    row[factor] ??= bestLevel(open, row, factor, count, turn)
  })
  return row.map((level) => level ?? 0)
}

/**
 * Rows in which every level of every factor meets every level of every other factor.
 *
 * @param levels how many levels each factor has, at least one
 * @param first rows to begin with
 */
export function coveringRows(
  levels: readonly number[],
  first: readonly (readonly number[])[] = [],
): readonly number[][] {
  const open = new OpenPairs(levels)
  const rows = first.map((row) => [...row])
  for (const row of rows) open.close(row)
  while (open.count > 0) {
    const row = nextRow(open, levels, rows.length)
    open.close(row)
    rows.push(row)
  }
  return rows
}
