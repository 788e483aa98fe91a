/**
 * The facts file: what to take for true of the machine instead of asking it. JSON, all members optional, names in
 * camel case.
 */
import { isIP } from 'node:net'
import type { Diagnostic } from './diagnostics.ts'
import { PipelineError } from './errors.ts'
import { isJsonArray, isJsonObject, type JsonValue } from './json.ts'
import { JsonSyntaxError, parseJson } from './json-parse.ts'
import type { PciDevice } from './ports.ts'
import { decodeBase64Strict } from './strict-base64.ts'
import { MAX_USER_DATA_BYTES } from './user-data-limit.ts'
import { encodeUtf8 } from './utf8.ts'

/** What an instance's user data is: text as it stands, or bytes in base64. */
export type UserDataFact = string | { readonly base64: string }

interface InterfaceFacts {
  /** Without the `/` that the metadata service puts behind it. */
  readonly mac: string
  readonly vpcIpv4CidrBlocks: readonly string[]
  readonly ipv6s: readonly string[]
}

/** What the metadata service of the instance says. */
export interface MetadataFacts {
  /** Absent: the instance has no user data. */
  readonly userData?: UserDataFact
  /** Serve the user data compressed. */
  readonly userDataGzip?: boolean
  readonly region: string
  readonly availabilityZone: string
  readonly accountId: string
  readonly instanceId: string
  readonly instanceType: string
  readonly localIpv4: string
  readonly localHostname: string
  readonly partition: string
  readonly macs: readonly InterfaceFacts[]
  /** Public SSH keys in OpenSSH form. */
  readonly publicKeys: readonly string[]
  /** Absent: the instance is in no Auto Scaling group. */
  readonly lifecycleState?: string
  readonly roleName: string
  /** Entries by path (`meta-data/ami-id`) that replace the above; null removes an entry and what is below it. */
  readonly paths?: Readonly<Record<string, string | null>>
}

/** What AWS answers at boot. A service that is absent denies access. */
export interface AwsFacts {
  readonly eks?: { readonly serviceIpv4Cidr: string }
  readonly ec2?: { readonly privateDnsName: string }
}

export interface Facts {
  readonly cpus?: number
  readonly arch?: string
  readonly memoryBytes?: number
  /** The address that the host got by DHCP or from its configuration. */
  readonly currentIp?: string
  /** Host name to addresses; names that are not here do not resolve. */
  readonly resolve?: Readonly<Record<string, readonly string[]>>
  readonly pciDevices?: readonly PciDevice[]
  readonly imds?: MetadataFacts
  readonly aws?: AwsFacts
}

type Known = 'localHostname' | 'availabilityZone' | 'partition'

const PARTITIONS: readonly (readonly [RegExp, string])[] = [
  [/^cn-/, 'aws-cn'],
  [/^us-gov-/, 'aws-us-gov'],
  [/^us-isob-/, 'aws-iso-b'],
  [/^us-isof-/, 'aws-iso-f'],
  [/^eu-isoe-/, 'aws-iso-e'],
  [/^us-iso-/, 'aws-iso'],
  [/^eusc-/, 'aws-eusc'],
]

/** The AWS partition that a region belongs to. */
export function partitionOf(region: string): string {
  return PARTITIONS.find(([pattern]) => pattern.test(region))?.[1] ?? 'aws'
}

