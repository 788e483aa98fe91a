/**
 * Programs that any other may run as calls. Scripts have none: each names those few that its own bundle holds, see
 * `runMain`. In the one executable all programs are at hand, and cost nothing until they are run.
 */
import type { ProgramTable } from './program-call.ts'

let callable: ProgramTable = new Map()

/** Offers these programs to whatever program this process is. */
export function makeCallable(programs: ProgramTable): void {
  callable = programs
}

/** What is offered, with a program's own table. A program without one starts processes, whatever is offered. */
export function callableWith(own: ProgramTable): ProgramTable {
  return own.size === 0 ? own : new Map([...callable, ...own])
}
