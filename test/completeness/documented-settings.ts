/**
 * Which settings a host of each family of variants knows, written down by hand from the documentation of the release, so
 * that the model and everything made of it can be held against it. Keys are as users write them. `<name>` is a name that
 * users choose, `[]` an element of a list.
 */

/** The settings groups of each family. */
export const FAMILIES = {
  'aws-dev': 'common boot aws cloudformation',
  'aws-ecs-1': 'common aws cloudformation autoscaling oci-defaults ecs',
  'aws-ecs-2': 'common boot aws cloudformation autoscaling oci-defaults ecs',
  'aws-k8s': 'common boot aws cloudformation autoscaling oci-defaults kubernetes container-runtime',
  'aws-k8s-nvidia':
    'common boot aws cloudformation autoscaling oci-defaults kubernetes container-runtime nvidia-container-runtime kubelet-device-plugins',
  'metal-dev': 'common boot',
  'metal-k8s': 'common boot aws oci-defaults kubernetes container-runtime',
  'vmware-dev': 'common boot',
  'vmware-k8s': 'common boot aws oci-defaults kubernetes container-runtime',
} as const

/** What `common` stands for. */
export const COMMON_GROUPS =
  'motd updates host-containers bootstrap-commands bootstrap-containers ntp network kernel metrics pki container-registry oci-hooks dns'

/** The family of each variant that has an image. */
export const VARIANTS: Readonly<Record<string, keyof typeof FAMILIES>> = {
  'aws-dev': 'aws-dev',
  'aws-ecs-1': 'aws-ecs-1',
  'aws-ecs-1-nvidia': 'aws-ecs-1',
  'aws-ecs-2': 'aws-ecs-2',
  'aws-ecs-2-nvidia': 'aws-ecs-2',
  'aws-k8s-1.23': 'aws-k8s',
  'aws-k8s-1.24': 'aws-k8s',
  'aws-k8s-1.25': 'aws-k8s',
  'aws-k8s-1.26': 'aws-k8s',
  'aws-k8s-1.27': 'aws-k8s',
  'aws-k8s-1.28': 'aws-k8s',
  'aws-k8s-1.29': 'aws-k8s',
  'aws-k8s-1.30': 'aws-k8s',
  'aws-k8s-1.31': 'aws-k8s',
  'aws-k8s-1.23-nvidia': 'aws-k8s-nvidia',
  'aws-k8s-1.24-nvidia': 'aws-k8s-nvidia',
  'aws-k8s-1.25-nvidia': 'aws-k8s-nvidia',
  'aws-k8s-1.26-nvidia': 'aws-k8s-nvidia',
  'aws-k8s-1.27-nvidia': 'aws-k8s-nvidia',
  'aws-k8s-1.28-nvidia': 'aws-k8s-nvidia',
  'aws-k8s-1.29-nvidia': 'aws-k8s-nvidia',
  'aws-k8s-1.30-nvidia': 'aws-k8s-nvidia',
  'aws-k8s-1.31-nvidia': 'aws-k8s-nvidia',
  'metal-dev': 'metal-dev',
  'metal-k8s-1.28': 'metal-k8s',
  'metal-k8s-1.29': 'metal-k8s',
  'vmware-dev': 'vmware-dev',
  'vmware-k8s-1.28': 'vmware-k8s',
  'vmware-k8s-1.29': 'vmware-k8s',
  'vmware-k8s-1.30': 'vmware-k8s',
  'vmware-k8s-1.31': 'vmware-k8s',
}

