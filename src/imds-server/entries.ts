/**
 * What the metadata service lists, as one tree.
 *
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-metadata.html
 */
import { gzipSync } from 'node:zlib'
import { sortedUnique } from '../lib/byte-order.ts'
import type { MetadataFacts, UserDataFact } from '../lib/facts.ts'
import { printJsonPretty, toJson } from '../lib/json.ts'
import { decodeBase64Strict } from '../lib/strict-base64.ts'
import { encodeUtf8 } from '../lib/utf8.ts'

/** Path without version and outer slashes to content. Directories are implied by what is below them. */
export type Entries = ReadonlyMap<string, Uint8Array>

/** The versions that can be asked for, beside `latest`. */
export const VERSIONS = [
  '1.0',
  '2007-01-19',
  '2007-03-01',
  '2007-08-29',
  '2007-10-10',
  '2007-12-15',
  '2008-02-01',
  '2008-09-01',
  '2009-04-04',
  '2011-01-01',
  '2011-05-01',
  '2012-01-12',
  '2014-02-25',
  '2014-11-05',
  '2015-10-20',
  '2016-04-19',
  '2016-06-30',
  '2016-09-02',
  '2018-03-28',
  '2018-08-17',
  '2018-09-24',
  '2019-10-01',
  '2020-10-27',
  '2021-01-03',
  '2021-03-23',
  '2021-07-15',
  '2022-07-09',
  '2022-09-24',
  '2024-04-11',
] as const

const MACS = 'meta-data/network/interfaces/macs'
const ROLES = 'meta-data/iam/security-credentials'
const ROLE_LIFE_MS = 6 * 3600 * 1000

/** The user data as served: text or bytes, compressed if the facts say so. */
function userDataBytes(fact: UserDataFact, gzip = false): Uint8Array {
  const bytes = typeof fact === 'string' ? encodeUtf8(fact) : (decodeBase64Strict(fact.base64) ?? new Uint8Array())
  return gzip ? gzipSync(bytes) : bytes
}

function identityDocument(facts: MetadataFacts): string {
  return printJsonPretty(
    toJson({
      accountId: facts.accountId,
      architecture: 'x86_64',
      availabilityZone: facts.availabilityZone,
      imageId: 'ami-0a1b2c3d4e5f67890',
      instanceId: facts.instanceId,
      instanceType: facts.instanceType,
      pendingTime: '2024-01-01T00:00:00Z',
      privateIp: facts.localIpv4,
      region: facts.region,
      version: '2017-09-30',
    }),
  )
}

/** Role credentials that work with the service's own AWS answers only; they expire six hours after `nowMs`. */
function roleCredentials(nowMs: number): string {
  const time = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
  return printJsonPretty(
    toJson({
      Code: 'Success',
      LastUpdated: time(nowMs),
      Type: 'AWS-HMAC',
      AccessKeyId: 'ASIAEXAMPLEEXAMPLE00',
      SecretAccessKey: 'not-a-secret-this-key-opens-nothing-0000',
      Token: 'not-a-secret-this-token-opens-nothing',
      Expiration: time(nowMs + ROLE_LIFE_MS),
    }),
  )
}

function interfaceEntries(facts: MetadataFacts): [string, string][] {
  return facts.macs.flatMap(({ mac, vpcIpv4CidrBlocks, ipv6s }, i) => {
    const at = `${MACS}/${mac}`
    const entries: [string, string][] = [
      [`${at}/device-number`, String(i)],
      [`${at}/mac`, mac],
    ]
    if (vpcIpv4CidrBlocks.length > 0) entries.push([`${at}/vpc-ipv4-cidr-blocks`, vpcIpv4CidrBlocks.join('\n')])
    if (ipv6s.length > 0) entries.push([`${at}/ipv6s`, ipv6s.join('\n')])
    if (i === 0) entries.push([`${at}/local-ipv4s`, facts.localIpv4])
    return entries
  })
}

/** The list of keys names each by its comment, as EC2 does by the key pair's name. */
function keyEntries(keys: readonly string[]): [string, string][] {
  if (keys.length === 0) return []
  const names = keys.map((key, i) => `${String(i)}=${key.trim().split(/\s+/)[2] ?? `key-${String(i)}`}`)
  return [
    ['meta-data/public-keys', names.join('\n')],
    ...keys.map((key, i): [string, string] => [`meta-data/public-keys/${String(i)}/openssh-key`, key]),
  ]
}

function textEntries(facts: MetadataFacts, nowMs: number): [string, string][] {
  return [
    ['dynamic/instance-identity/document', identityDocument(facts)],
    ['meta-data/ami-id', 'ami-0a1b2c3d4e5f67890'],
    ['meta-data/hostname', facts.localHostname],
    [ROLES, facts.roleName],
    [`${ROLES}/${facts.roleName}`, roleCredentials(nowMs)],
    ['meta-data/instance-id', facts.instanceId],
    ['meta-data/instance-life-cycle', 'on-demand'],
    ['meta-data/instance-type', facts.instanceType],
    ['meta-data/local-hostname', facts.localHostname],
    ['meta-data/local-ipv4', facts.localIpv4],
    [MACS, facts.macs.map(({ mac }) => `${mac}/`).join('\n')],
    ...interfaceEntries(facts),
    ...(facts.macs[0] === undefined ? [] : [['meta-data/mac', facts.macs[0].mac] as [string, string]]),
    ['meta-data/placement/availability-zone', facts.availabilityZone],
    ['meta-data/placement/region', facts.region],
    ['meta-data/services/domain', facts.partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com'],
    ['meta-data/services/partition', facts.partition],
    ...keyEntries(facts.publicKeys),
    ...(facts.lifecycleState === undefined
      ? []
      : [['meta-data/autoscaling/target-lifecycle-state', facts.lifecycleState] as [string, string]]),
  ]
}

/** Everything that the service has at a moment; `paths` of the facts has the last word. */
export function metadataEntries(facts: MetadataFacts, nowMs: number): Entries {
  const entries = new Map<string, Uint8Array>()
  for (const [path, text] of textEntries(facts, nowMs)) entries.set(path, encodeUtf8(text))
  if (facts.userData !== undefined) entries.set('user-data', userDataBytes(facts.userData, facts.userDataGzip))
  for (const [given, text] of Object.entries(facts.paths ?? {})) {
    const path = given.replace(/^\/+|\/+$/g, '')
    if (text === null) {
      for (const known of entries.keys()) if (known === path || known.startsWith(`${path}/`)) entries.delete(known)
    } else {
      entries.set(path, encodeUtf8(text))
    }
  }
  return entries
}

/** The names directly below a directory, those of directories with a final slash, one per line; undefined if none. */
export function listDirectory(entries: Entries, directory: string): string | undefined {
  const prefix = directory === '' ? '' : `${directory}/`
  const names = new Set<string>()
  for (const path of entries.keys()) {
    if (!path.startsWith(prefix)) continue
    const [name = '', ...rest] = path.slice(prefix.length).split('/')
    if (rest.length > 0) names.delete(name)
    if (rest.length > 0 || !names.has(`${name}/`)) names.add(rest.length > 0 ? `${name}/` : name)
  }
  return names.size === 0 ? undefined : sortedUnique(names).join('\n')
}
