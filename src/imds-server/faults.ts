/** Faults that the server can be told to show: which requests, what happens, how often. */
import { PipelineError } from '../lib/errors.ts'
import { EXIT_USAGE } from '../lib/exit-codes.ts'

export type FaultAction =
  | { readonly kind: 'status'; readonly status: number }
  /** The right answer, but late. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** The connection ends without an answer. */
  | { readonly kind: 'close' }

export interface Fault {
  /**
   * Which requests: `token`, `eks`, `ec2`, or a metadata path without its version such as `user-data`. `*` stands for
   * any run of characters, also slashes.
   */
  readonly pattern: string
  readonly action: FaultAction
  /** How many requests it hits; absent: all. */
  readonly count?: number
}

const SYNTAX =
  /^(?<pattern>[^=]+)=(?:(?<status>[1-5][0-9]{2})|slow:(?<ms>[0-9]+)|(?<close>close))(?:x(?<count>[0-9]+))?$/

/**
 * Reads `PATTERN=ACTION[xCOUNT]`, ACTION being a status (`503`), `slow:MILLISECONDS` or `close`:
 * `user-data=500x3`, `token=403`, `*=slow:1500`.
 *
 * @throws PipelineError `USAGE`
 */
export function parseFault(text: string): Fault {
  const groups = SYNTAX.exec(text)?.groups
  if (groups === undefined) {
    throw new PipelineError('USAGE', `'${text}' is no fault`, {
      exit: EXIT_USAGE,
      hint: 'PATTERN=STATUS, PATTERN=slow:MILLISECONDS or PATTERN=close, with xCOUNT behind it for the first few only',
    })
  }
  const { pattern = '', status, ms, count } = groups
  const action: FaultAction =
    status !== undefined
      ? { kind: 'status', status: Number(status) }
      : ms !== undefined
        ? { kind: 'slow', ms: Number(ms) }
        : { kind: 'close' }
  return { pattern, action, ...(count === undefined ? {} : { count: Number(count) }) }
}

/** Whether a fault is about this request. */
function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 's').test(name)
}

/** Faults that are left to show; each use counts. */
export class FaultPlan {
  private readonly left: { readonly fault: Fault; uses: number }[]

  constructor(faults: readonly Fault[]) {
    this.left = faults.map((fault) => ({ fault, uses: fault.count ?? Number.POSITIVE_INFINITY }))
  }

  /** The first fault that is about this request and not used up. */
  take(name: string): FaultAction | undefined {
    const found = this.left.find(({ fault, uses }) => uses > 0 && matches(fault.pattern, name))
    if (found === undefined) return undefined
    found.uses--
    return found.fault.action
  }
}
