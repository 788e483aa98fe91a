/** Fixed words of the kubelet's configuration. */
import { choice, enumeration } from '../combinators.ts'

/** https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#eviction-signals */
export const evictionSignal = enumeration([
  'memory.available',
  'nodefs.available',
  'nodefs.inodesFree',
  'imagefs.available',
  'imagefs.inodesFree',
  'pid.available',
])

export const reservedResource = choice(['cpu', 'memory', 'ephemeral-storage'])

/** Reference: both spellings are kept as written, unlike those of the memory manager. */
export const cpuManagerPolicy = choice(['none', 'None', 'static', 'Static'])

export const cpuManagerPolicyOption = enumeration(['full-pcpus-only'])

export const memoryManagerPolicy = enumeration({ None: 'None', none: 'None', Static: 'Static', static: 'Static' })

export const topologyManagerScope = choice(['container', 'pod'])

export const topologyManagerPolicy = choice(['none', 'restricted', 'best-effort', 'single-numa-node'])

export const hostnameOverrideSource = enumeration(['private-dns-name', 'instance-id'])

export const deviceIdStrategy = enumeration(['uuid', 'index'])

export const deviceListStrategy = enumeration(['envvar', 'volume-mounts'])
