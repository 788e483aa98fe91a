/** A program as this process: the only place that touches `process` and sets the exit code. */
import { setMaxListeners } from 'node:events'
import { writeSync } from 'node:fs'
import { systemCode } from '../lib/errors.ts'
import type { Program, ProgramIo, TextSink } from '../lib/ports.ts'
import { runProgram } from '../lib/program.ts'

const WAIT_MS = 5
const waitCell = new Int32Array(new SharedArrayBuffer(4))

/** Writes all of a text to a descriptor before it returns. A reader that went away ends the output quietly. */
function writeAll(descriptor: number, text: string): void {
  let rest = Buffer.from(text)
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest))
    } catch (error) {
      if (systemCode(error) === 'EPIPE') return
      if (systemCode(error) !== 'EAGAIN') throw error
      Atomics.wait(waitCell, 0, 0, WAIT_MS)
    }
  }
}

const sink = (descriptor: number): TextSink => ({
  write: (text) => {
    writeAll(descriptor, text)
  },
})

async function readStdin(): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** The streams and surroundings of this process. The signal is aborted by SIGINT and SIGTERM. */
function processIo(env: ProgramIo['env']): ProgramIo {
  const stop = new AbortController()
  // everything that waits listens to it
  setMaxListeners(0, stop.signal)
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      stop.abort(Object.assign(new Error(`stopped by ${name}`), { signal: name }))
    })
  }
  return {
    readStdin,
    stdout: sink(1),
    stderr: sink(2),
    env,
    cwd: process.cwd(),
    signal: stop.signal,
    self: [process.execPath, ...process.execArgv, ...process.argv.slice(1, 2)],
  }
}

/** Runs a program as this process. Ends the process, so that an idle kept-open connection cannot delay it. */
export function runProcess<H>(program: Program<H>, argv: readonly string[], env: ProgramIo['env'], host: H): void {
  void runProgram(program, argv, processIo(env), host).then((code) => process.exit(code))
}
