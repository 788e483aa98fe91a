/** Defaults of containers: capabilities and resource limits. */
import { enumeration, integer, text } from '../combinators.ts'
import { converted, union } from '../combinators-containers.ts'
import type { UnionType } from '../types.ts'

/** capabilities(7), without `CAP_` and in kebab case. */
export const capabilityName = enumeration(
  (
    'audit-control audit-read audit-write block-suspend bpf checkpoint-restore chown dac-override dac-read-search ' +
    'fowner fsetid ipc-lock ipc-owner kill lease linux-immutable mac-admin mac-override mknod net-admin ' +
    'net-bind-service net-broadcast net-raw perfmon setgid setfcap setpcap setuid sys-admin sys-boot sys-chroot ' +
    'sys-module sys-nice sys-pacct sys-ptrace sys-rawio sys-resource sys-time sys-tty-config syslog wake-alarm'
  ).split(' '),
  'a capability such as "net-admin"',
)

/** setrlimit(2), spelt out. */
export const resourceLimitName = enumeration(
  [
    'max-address-space',
    'max-core-file-size',
    'max-cpu-time',
    'max-data-size',
    'max-file-locks',
    'max-file-size',
    'max-locked-memory',
    'max-msgqueue-size',
    'max-nice-priority',
    'max-open-files',
    'max-pending-signals',
    'max-processes',
    'max-realtime-priority',
    'max-realtime-timeout',
    'max-resident-set',
    'max-stack-size',
  ],
  'a resource limit such as "max-open-files"',
)

const UNLIMITED = 'unlimited'
const unlimited = text('Unlimited', 'an integer, or "unlimited"', (value) => value === UNLIMITED, {
  shape: { words: [UNLIMITED] },
})

/** The value of a limit; -1 means none. */
export const limitValue: UnionType = union('an integer from -1, or "unlimited"', [
  integer(-1n, 2n ** 63n - 1n),
  converted(unlimited, () => -1n),
])
