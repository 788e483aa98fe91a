/** Faults that the server can be told to show: which requests, what happens, how often. */
import { PipelineError } from '../lib/errors.ts'
import { EXIT_USAGE } from '../lib/exit-codes.ts'
import { encodeUtf8 } from '../lib/utf8.ts'

export type FaultAction =
  | { readonly kind: 'status'; readonly status: number }
  /** The right answer, but late. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** No answer, on a connection that stays open. */
  | { readonly kind: 'hang' }
  /** The connection ends without an answer: in order, or by a reset. */
  | { readonly kind: 'close' | 'reset' }
  /** The connection ends in the middle of the right answer. */
  | { readonly kind: 'cut' }
  /** Status 200 with other content. */
  | { readonly kind: 'body'; readonly body: Uint8Array }
  /** All sessions end before the request is answered. */
  | { readonly kind: 'expire' }
  /** Nothing listens on the port: until some time after the start, or for ever. */
  | { readonly kind: 'refused'; readonly ms?: number }

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
  /^(?<pattern>[^=]+)=(?:(?<status>[1-5][0-9]{2})|slow:(?<slow>[0-9]+)|(?<plain>hang|close|reset|cut|expire)|body:(?<body>.*?)|refused(?::(?<refused>[0-9]+))?)(?:x(?<count>[0-9]+))?$/s

export const FAULT_HINT =
  'PATTERN=STATUS, slow:MILLISECONDS, hang, close, reset, cut, expire or body:TEXT, with xCOUNT behind it for the first ' +
  'few requests only; *=refused[:MILLISECONDS] for a port on which nothing listens'

function usage(text: string): PipelineError {
  return new PipelineError('USAGE', `'${text}' is no fault`, { exit: EXIT_USAGE, hint: FAULT_HINT })
}

/** The bytes of a text with percent escapes; undefined for a broken escape. */
function unescapeBytes(text: string): Uint8Array | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return undefined
  const parts = text.split(/(%[0-9A-Fa-f]{2})/)
  return Buffer.concat(
    parts.map((part) => (/^%..$/.test(part) ? Uint8Array.of(parseInt(part.slice(1), 16)) : encodeUtf8(part))),
  )
}

type Groups = Readonly<Record<string, string | undefined>>

function actionOf({ status, slow, plain, body, refused }: Groups): FaultAction | undefined {
  if (status !== undefined) return { kind: 'status', status: Number(status) }
  if (slow !== undefined) return { kind: 'slow', ms: Number(slow) }
  if (plain !== undefined) return { kind: plain as 'hang' | 'close' | 'reset' | 'cut' | 'expire' }
  if (body === undefined) return { kind: 'refused', ...(refused === undefined ? {} : { ms: Number(refused) }) }
  const bytes = unescapeBytes(body)
  return bytes === undefined ? undefined : { kind: 'body', body: bytes }
}

/**
 * Reads `PATTERN=ACTION[xCOUNT]`: `user-data=500x3`, `token=403`, `*=slow:1500`, `user-data=body:%ff`,
 * `*=refused:2000`.
 *
 * @throws PipelineError `USAGE`
 */
export function parseFault(text: string): Fault {
  const groups = SYNTAX.exec(text)?.groups
  const action = groups === undefined ? undefined : actionOf(groups)
  if (groups === undefined || action === undefined) throw usage(text)
  const { pattern = '', count } = groups
  // a port is open or not, whatever is asked for
  if (action.kind === 'refused' && (pattern !== '*' || count !== undefined)) throw usage(text)
  return { pattern, action, ...(count === undefined ? {} : { count: Number(count) }) }
}

/** Whether a fault is about the port, not about requests. */
export function isRefusal({ action }: Fault): boolean {
  return action.kind === 'refused'
}

/** How long after its start nothing listens: 0 if it listens at once, infinity if it never does. */
export function refusedMs(faults: readonly Fault[]): number {
  const times = faults.map(({ action }) => (action.kind === 'refused' ? (action.ms ?? Number.POSITIVE_INFINITY) : 0))
  return Math.max(0, ...times)
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
    this.left = faults
      .filter((fault) => !isRefusal(fault))
      .map((fault) => ({ fault, uses: fault.count ?? Number.POSITIVE_INFINITY }))
  }

  /** The first fault that is about this request and not used up. */
  take(name: string): FaultAction | undefined {
    const found = this.left.find(({ fault, uses }) => uses > 0 && matches(fault.pattern, name))
    if (found === undefined) return undefined
    found.uses--
    return found.fault.action
  }
}
