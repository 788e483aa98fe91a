/** The entries of the instance metadata that the programs use. Absent ones (404) are undefined unless told otherwise. */
import { PipelineError } from '../lib/errors.ts'
import { parseJson } from '../lib/json-parse.ts'
import { member, type JsonValue } from '../lib/json.ts'
import type { ImdsClient } from './client.ts'

const MACS = 'meta-data/network/interfaces/macs'
const MAX_UINT32 = 0xffff_ffff

/** Lines of a text: a final line end adds no line, a `\r` before a `\n` is dropped, nothing else is trimmed. */
export function splitLines(text: string): string[] {
  const lines = text.split('\n')
  const last = lines.pop() ?? ''
  return [...lines.map((line) => line.replace(/\r$/, '')), ...(last === '' ? [] : [last])]
}

async function fetchLines(client: ImdsClient, target: string): Promise<string[] | undefined> {
  const text = await client.fetchText(target)
  return text === undefined ? undefined : splitLines(text)
}

/** The user data as stored, possibly compressed. */
export function fetchUserData(client: ImdsClient): Promise<Uint8Array | undefined> {
  return client.fetchBytes('user-data')
}

/** The instance identity document. @throws PipelineError `IMDS_INVALID_ANSWER` if it is not JSON */
export async function fetchIdentityDocument(client: ImdsClient): Promise<JsonValue | undefined> {
  const text = await client.fetchText('dynamic/instance-identity/document')
  try {
    return text === undefined ? undefined : parseJson(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new PipelineError('IMDS_INVALID_ANSWER', `the instance identity document is not JSON: ${reason}`, { cause })
  }
}

async function documentText(client: ImdsClient, name: string): Promise<string | undefined> {
  const value = member(await fetchIdentityDocument(client), name)
  return typeof value === 'string' ? value : undefined
}

/** The region of the identity document; undefined also if it is not a string. */
export function fetchRegion(client: ImdsClient): Promise<string | undefined> {
  return documentText(client, 'region')
}

/** The availability zone of the identity document; undefined also if it is not a string. */
export function fetchZone(client: ImdsClient): Promise<string | undefined> {
  return documentText(client, 'availabilityZone')
}

/** The AWS partition, such as `aws` or `aws-cn`. */
export function fetchPartition(client: ImdsClient): Promise<string | undefined> {
  return client.fetchText('meta-data/services/partition')
}

/** MAC addresses as the service lists them, with the `/` that it puts behind each. */
export function fetchMacs(client: ImdsClient): Promise<string[] | undefined> {
  return fetchLines(client, MACS)
}

/** IPv4 CIDR blocks of the VPC that an interface is in. `mac` is as `fetchMacs` gave it. */
export function fetchVpcCidrs(client: ImdsClient, mac: string): Promise<string[] | undefined> {
  return fetchLines(client, `${MACS}/${mac}/vpc-ipv4-cidr-blocks`)
}

/** The first MAC address. @throws PipelineError `IMDS_VALUE_MISSING` if there is none */
export async function fetchFirstMac(client: ImdsClient): Promise<string> {
  const mac = (await fetchMacs(client))?.[0]
  if (mac === undefined) {
    throw new PipelineError('IMDS_VALUE_MISSING', `the metadata service lists no network interface (${MACS})`)
  }
  return mac
}

/** The first IPv6 address of the first interface. @throws PipelineError `IMDS_VALUE_MISSING` if there is no interface */
export async function fetchPrimaryIpv6(client: ImdsClient): Promise<string | undefined> {
  const mac = await fetchFirstMac(client)
  return (await fetchLines(client, `${MACS}/${mac}/ipv6s`))?.[0]
}

/** The private IPv4 address, as is. */
export function fetchLocalIpv4(client: ImdsClient): Promise<string | undefined> {
  return client.fetchText('meta-data/local-ipv4')
}

/** The instance type, such as `m5.large`, as is. */
export function fetchInstanceType(client: ImdsClient): Promise<string | undefined> {
  return client.fetchText('meta-data/instance-type')
}

/** The instance id, as is. */
export function fetchInstanceId(client: ImdsClient): Promise<string | undefined> {
  return client.fetchText('meta-data/instance-id')
}

/** Where an Auto Scaling group wants the instance, such as `InService`. */
export function fetchLifecycleState(client: ImdsClient): Promise<string | undefined> {
  return client.fetchText('meta-data/autoscaling/target-lifecycle-state')
}

/** The private host name: the first word of what the service lists, without final dots. */
export async function fetchLocalHostname(client: ImdsClient): Promise<string | undefined> {
  const text = await client.fetchText('meta-data/local-hostname')
  const word = text?.split(/\p{White_Space}+/u).find((part) => part !== '')
  return word?.replace(/\.+$/, '')
}

/** Whether a text is an unsigned 32-bit number; a leading `+` and zeros are fine. */
function isUint32(text: string): boolean {
  return /^\+?[0-9]+$/.test(text) && Number(text) <= MAX_UINT32
}

/**
 * The public SSH keys of the instance, in the service's order. Entries that are no keys are skipped with a warning.
 *
 * @throws PipelineError `IMDS_VALUE_MISSING` if a key is listed but not there
 */
export async function fetchPublicKeys(
  client: ImdsClient,
  warn: (text: string) => void = () => undefined,
): Promise<string[] | undefined> {
  const entries = await fetchLines(client, 'meta-data/public-keys')
  if (entries === undefined) return undefined
  const keys: string[] = []
  for (const entry of entries) {
    const index = entry.split('=', 1)[0] as string
    if (!isUint32(index)) {
      warn(`public key entry ${JSON.stringify(entry)} has no number, skipped`)
      continue
    }
    const target = `meta-data/public-keys/${index}/openssh-key`
    const text = await client.fetchText(target)
    if (text === undefined) {
      throw new PipelineError('IMDS_VALUE_MISSING', `public key ${entry} is listed, but ${target} is missing`)
    }
    const key = text.replace(/\p{White_Space}+$/u, '')
    if (key.startsWith('ssh')) keys.push(key)
    else warn(`public key ${entry} does not start with "ssh", skipped`)
  }
  return keys
}
