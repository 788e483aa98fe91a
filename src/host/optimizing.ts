/** How much V8 optimizes, while every processor is at work. */
import { setFlagsFromString } from 'node:v8'

/** Of V8's default of 920 bytes of bytecode: most of what is inlined still is, for half the work of the compiler. */
const INLINED_BYTES = '--max-inlined-bytecode-size-cumulative=300'
/** Of V8 11's default of 66 KiB of bytecode, which later versions have given other meanings and names. */
const RUN_BYTES = '--interrupt-budget=300000'

/**
 * Tells V8 to optimize later and less, in all threads of the process.
 *
 * Its optimizing compiler has a thread of its own. That costs nothing as long as a processor is idle; where none is,
 * each thread's work waits for the optimization of code that every thread optimizes again for itself.
 *
 * To be called when all code is loaded: V8 takes no code cache that was made with other flags. In the one executable,
 * which V8 does not run, nothing happens.
 *
 * @see test/bench/check.mjs, which measures what it is for
 */
export function optimizeLess(): void {
  const { v8, bun } = process.versions
  if (bun !== undefined) return
  setFlagsFromString(INLINED_BYTES)
  // a flag that V8 does not know it reports on standard error
  if (v8.startsWith('11.')) setFlagsFromString(RUN_BYTES)
}