/** The private DNS name that EC2 gives an address by default. */
function privateName(ip: string, region: string): string {
  const domain = region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`
  return `ip-${ip.replaceAll('.', '-')}.${domain}`
}

const INSTANCE: Omit<MetadataFacts, Known> = {
  region: 'us-west-2',
  accountId: '123456789012',
  instanceId: 'i-0a1b2c3d4e5f67890',
  instanceType: 'm5.large',
  localIpv4: '10.0.0.7',
  macs: [{ mac: '0a:1b:2c:3d:4e:5f', vpcIpv4CidrBlocks: ['10.0.0.0/16'], ipv6s: [] }],
  publicKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7m0Zc1v0C3f1yq0l7o4b3mT8sR2kXwN5pQdVhYtE9L operator'],
  roleName: 'bottlerocket-node',
}

/** Fills what is not given, from what is: the zone, partition and host name follow from region and address. */
export function completeMetadata(given: Partial<MetadataFacts> = {}): MetadataFacts {
  const all = { ...INSTANCE, ...given }
  return {
    ...all,
    availabilityZone: given.availabilityZone ?? `${all.region}a`,
    partition: given.partition ?? partitionOf(all.region),
    localHostname: given.localHostname ?? privateName(all.localIpv4, all.region),
  }
}

/** A plausible m5.large in us-west-2 without user data. */
export const DEFAULT_METADATA: MetadataFacts = completeMetadata()

/** Turns a JSON value into what it stands for, or returns a text that says what it should have been. */
type Check = (value: JsonValue, note: Note, at: string) => unknown
/** Takes down one problem. */
type Note = (at: string, problem: string) => void

/** Something of the user's that is wrong with a value. */
const expected =
  (what: string, test: (value: JsonValue) => boolean): Check =>
  (value, note, at) => {
    if (!test(value)) note(at, `should be ${what}`)
    return typeof value === 'bigint' ? Number(value) : value
  }

const isText = (value: JsonValue): value is string => typeof value === 'string'

const text = expected('a string', isText)
const bool = expected('true or false', (value) => typeof value === 'boolean')
const count = expected('a whole number of 1 or more', (value) => typeof value === 'bigint' && value > 0n)
const arch = expected('"x86_64" or "aarch64"', (value) => value === 'x86_64' || value === 'aarch64')
const address = expected('an IP address', (value) => isText(value) && isIP(value) !== 0)
const hexId = expected('four lower-case hex digits', (value) => isText(value) && /^[0-9a-f]{4}$/.test(value))
const entryText = expected('a string or null', (value) => isText(value) || value === null)
const base64 = expected('base64 with padding', (value) => isText(value) && decodeBase64Strict(value) !== undefined)

const list =
  (item: Check): Check =>
  (value, note, at) => {
    if (isJsonArray(value)) return value.map((one, i) => item(one, note, `${at}[${String(i)}]`))
    note(at, 'should be a list')
    return []
  }

const record =
  (item: Check): Check =>
  (value, note, at) => {
    if (!isJsonObject(value)) {
      note(at, 'should be an object')
      return {}
    }
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, item(one, note, `${at}[${JSON.stringify(name)}]`)]),
    )
  }

/** An object with these members only; those in `required` must be there. */
const shape =
  (members: Readonly<Record<string, Check>>, required: readonly string[] = []): Check =>
  (value, note, at) => {
    if (!isJsonObject(value)) {
      note(at, 'should be an object')
      return {}
    }
    const inside = (name: string): string => (at === '' ? name : `${at}.${name}`)
    for (const name of required) if (!Object.hasOwn(value, name)) note(inside(name), 'is missing')
    const found: Record<string, unknown> = {}
    for (const [name, one] of Object.entries(value)) {
      const check = Object.hasOwn(members, name) ? members[name] : undefined
      if (check === undefined) note(inside(name), `is not known; known here: ${Object.keys(members).join(', ')}`)
      else found[name] = check(one, note, inside(name))
    }
    return found
  }

const base64Object = shape({ base64 }, ['base64'])
const userData: Check = (value, note, at) => (isText(value) ? value : base64Object(value, note, at))

/** EC2 counts the bytes that it stores: those of compressed user data if it is served so. */
function checkUserDataSize({ userData: fact, userDataGzip }: Partial<MetadataFacts>, note: Note): void {
  if (fact === undefined || userDataGzip === true) return
  const bytes = typeof fact === 'string' ? encodeUtf8(fact).length : (decodeBase64Strict(fact.base64)?.length ?? 0)
  const most = String(MAX_USER_DATA_BYTES)
  if (bytes > MAX_USER_DATA_BYTES) {
    note('imds.userData', `has ${String(bytes)} bytes, an EC2 instance holds at most ${most}`)
  }
}

const METADATA = shape({
  userData,
  userDataGzip: bool,
  region: text,
  availabilityZone: text,
  accountId: text,
  instanceId: text,
  instanceType: text,
  localIpv4: text,
  localHostname: text,
  partition: text,
  macs: list(shape({ mac: text, vpcIpv4CidrBlocks: list(text), ipv6s: list(text) }, ['mac'])),
  publicKeys: list(text),
  lifecycleState: text,
  roleName: text,
  paths: record(entryText),
})

const FACTS = shape({
  cpus: count,
  arch,
  memoryBytes: count,
  currentIp: address,
  resolve: record(list(address)),
  pciDevices: list(shape({ vendor: hexId, device: hexId }, ['vendor', 'device'])),
  imds: METADATA,
  aws: shape({
    eks: shape({ serviceIpv4Cidr: text }, ['serviceIpv4Cidr']),
    ec2: shape({ privateDnsName: text }, ['privateDnsName']),
  }),
})

function fail(file: string, diagnostics: readonly Diagnostic[]): never {
  throw new PipelineError('FACTS_INVALID', `the facts file ${file} is not understood`, { diagnostics })
}

function readJson(source: string, file: string): JsonValue {
  try {
    return parseJson(source)
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    const { line, column, message } = error
    const at = { file, line, column, endLine: line, endColumn: column + 1 }
    return fail(file, [{ code: 'FACTS_INVALID', severity: 'error', message: `not JSON: ${message}`, at }])
  }
}

/**
 * Reads a facts file. Missing members of `imds` are filled with plausible values.
 *
 * @param file the file's name as the user typed it
 * @throws PipelineError `FACTS_INVALID` with one finding per member that is wrong
 */
export function parseFacts(source: string, file: string): Facts {
  const diagnostics: Diagnostic[] = []
  const note: Note = (at, problem) => {
    const message = at === '' ? `the file ${problem}` : `${at} ${problem}`
    diagnostics.push({ code: 'FACTS_INVALID', severity: 'error', message })
  }
  const found = FACTS(readJson(source, file), note, '') as Facts
  if (diagnostics.length === 0 && found.imds !== undefined) checkUserDataSize(found.imds, note)
  if (diagnostics.length > 0) fail(file, diagnostics)
  if (found.imds === undefined) return found
  const given: Partial<MetadataFacts> = found.imds
  const macs = given.macs?.map((one) => ({ mac: one.mac, ...withLists(one) }))
  return { ...found, imds: completeMetadata(macs === undefined ? given : { ...given, macs }) }
}

function withLists(one: Partial<MetadataFacts['macs'][number]>): Omit<MetadataFacts['macs'][number], 'mac'> {
  return { vpcIpv4CidrBlocks: one.vpcIpv4CidrBlocks ?? [], ipv6s: one.ipv6s ?? [] }
}
