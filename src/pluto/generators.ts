/** The generators of pluto in their order; each sees what the ones before it found. */
import { createImdsClient, type ImdsClient } from '../imds/client.ts'
import * as imds from '../imds/targets.ts'
import { ActivityWatch } from '../lib/activity.ts'
import { messageOf, PipelineError } from '../lib/errors.ts'
import { canonicalIp } from '../lib/ip-address.ts'
import { jsonObject, type JsonObject, type JsonValue, type MutableJsonObject } from '../lib/json.ts'
import { PATHS } from '../lib/paths.ts'
import type { EventSink, Host, ProgramIo } from '../lib/ports.ts'
import { describeCallFailure, fetchPrivateDnsName, fetchServiceCidr, type AwsContext } from './aws.ts'
import type { PlutoSettings } from './settings.ts'
import { dnsIpOfServiceCidr, dnsIpOfVpcCidr, isHostname, maxPodsOf, providerId } from './values.ts'

/** What a generator works with. */
interface Run {
  readonly io: ProgramIo
  readonly host: Host
  readonly client: ImdsClient
  readonly settings: PlutoSettings
  /** Key below `settings.kubernetes` to generated value. */
  readonly found: MutableJsonObject
}

function missing(what: string): PipelineError {
  return new PipelineError('PLUTO_VALUE_MISSING', `the metadata service has no ${what}`)
}

function addressOf(text: string, setting: string, source: string): string {
  const address = canonicalIp(text)
  if (address === undefined) {
    throw new PipelineError(
      'PLUTO_INVALID_ADDRESS',
      `settings.kubernetes.${setting}: ${JSON.stringify(text)} from ${source} is no IP address`,
    )
  }
  return address
}

function awsContext({ io, host, settings }: Run, region: string): AwsContext {
  return { io, host, region, proxy: settings }
}

/** The cluster's DNS address by EKS. Whatever goes wrong leads to the metadata service instead. */
async function dnsIpByEks(run: Run): Promise<string | undefined> {
  const { region, clusterName } = run.settings
  if (region === undefined || clusterName === undefined) return undefined
  try {
    const cidr = await fetchServiceCidr(awsContext(run, region), clusterName)
    return cidr === undefined ? undefined : dnsIpOfServiceCidr(cidr)
  } catch (error) {
    run.io.signal.throwIfAborted()
    run.io.stderr.write(`pluto: EKS does not tell the service range: ${describeCallFailure(error)}\n`)
    return undefined
  }
}

async function dnsIpByVpc(client: ImdsClient): Promise<string> {
  const cidr = (await imds.fetchVpcCidrs(client, await imds.fetchFirstMac(client)))?.[0]
  if (cidr === undefined) throw missing('IPv4 range of the VPC')
  return dnsIpOfVpcCidr(cidr)
}

async function clusterDnsIp(run: Run): Promise<JsonValue> {
  const byEks = await dnsIpByEks(run)
  return addressOf(byEks ?? (await dnsIpByVpc(run.client)), 'cluster-dns-ip', byEks === undefined ? 'the VPC' : 'EKS')
}

async function nodeIp(run: Run): Promise<JsonValue> {
  const generated = run.found['cluster-dns-ip']
  const dnsIp = typeof generated === 'string' ? generated : run.settings.clusterDnsIps?.[0]
  if (dnsIp === undefined) {
    throw new PipelineError('PLUTO_INVALID_ADDRESS', 'settings.kubernetes.cluster-dns-ip is an empty list')
  }
  const isIpv6 = addressOf(dnsIp, 'cluster-dns-ip', 'the settings').includes(':')
  const text = isIpv6 ? await imds.fetchPrimaryIpv6(run.client) : await imds.fetchLocalIpv4(run.client)
  if (text === undefined) throw missing(isIpv6 ? 'IPv6 address' : 'local IPv4 address')
  return addressOf(text, 'node-ip', 'the metadata service')
}

/** Reference: whatever goes wrong leaves the setting unset, without a message. */
async function maxPods({ client, host, io }: Run): Promise<JsonValue | undefined> {
  try {
    const type = await imds.fetchInstanceType(client)
    return type === undefined ? undefined : maxPodsOf(type, host.fs.readText(PATHS.eniMaxPods))
  } catch {
    io.signal.throwIfAborted()
    return undefined
  }
}

async function instanceId(client: ImdsClient): Promise<string> {
  const id = await imds.fetchInstanceId(client)
  if (id === undefined) throw missing('instance id')
  return id
}

async function providerIdValue({ client }: Run): Promise<JsonValue> {
  const id = await instanceId(client)
  const zone = await imds.fetchZone(client)
  if (zone === undefined) throw missing('availability zone')
  return providerId(zone, id)
}

async function hostnameOverride(run: Run): Promise<JsonValue | undefined> {
  const { region, hostnameOverrideSource: source } = run.settings
  if (source === undefined) return undefined
  if (region === undefined) {
    throw new PipelineError(
      'PLUTO_VALUE_MISSING',
      'settings.kubernetes.hostname-override-source needs settings.aws.region, which is not set',
    )
  }
  const id = await instanceId(run.client)
  const name = source === 'instance-id' ? id : await fetchPrivateDnsName(awsContext(run, region), id)
  if (!isHostname(name)) {
    throw new PipelineError(
      'PLUTO_INVALID_HOSTNAME',
      `settings.kubernetes.hostname-override: ${JSON.stringify(name)} is no host name: it must have 1 to 253 characters ` +
        'of 0-9, a-z, "-" and "."',
    )
  }
  return name
}

interface Generator {
  readonly key: string
  readonly isSet: (settings: PlutoSettings) => boolean
  readonly generate: (run: Run) => Promise<JsonValue | undefined>
}

const GENERATORS: readonly Generator[] = [
  { key: 'cluster-dns-ip', isSet: (settings) => settings.clusterDnsIps !== undefined, generate: clusterDnsIp },
  { key: 'node-ip', isSet: (settings) => settings.nodeIp !== undefined, generate: nodeIp },
  { key: 'max-pods', isSet: (settings) => settings.maxPods !== undefined, generate: maxPods },
  { key: 'provider-id', isSet: (settings) => settings.providerId !== undefined, generate: providerIdValue },
  {
    key: 'hostname-override',
    isSet: (settings) => settings.hostnameOverride !== undefined,
    generate: hostnameOverride,
  },
]

/**
 * Finds the Kubernetes settings that have no value yet, by key below `settings.kubernetes`.
 *
 * @throws PipelineError of the first generator that fails
 */
export async function generateSettings(settings: PlutoSettings, io: ProgramIo, host: Host): Promise<JsonObject> {
  let watch: ActivityWatch | undefined
  const events: EventSink = {
    emit: (event) => {
      if (watch === undefined) host.events.emit(event)
      else watch.onEvent(event)
    },
  }
  const watched: Host = { ...host, events }
  const client = createImdsClient(watched, { program: 'pluto', stderr: io.stderr, signal: io.signal })
  const found = jsonObject()
  for (const { key, isSet, generate } of GENERATORS) {
    if (isSet(settings)) continue
    watch = new ActivityWatch(host, 'generator', `settings.kubernetes.${key}`)
    try {
      const value = await generate({ io, host: watched, client, settings, found })
      if (value !== undefined) found[key] = value
      watch.end({ outcome: value === undefined ? 'none' : 'ok' })
    } catch (error) {
      watch.end({ outcome: 'failed', reason: messageOf(error) })
      throw error
    }
  }
  return found
}
