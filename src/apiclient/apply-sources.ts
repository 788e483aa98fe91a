/** Where documents to apply come from: standard input, files, the network. */
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { isSuccess } from '../api/client.ts'
import { messageOf, PipelineError, systemCode } from '../lib/errors.ts'
import type { Host, HttpResponse, ProgramIo } from '../lib/ports.ts'
import { decodeUtf8, decodeUtf8Lossy } from '../lib/utf8.ts'

export type Source =
  | { readonly kind: 'stdin'; readonly name: string }
  | { readonly kind: 'file'; readonly name: string; readonly path: string }
  | { readonly kind: 'http'; readonly name: string; readonly url: string }

const MAX_REDIRECTS = 10
const REDIRECTS = [301, 302, 303, 307, 308]

function unreadable(name: string, reason: string, cause?: unknown): PipelineError {
  return new PipelineError('APPLY_SOURCE_UNREADABLE', `cannot read ${name}: ${reason}`, { cause })
}

/**
 * What a word of the command line names: `-`, an address, or a path.
 *
 * @param cwd directory that paths are relative to
 * @throws PipelineError `APPLY_SOURCE_UNREADABLE` for an address that cannot be fetched
 */
export function parseSource(word: string, cwd: string): Source {
  if (word === '-') return { kind: 'stdin', name: 'standard input' }
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(word)?.[1]?.toLowerCase()
  const isUri = scheme !== undefined && (['file', 'http', 'https'].includes(scheme) || /^[^:]+:\/\//.test(word))
  if (!isUri) return { kind: 'file', name: word, path: path.posix.resolve(cwd, word) }
  if (!URL.canParse(word)) throw unreadable(word, 'not a valid URI')
  const url = new URL(word)
  if (url.protocol === 'http:' || url.protocol === 'https:') return { kind: 'http', name: word, url: url.href }
  if (url.protocol !== 'file:') throw unreadable(word, 'only file:, http: and https: can be read')
  try {
    return { kind: 'file', name: word, path: fileURLToPath(url) }
  } catch (cause) {
    throw unreadable(word, messageOf(cause), cause)
  }
}

async function fetchUrl(source: Extract<Source, { kind: 'http' }>, io: ProgramIo, host: Host): Promise<Uint8Array> {
  let { url } = source
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    let response: HttpResponse
    try {
      response = await host.http.request({ method: 'GET', url, headers: { accept: '*/*' }, signal: io.signal })
    } catch (cause) {
      throw unreadable(source.name, systemCode(cause) ?? messageOf(cause), cause)
    }
    const { location } = response.headers
    if (!REDIRECTS.includes(response.status) || location === undefined) {
      if (isSuccess(response.status)) return response.body
      throw unreadable(source.name, `status ${String(response.status)}: ${decodeUtf8Lossy(response.body)}`)
    }
    if (!URL.canParse(location, url)) throw unreadable(source.name, `redirected to the invalid address ${location}`)
    url = new URL(location, url).href
  }
  throw unreadable(source.name, `more than ${String(MAX_REDIRECTS)} redirects`)
}

async function readBytes(source: Source, io: ProgramIo, host: Host): Promise<Uint8Array> {
  if (source.kind === 'stdin') return io.readStdin()
  if (source.kind === 'http') return fetchUrl(source, io, host)
  try {
    return host.fs.readBytes(source.path)
  } catch (cause) {
    throw unreadable(source.name, systemCode(cause) ?? messageOf(cause), cause)
  }
}

/** The text of a source. @throws PipelineError `APPLY_SOURCE_UNREADABLE` */
export async function fetchSource(source: Source, io: ProgramIo, host: Host): Promise<string> {
  const bytes = await readBytes(source, io, host)
  try {
    return decodeUtf8(bytes)
  } catch (cause) {
    throw unreadable(source.name, 'not UTF-8 text', cause)
  }
}
