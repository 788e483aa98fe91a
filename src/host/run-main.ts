/** The outermost functions of programs. */
import type { Program } from '../lib/ports.ts'
import { EVENTS_VARIABLE } from '../lib/events.ts'
import { callableWith } from './callable-programs.ts'
import { nodeHost } from './node-host.ts'
import type { ProgramTable } from './program-call.ts'
import { systemClock } from './node-ports.ts'
import { takeRootOption } from './root-option.ts'
import { runProcess } from './run-process.ts'
import { keepSmall } from './small-memory.ts'
import { recorded, type StepOf } from './step-record.ts'

export interface MainOptions {
  /** Options of the program, each with a value, that may stand before `--root`. */
  readonly beforeRoot?: readonly string[]
  /** Which step of the boot the program is. */
  readonly step?: StepOf
  /** Programs that it runs as calls, where their commands are those of this package. */
  readonly programs?: ProgramTable
  /** Whether it is a server that is idle most of its life, and should rather be small than fast. */
  readonly isIdle?: boolean
}

/** Runs a program of a host as this process. In front of its own arguments it takes `--root DIR`. */
export function runMain(program: Program, { beforeRoot = [], step, programs, isIdle = false }: MainOptions = {}): void {
  if (isIdle) keepSmall()
  const { root, argv } = takeRootOption(process.argv.slice(2), beforeRoot)
  const env = root === undefined ? process.env : { ...process.env, BOTTLEROCKET_ROOT: root }
  // whoever takes this process's events makes the record
  const isWatched = env[EVENTS_VARIABLE] !== undefined
  const host = nodeHost(env, callableWith(programs ?? new Map()))
  if (step === undefined || isWatched) runProcess(program, argv, env, host)
  else runProcess(recorded(program, step, systemClock.monotonic() - performance.now()), argv, env, host)
}

/** Runs a tool for people as this process: each of its commands says itself what root it works under. */
export function runTool(program: Program): void {
  runProcess(program, process.argv.slice(2), process.env, nodeHost(process.env))
}
