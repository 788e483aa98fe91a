/** Memory for speed, where speed is not needed. */

/** The names of the programs in the one executable, which Bun runs; there is no such thing under Node. */
declare const EXECUTABLE: readonly string[] | undefined

/**
 * How much more often than usual code must run before it is compiled to the machine's. At 200 the boot of a server stays
 * below it, so that neither the optimising compiler nor what it makes gets into memory; a server under constant load still
 * gets there.
 */
const LATENESS = 200

/** What is used of Bun's own functions; its documentation calls this one unsafe since it is for tests and tuning. */
interface Runtime {
  readonly unsafe?: { setJITPolicy?(scale: number): void }
}

/** Keeps this process small, for a server that is idle most of its life. Under Node nothing needs to be done. */
export function keepSmall(): void {
  if (typeof EXECUTABLE === 'undefined') return
  const { Bun: runtime } = globalThis as { readonly Bun?: Runtime }
  runtime?.unsafe?.setJITPolicy?.(LATENESS)
}
