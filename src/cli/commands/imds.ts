import { listenOnLoopback } from '../../host/loopback-listener.ts'
import { imdsProgram } from '../../imds-server/program.ts'
import type { ExitCode } from '../../lib/exit-codes.ts'
import type { Host, ProgramIo } from '../../lib/ports.ts'

export { imdsSpec } from '../../imds-server/program.ts'

/** `bottlerocket imds`: the metadata server of our own on loopback, until it is stopped. */
export function imds(argv: readonly string[], io: ProgramIo, host: Host): Promise<ExitCode> {
  return imdsProgram(listenOnLoopback).run(argv, io, host)
}
