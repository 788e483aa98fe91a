import { isJsonArray, member, type JsonValue } from '../lib/json.ts'

const LOCAL = ['localhost', '127.0.0.1']

const textOf = (value: JsonValue | undefined): string | undefined => (typeof value === 'string' ? value : undefined)

/**
 * The proxy variables that generators get, in both letter cases; none unless an HTTPS proxy is set.
 *
 * @param settings the live settings tree
 */
export function proxyEnvironment(settings: JsonValue | undefined): Readonly<Record<string, string>> {
  const network = member(settings, 'network')
  const proxy = textOf(member(network, 'https-proxy'))
  if (proxy === undefined) return {}
  const listed = member(network, 'no-proxy')
  const kubernetes = member(settings, 'kubernetes')
  const noProxy = [
    ...LOCAL,
    ...(isJsonArray(listed) ? listed : []).filter((item): item is string => typeof item === 'string' && item !== ''),
    textOf(member(kubernetes, 'api-server')),
    textOf(member(kubernetes, 'cluster-domain')),
  ]
    .filter((item) => item !== undefined)
    .join(',')
  return { https_proxy: proxy, HTTPS_PROXY: proxy, no_proxy: noProxy, NO_PROXY: noProxy }
}
