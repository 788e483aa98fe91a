/** Defaults of the OCI runtime specification (https://github.com/opencontainers/runtime-spec) from settings. */
import { compareBytes, sortedEntries } from '../../lib/byte-order.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../lib/json.ts'
import { originBelow, refuse, stringOf, typeName, valueOf, type Args, type RenderFacts } from '../helper.ts'
import type { TextHelper } from '../helper.ts'
import type { Operand, Text } from '../values.ts'

const CAPABILITIES = new Set(
  (
    'audit-control audit-read audit-write block-suspend bpf checkpoint-restore chown dac-override dac-read-search ' +
    'fowner fsetid ipc-lock ipc-owner kill lease linux-immutable mac-admin mac-override mknod net-admin ' +
    'net-bind-service net-broadcast net-raw perfmon setgid setfcap setpcap setuid sys-admin sys-boot sys-chroot ' +
    'sys-module sys-nice sys-pacct sys-ptrace sys-rawio sys-resource sys-time sys-tty-config syslog wake-alarm'
  ).split(' '),
)

const LIMITS = new Map([
  ['max-address-space', 'RLIMIT_AS'],
  ['max-core-file-size', 'RLIMIT_CORE'],
  ['max-cpu-time', 'RLIMIT_CPU'],
  ['max-data-size', 'RLIMIT_DATA'],
  ['max-file-locks', 'RLIMIT_LOCKS'],
  ['max-file-size', 'RLIMIT_FSIZE'],
  ['max-locked-memory', 'RLIMIT_MEMLOCK'],
  ['max-msgqueue-size', 'RLIMIT_MSGQUEUE'],
  ['max-nice-priority', 'RLIMIT_NICE'],
  ['max-open-files', 'RLIMIT_NOFILE'],
  ['max-pending-signals', 'RLIMIT_SIGPENDING'],
  ['max-processes', 'RLIMIT_NPROC'],
  ['max-realtime-priority', 'RLIMIT_RTPRIO'],
  ['max-realtime-timeout', 'RLIMIT_RTTIME'],
  ['max-resident-set', 'RLIMIT_RSS'],
  ['max-stack-size', 'RLIMIT_STACK'],
])

const UNLIMITED = -1n
const MAX_LIMIT = 2n ** 63n - 1n
/** `RLIM_INFINITY` of Linux. */
const INFINITY = 2n ** 64n - 1n

type Runtime = 'docker' | 'containerd'

function capabilityList(setting: Operand, capabilities: JsonObject): string {
  const names = sortedEntries(capabilities).flatMap(([name, enabled]) => {
    const place = { value: enabled, origin: originBelow(setting, name) }
    if (!CAPABILITIES.has(name)) refuse(place, `'${name}' is no capability`)
    if (typeof enabled !== 'boolean') refuse(place, `a capability is a boolean, not ${typeName(enabled)}`)
    return enabled ? [`"CAP_${name.toUpperCase().replaceAll('-', '_')}"`] : []
  })
  return names.sort(compareBytes).join(',\n')
}

function capabilities(runtime: Runtime, setting: Operand, value: JsonObject): string {
  const list = capabilityList(setting, value)
  if (runtime === 'docker') return `[${list}]`
  return `"bounding": [${list}],\n"effective": [${list}],\n"permitted": [${list}]\n`
}

interface Limit {
  readonly hard: bigint
  readonly soft: bigint
}

function bound(value: JsonValue | undefined, origin: Operand['origin']): bigint {
  if (value === 'unlimited') return UNLIMITED
  if (typeof value === 'bigint' && value >= UNLIMITED && value <= MAX_LIMIT) return value
  return refuse({ value, origin }, 'a limit is an integer from -1, or "unlimited"')
}

function limitOf(setting: Operand, name: string, value: JsonValue): Limit {
  const origin = originBelow(setting, name)
  const place = { value, origin }
  if (!LIMITS.has(name)) refuse(place, `'${name}' is no resource limit`)
  if (!isJsonObject(value) || Object.keys(value).length !== 2)
    refuse(place, 'a limit has a hard-limit and a soft-limit')
  return {
    hard: bound(value['hard-limit'], originBelow({ origin }, 'hard-limit')),
    soft: bound(value['soft-limit'], originBelow({ origin }, 'soft-limit')),
  }
}

function limitEntry(runtime: Runtime, name: string, { hard, soft }: Limit): string {
  const type = LIMITS.get(name) ?? ''
  if (runtime === 'containerd') {
    const number = (value: bigint): string => String(value === UNLIMITED ? INFINITY : value)
    return `{ "type": "${type}", "hard": ${number(hard)}, "soft": ${number(soft)} }`
  }
  const short = type.replace('RLIMIT_', '').toLowerCase()
  return ` "${short}":{ "Name": "${short}", "Hard": ${String(hard)}, "Soft": ${String(soft)} }`
}

const LOCKED_MEMORY = 'max-locked-memory'

/** An Elastic Fabric Adapter needs memory that stays in place, unless the setting says otherwise. */
function resourceLimits(runtime: Runtime, setting: Operand, value: JsonObject, facts: RenderFacts): string {
  const limits = new Map(sortedEntries(value).map(([name, item]) => [name, limitOf(setting, name, item)]))
  const { efaAttached, devicesFault } = facts
  if (devicesFault !== undefined) refuse(undefined, `the PCI devices cannot be read: ${devicesFault}`)
  if (efaAttached && !limits.has(LOCKED_MEMORY)) limits.set(LOCKED_MEMORY, { hard: UNLIMITED, soft: UNLIMITED })
  return [...limits]
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([name, limit]) => limitEntry(runtime, name, limit))
    .join(',\n')
}

function ociDefaults([runtime, section]: Args, facts: RenderFacts): Text {
  const name = stringOf(runtime, 'the runtime')
  if (name !== 'docker' && name !== 'containerd') refuse(runtime, 'the runtime is "docker" or "containerd"')
  if (section?.written === undefined) refuse(section, "the second argument of 'oci_defaults' is a path")
  const kind = section.written.slice(section.written.lastIndexOf('.') + 1)
  const value = valueOf(section)
  if (kind !== 'capabilities' && kind !== 'resource-limits') {
    refuse(section, "the path ends in neither 'capabilities' nor 'resource-limits'")
  }
  if (!isJsonObject(value)) refuse(section, `'${section.written}' is ${typeName(value)}, not a map`)
  const text =
    kind === 'capabilities' ? capabilities(name, section, value) : resourceLimits(name, section, value, facts)
  return { pieces: [text] }
}

/** `oci_defaults RUNTIME SECTION`: members for a JSON document; names and numbers come from fixed tables. */
export const OCI_DEFAULTS: TextHelper = { kind: 'text', count: 2, run: ociDefaults }