/** The settings of each group, below the group's name; a group that is a value itself has the empty key. */
export const SETTINGS: Readonly<Record<string, readonly string[]>> = {
  motd: [''],
  updates: ['metadata-base-url', 'targets-base-url', 'seed', 'version-lock', 'ignore-waves'],
  'host-containers': ['<name>.source', '<name>.enabled', '<name>.superpowered', '<name>.user-data'],
  'bootstrap-containers': ['<name>.source', '<name>.mode', '<name>.user-data', '<name>.essential'],
  'bootstrap-commands': ['<name>.commands', '<name>.mode', '<name>.essential'],
  ntp: ['time-servers', 'options'],
  network: ['hostname', 'hosts', 'https-proxy', 'no-proxy'],
  kernel: ['lockdown', 'modules.<name>.allowed', 'modules.<name>.autoload', 'sysctl'],
  boot: ['reboot-to-reconcile', 'kernel-parameters', 'init-parameters'],
  aws: ['region', 'config', 'credentials', 'profile'],
  metrics: ['metrics-url', 'send-metrics', 'service-checks'],
  cloudformation: ['should-signal', 'stack-name', 'logical-resource-id'],
  dns: ['name-servers', 'search-list'],
  autoscaling: ['should-wait'],
  pki: ['<name>.data', '<name>.trusted'],
  'oci-hooks': ['log4j-hotpatch-enabled'],
  'oci-defaults': ['capabilities', 'resource-limits.<name>.hard-limit', 'resource-limits.<name>.soft-limit'],
  'container-registry': [
    'mirrors',
    'mirrors[].registry',
    'mirrors[].endpoint',
    'credentials',
    'credentials[].registry',
    'credentials[].username',
    'credentials[].password',
    'credentials[].auth',
    'credentials[].identitytoken',
  ],
  'container-runtime': [
    'max-container-log-line-size',
    'max-concurrent-downloads',
    'enable-unprivileged-ports',
    'enable-unprivileged-icmp',
  ],
  'nvidia-container-runtime': ['visible-devices-as-volume-mounts', 'visible-devices-envvar-when-unprivileged'],
  'kubelet-device-plugins': ['nvidia.pass-device-specs', 'nvidia.device-id-strategy', 'nvidia.device-list-strategy'],
  ecs: [
    'cluster',
    'instance-attributes',
    'allow-privileged-containers',
    'logging-drivers',
    'loglevel',
    'enable-spot-instance-draining',
    'image-pull-behavior',
    'container-stop-timeout',
    'task-cleanup-wait',
    'metadata-service-rps',
    'metadata-service-burst',
    'reserved-memory',
    'image-cleanup-wait',
    'image-cleanup-delete-per-cycle',
    'image-cleanup-enabled',
    'image-cleanup-age',
    'backend-host',
    'awsvpc-block-imds',
    'enable-container-metadata',
  ],
  kubernetes: [
    'allowed-unsafe-sysctls',
    'api-server',
    'authentication-mode',
    'bootstrap-token',
    'cloud-provider',
    'cluster-certificate',
    'cluster-dns-ip',
    'cluster-domain',
    'cluster-name',
    'container-log-max-files',
    'container-log-max-size',
    'cpu-cfs-quota-enforced',
    'cpu-manager-policy',
    'cpu-manager-policy-options',
    'cpu-manager-reconcile-period',
    'credential-providers.<name>.enabled',
    'credential-providers.<name>.image-patterns',
    'credential-providers.<name>.cache-duration',
    'credential-providers.<name>.environment',
    'event-burst',
    'event-qps',
    'eviction-hard',
    'eviction-max-pod-grace-period',
    'eviction-soft',
    'eviction-soft-grace-period',
    'hostname-override',
    'hostname-override-source',
    'image-gc-high-threshold-percent',
    'image-gc-low-threshold-percent',
    'kube-api-burst',
    'kube-api-qps',
    'kube-reserved',
    'log-level',
    'max-pods',
    'memory-manager-policy',
    'memory-manager-reserved-memory.<name>.enabled',
    'memory-manager-reserved-memory.<name>.memory',
    'memory-manager-reserved-memory.<name>.hugepages-2Mi',
    'memory-manager-reserved-memory.<name>.hugepages-1Gi',
    'node-ip',
    'node-labels',
    'node-taints',
    'pod-infra-container-image',
    'pod-pids-limit',
    'provider-id',
    'registry-burst',
    'registry-qps',
    'reserved-cpus',
    'seccomp-default',
    'server-certificate',
    'server-key',
    'server-tls-bootstrap',
    'shutdown-grace-period',
    'shutdown-grace-period-for-critical-pods',
    'standalone-mode',
    'static-pods.<name>.enabled',
    'static-pods.<name>.manifest',
    'system-reserved',
    'topology-manager-policy',
    'topology-manager-scope',
  ],
}

