/** The settings that pluto reads, as `apiclient get` prints them. Pure. */
import { messageOf, PipelineError } from '../lib/errors.ts'
import { isJsonArray, isJsonObject, member, type JsonObject, type JsonValue } from '../lib/json.ts'
import { parseJson } from '../lib/json-parse.ts'

const HOSTNAME_SOURCES = ['instance-id', 'private-dns-name'] as const
/** Where the node's name comes from. */
type HostnameSource = (typeof HOSTNAME_SOURCES)[number]

/** Whatever is undefined has no value yet. */
export interface PlutoSettings {
  readonly region: string | undefined
  readonly httpsProxy: string | undefined
  readonly noProxy: readonly string[] | undefined
  readonly clusterName: string | undefined
  /** One address or several. */
  readonly clusterDnsIps: readonly string[] | undefined
  readonly nodeIp: string | undefined
  readonly maxPods: JsonValue | undefined
  readonly providerId: string | undefined
  readonly hostnameOverride: string | undefined
  readonly hostnameOverrideSource: HostnameSource | undefined
}

function invalid(reason: string, cause?: unknown): PipelineError {
  return new PipelineError('PLUTO_SETTINGS_INVALID', `the settings that apiclient printed ${reason}`, { cause })
}

/** A group of settings; null and absent both mean that it has none. */
function groupOf(settings: JsonObject, name: string): JsonValue {
  const group = settings[name] ?? null
  if (group !== null && !isJsonObject(group)) throw invalid(`have something else than a table at settings.${name}`)
  return group
}

function textOf(group: JsonValue, path: string): string | undefined {
  const value = member(group, path.split('.').at(-1) ?? '') ?? undefined
  if (value !== undefined && typeof value !== 'string') throw invalid(`have no text at settings.${path}`)
  return value
}

function textsOf(group: JsonValue, path: string): string[] | undefined {
  const value = member(group, path.split('.').at(-1) ?? '') ?? undefined
  if (value === undefined) return undefined
  if (!isJsonArray(value)) throw invalid(`have no list at settings.${path}`)
  return value.map((item) => {
    if (typeof item !== 'string') throw invalid(`have something else than text in settings.${path}`)
    return item
  })
}

function hostnameSource(text: string | undefined): HostnameSource | undefined {
  const source = HOSTNAME_SOURCES.find((known) => known === text)
  if (text !== undefined && source === undefined) {
    throw invalid(`have ${JSON.stringify(text)} at settings.kubernetes.hostname-override-source`)
  }
  return source
}

/** Reads the output of `apiclient get`. @throws PipelineError `PLUTO_SETTINGS_INVALID` */
export function parseSettings(output: string): PlutoSettings {
  let document: JsonValue
  try {
    document = parseJson(output)
  } catch (cause) {
    throw invalid(`are not JSON: ${messageOf(cause)}`, cause)
  }
  const settings = member(document, 'settings')
  if (!isJsonObject(settings)) throw invalid('have no "settings"')
  const aws = groupOf(settings, 'aws')
  const network = groupOf(settings, 'network')
  const kubernetes = groupOf(settings, 'kubernetes')
  const dns = member(kubernetes, 'cluster-dns-ip') ?? undefined
  return {
    region: textOf(aws, 'aws.region'),
    httpsProxy: textOf(network, 'network.https-proxy'),
    noProxy: textsOf(network, 'network.no-proxy'),
    clusterName: textOf(kubernetes, 'kubernetes.cluster-name'),
    clusterDnsIps: typeof dns === 'string' ? [dns] : textsOf(kubernetes, 'kubernetes.cluster-dns-ip'),
    nodeIp: textOf(kubernetes, 'kubernetes.node-ip'),
    maxPods: member(kubernetes, 'max-pods') ?? undefined,
    providerId: textOf(kubernetes, 'kubernetes.provider-id'),
    hostnameOverride: textOf(kubernetes, 'kubernetes.hostname-override'),
    hostnameOverrideSource: hostnameSource(textOf(kubernetes, 'kubernetes.hostname-override-source')),
  }
}
