/** Whether and how an AWS call goes through the proxy of the settings. Pure. */
import { PipelineError } from '../lib/errors.ts'
import type { HttpProxy } from '../lib/ports.ts'
import { encodeBase64 } from '../lib/strict-base64.ts'

export interface ProxySettings {
  readonly httpsProxy: string | undefined
  readonly noProxy: readonly string[] | undefined
}

function invalid(text: string): PipelineError {
  return new PipelineError('PLUTO_PROXY_INVALID', `settings.network.https-proxy is no URL of a proxy: ${text}`)
}

/** The URL without user name and password, for messages. */
function withoutCredentials(text: string): string {
  return text.replace(/^([^/@]*\/\/)?[^/]*@/, '$1')
}

/**
 * The proxy of the settings. User name and password are used as they stand in the URL, percent escapes included.
 *
 * Reference: the text is read twice: with `http://` put in front where it names no scheme, and as it is, to find the user
 * name. So `10.0.0.1:3128` is refused, `proxy.example.com:3128` is not, and a user name counts only behind a scheme.
 *
 * @throws PipelineError `PLUTO_PROXY_INVALID`
 */
export function parseProxy(text: string): HttpProxy {
  const full = text.includes('://') ? text : `http://${text}`
  if (!URL.canParse(full) || !URL.canParse(text)) throw invalid(withoutCredentials(text))
  const { protocol, host } = new URL(full)
  if (host === '' || (protocol !== 'http:' && protocol !== 'https:')) throw invalid(withoutCredentials(text))
  const { username, password } = new URL(text)
  const hasUser = username !== '' || password !== ''
  return {
    url: `${protocol}//${host}`,
    ...(hasUser ? { authorization: `Basic ${encodeBase64(`${username}:${password}`)}` } : {}),
  }
}

/** Whether a host is left out of proxying: the list has `*`, or an entry that the name ends with. */
export function isDirect(host: string, noProxy: readonly string[] | undefined): boolean {
  return noProxy?.some((entry) => entry === '*' || (entry !== '' && host.endsWith(entry))) === true
}

/**
 * The proxy for an AWS call, or undefined for a direct connection. Plain `http` endpoints, which only an override can
 * name, are always direct: the setting is about HTTPS.
 *
 * @throws PipelineError `PLUTO_PROXY_INVALID`, also where the proxy would not be used
 */
export function proxyFor(url: string, settings: ProxySettings): HttpProxy | undefined {
  if (settings.httpsProxy === undefined) return undefined
  const proxy = parseProxy(settings.httpsProxy)
  const { protocol, hostname } = new URL(url)
  return protocol !== 'https:' || isDirect(hostname, settings.noProxy) ? undefined : proxy
}