/** Names that are fixed although they stand for a table's members. */
export const FIXED_NAMES: Readonly<Record<string, readonly string[]>> = {
  'settings.oci-defaults.capabilities':
    'audit-control audit-read audit-write block-suspend bpf checkpoint-restore chown dac-override dac-read-search fowner fsetid ipc-lock ipc-owner kill lease linux-immutable mac-admin mac-override mknod net-admin net-bind-service net-broadcast net-raw perfmon setgid setfcap setpcap setuid sys-admin sys-boot sys-chroot sys-module sys-nice sys-pacct sys-ptrace sys-rawio sys-resource sys-time sys-tty-config syslog wake-alarm'.split(
      ' ',
    ),
  'settings.oci-defaults.resource-limits':
    'max-address-space max-core-file-size max-cpu-time max-data-size max-file-locks max-file-size max-locked-memory max-msgqueue-size max-nice-priority max-open-files max-pending-signals max-processes max-realtime-priority max-realtime-timeout max-resident-set max-stack-size'.split(
      ' ',
    ),
  'settings.kubernetes.kube-reserved': ['cpu', 'memory', 'ephemeral-storage'],
  'settings.kubernetes.system-reserved': ['cpu', 'memory', 'ephemeral-storage'],
  ...Object.fromEntries(
    ['eviction-hard', 'eviction-soft', 'eviction-soft-grace-period'].map((name) => [
      `settings.kubernetes.${name}`,
      [
        'memory.available',
        'nodefs.available',
        'nodefs.inodesFree',
        'imagefs.available',
        'imagefs.inodesFree',
        'pid.available',
      ],
    ]),
  ),
}

/** Fixed words that settings take. */
export const WORDS: Readonly<Record<string, readonly string[]>> = {
  'settings.bootstrap-commands.<name>.mode': ['off', 'once', 'always'],
  'settings.bootstrap-containers.<name>.mode': ['off', 'once', 'always'],
  'settings.kernel.lockdown': ['none', 'integrity', 'confidentiality'],
  'settings.ecs.loglevel': ['debug', 'info', 'warn', 'error', 'crit'],
  'settings.ecs.image-pull-behavior': ['default', 'always', 'once', 'prefer-cached'],
  'settings.kubernetes.authentication-mode': ['aws', 'tls'],
  'settings.kubernetes.cloud-provider': ['aws', 'external', '', '""'],
  'settings.kubernetes.cpu-manager-policy': ['none', 'None', 'static', 'Static'],
  'settings.kubernetes.hostname-override-source': ['private-dns-name', 'instance-id'],
  'settings.kubernetes.memory-manager-policy': ['None', 'none', 'Static', 'static'],
  'settings.kubernetes.topology-manager-policy': ['none', 'restricted', 'best-effort', 'single-numa-node'],
  'settings.kubernetes.topology-manager-scope': ['container', 'pod'],
  'settings.kubelet-device-plugins.nvidia.device-id-strategy': ['uuid', 'index'],
  'settings.kubelet-device-plugins.nvidia.device-list-strategy': ['envvar', 'volume-mounts'],
}

/** Settings whose values must not be shown. */
export const SECRETS: readonly string[] = [
  'settings.aws.credentials',
  'settings.bootstrap-containers.<name>.user-data',
  'settings.container-registry.credentials',
  'settings.container-registry.credentials[].auth',
  'settings.container-registry.credentials[].identitytoken',
  'settings.container-registry.credentials[].password',
  'settings.host-containers.<name>.user-data',
  'settings.kubernetes.bootstrap-token',
  'settings.kubernetes.server-key',
]

/** The keys of a family, sorted. */
export function documentedKeys(family: keyof typeof FAMILIES): string[] {
  const groups = FAMILIES[family].replace('common', COMMON_GROUPS).split(' ')
  return groups
    .flatMap((group) => (SETTINGS[group] ?? []).map((key) => `settings.${group}${key === '' ? '' : `.${key}`}`))
    .sort()
}
