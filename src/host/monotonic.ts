/** The machine's monotonic clock. */
import { readFileSync } from 'node:fs'

/** The names of the programs in the one executable, which Bun runs; there is no such thing under Node. */
declare const EXECUTABLE: readonly string[] | undefined

const NANOSECONDS_PER_MS = 1e6
const NANOSECONDS_PER_SECOND = 1_000_000_000n
/** `CLOCK_MONOTONIC` of Linux, clock_gettime(2). */
const CLOCK_MONOTONIC = 1
const C_LIBRARIES = ['libc.so.6', 'libc.so'] as const

/** What is used of Bun's way to call functions of libraries. */
interface ForeignFunctions {
  dlopen(
    library: string,
    functions: { readonly clock_gettime: { readonly args: readonly string[]; readonly returns: string } },
  ): { readonly symbols: { clock_gettime(clock: number, time: BigInt64Array): number } }
}

/** The clock by the C library; undefined if that cannot be called. */
function byLibrary(): bigint | undefined {
  const ffi = process.getBuiltinModule('bun:ffi') as ForeignFunctions | undefined
  for (const library of C_LIBRARIES) {
    try {
      const { symbols } = ffi?.dlopen(library, { clock_gettime: { args: ['int', 'ptr'], returns: 'int' } }) ?? {}
      const time = new BigInt64Array(2)
      if (symbols?.clock_gettime(CLOCK_MONOTONIC, time) !== 0) continue
      const [seconds = 0n, nanoseconds = 0n] = time
      return seconds * NANOSECONDS_PER_SECOND + nanoseconds
    } catch {
      continue
    }
  }
  return undefined
}

/** The clock by the kernel's file of it, proc_uptime(5), which has hundredths of a second; undefined elsewhere. */
function byFile(): bigint | undefined {
  try {
    const [seconds = ''] = readFileSync('/proc/uptime', 'utf8').split(' ')
    return BigInt(Math.round(Number(seconds) * 1e9))
  } catch {
    return undefined
  }
}

let offset: bigint | undefined

/** Nanoseconds between the origin of the machine's clock and that of this process. */
function originOf(): bigint {
  if (typeof EXECUTABLE === 'undefined') return 0n // Node's is the machine's
  const now = process.platform === 'linux' ? (byLibrary() ?? byFile()) : undefined
  return now === undefined ? 0n : now - process.hrtime.bigint()
}

/** Milliseconds, counted from the same moment in every process of the machine, so that their records fit together. */
export function monotonic(): number {
  offset ??= originOf()
  return Number(process.hrtime.bigint() + offset) / NANOSECONDS_PER_MS
}
