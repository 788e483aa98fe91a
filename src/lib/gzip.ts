/** gzip (RFC 1952) as the reference reads it: the first member counts. */
import { nodeZlib } from './node-modules.ts'

const TRAILER_BYTES = 8
const FIXED_HEADER_BYTES = 10
const FLAG = { headerCrc: 2, extra: 4, name: 8, comment: 16 } as const

/** Whether data starts as gzip does. Any other format, and base64, counts as text. */
export function isGzip(data: Uint8Array): boolean {
  return data[0] === 0x1f && data[1] === 0x8b
}

function endOfText(data: Uint8Array, start: number): number {
  const end = data.indexOf(0, start)
  return end < 0 ? data.length : end + 1
}

/** Where the compressed data of the first gzip member starts (RFC 1952 section 2.3). */
function bodyStart(data: Uint8Array): number {
  const flags = data[3] ?? 0
  let at = FIXED_HEADER_BYTES
  if (flags & FLAG.extra) at += 2 + (data[at] ?? 0) + ((data[at + 1] ?? 0) << 8)
  if (flags & FLAG.name) at = endOfText(data, at)
  if (flags & FLAG.comment) at = endOfText(data, at)
  if (flags & FLAG.headerCrc) at += 2
  return at
}

/**
 * The content of the first gzip member; whatever follows it is ignored. Node's gunzip alone would add further members.
 *
 * @throws Error if the data is broken or ends too early
 */
export function gunzipFirst(data: Uint8Array): Uint8Array {
  const { gunzipSync, inflateRawSync } = nodeZlib()
  const start = bodyStart(data)
  // the call with `info` tells how much of the input the member took
  const inflated = inflateRawSync(data.subarray(start), { info: true }) as unknown as {
    engine: { bytesWritten: number }
  }
  return gunzipSync(data.subarray(0, start + inflated.engine.bytesWritten + TRAILER_BYTES))
}

/** How many bytes gzip makes of the data. */
export function gzipSize(data: Uint8Array): number {
  return nodeZlib().gzipSync(data).length
}
