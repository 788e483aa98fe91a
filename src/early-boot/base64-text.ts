import { PipelineError } from '../lib/errors.ts'
import { decodeBase64Strict } from '../lib/strict-base64.ts'

/** Bytes of base64 text. No white space, padding as RFC 4648 has it. @throws PipelineError `USERDATA_NOT_BASE64` */
export function decodeBase64Text(text: string, source: string): Uint8Array {
  const bytes = decodeBase64Strict(text)
  if (bytes !== undefined) return bytes
  const hint = /\s/.test(text)
    ? 'there is white space in it: encode without line breaks (base64 -w0)'
    : /[-_]/.test(text)
      ? 'this looks like the URL-safe alphabet; the standard one, with + and /, is needed'
      : 'the standard alphabet with padding is needed'
  throw new PipelineError('USERDATA_NOT_BASE64', `the user data of ${source} is not base64`, { hint })
}
