/** Which extension owns which helper. */
import type { Helper } from '../helper.ts'
import type { Requirement } from '../requirement.ts'
import { BUILT_IN } from './built-in.ts'
import { ECR_PREFIX, METADATA_PREFIX, TUF_PREFIX } from './aws.ts'
import { CIDR_TO_IPADDR, IS_IPV4, IS_IPV6, REPLACE_IPV4_OCTET } from './cidr.ts'
import {
  ECS_METADATA_SERVICE_LIMITS,
  JOIN_NODE_TAINTS,
  KUBE_RESERVE_CPU,
  KUBE_RESERVE_MEMORY,
} from './orchestrators.ts'
import { EACH_UNIQUE } from './each-unique.ts'
import { ETC_HOSTS_ENTRIES, HOST, LOCALHOST_ALIASES } from './network.ts'
import { OCI_DEFAULTS } from './oci-defaults.ts'
import * as std from './std.ts'

const OWNED: Readonly<Record<string, Readonly<Record<string, Helper>>>> = {
  std: {
    any_enabled: std.ANY_ENABLED,
    base64_decode: std.BASE64_DECODE,
    cidr_to_ipaddr: CIDR_TO_IPADDR,
    default: std.DEFAULT,
    each_unique: EACH_UNIQUE,
    goarch: std.GOARCH,
    if_not_null: std.IF_NOT_NULL,
    is_array: std.IS_ARRAY,
    is_bool: std.IS_BOOL,
    is_ipv4: IS_IPV4,
    is_ipv6: IS_IPV6,
    is_null: std.IS_NULL,
    is_number: std.IS_NUMBER,
    is_object: std.IS_OBJECT,
    is_string: std.IS_STRING,
    join_array: std.JOIN_ARRAY,
    join_map: std.JOIN_MAP,
    negate_or_else: std.NEGATE_OR_ELSE,
    replace_ipv4_octet: REPLACE_IPV4_OCTET,
    toml_encode: std.TOML_ENCODE,
  },
  aws: { 'ecr-prefix': ECR_PREFIX },
  updates: { 'tuf-prefix': TUF_PREFIX, 'metadata-prefix': METADATA_PREFIX },
  kubernetes: {
    join_node_taints: JOIN_NODE_TAINTS,
    kube_reserve_cpu: KUBE_RESERVE_CPU,
    kube_reserve_memory: KUBE_RESERVE_MEMORY,
  },
  network: { etc_hosts_entries: ETC_HOSTS_ENTRIES, host: HOST, localhost_aliases: LOCALHOST_ALIASES },
  ecs: { ecs_metadata_service_limits: ECS_METADATA_SERVICE_LIMITS },
  'oci-defaults': { oci_defaults: OCI_DEFAULTS },
}

/** Names of the helpers that an extension owns; undefined if it owns none. */
export function helpersOf(extension: string): readonly string[] | undefined {
  return Object.hasOwn(OWNED, extension) ? Object.keys(OWNED[extension] ?? {}) : undefined
}

/** The extension that owns a helper, if any. */
export function ownerOf(helper: string): string | undefined {
  return Object.keys(OWNED).find((extension) => Object.hasOwn(OWNED[extension] ?? {}, helper))
}

/** What the deprecated command's templates do not have: a later helper of the reference, and the product's own. */
const NOT_LEGACY = new Set(['if_not_null', 'each_unique'])

/** Requirements that import every helper of the deprecated command, whose templates need not ask for any. */
export function legacyRequirements(): Requirement[] {
  return Object.entries(OWNED).map(([extension, helpers]) => ({
    extension,
    version: 'v1',
    helpers: Object.keys(helpers).filter((name) => !NOT_LEGACY.has(name)),
  }))
}

/** Every helper by name, built-in and importable. */
export const ALL_HELPERS: ReadonlyMap<string, Helper> = new Map([
  ...Object.entries(BUILT_IN),
  ...Object.values(OWNED).flatMap((helpers) => Object.entries(helpers)),
])

/** The helpers that a template sees: the built-in ones and those that it imports. */
export function visibleHelpers(imported: Iterable<string>): ReadonlyMap<string, Helper> {
  const visible = new Map<string, Helper>(Object.entries(BUILT_IN))
  for (const name of imported) {
    const helper = ALL_HELPERS.get(name)
    if (helper !== undefined) visible.set(name, helper)
  }
  return visible
}
