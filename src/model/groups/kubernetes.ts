import { boolean, i32, i64, u32, u8 } from '../combinators.ts'
import { list, record } from '../combinators-containers.ts'
import { ipAddress, ipAddressOrList } from '../scalars/address.ts'
import { kubernetesDuration } from '../scalars/durations.ts'
import * as choices from '../scalars/kubernetes-choices.ts'
import * as names from '../scalars/kubernetes-names.ts'
import { dnsDomain, linuxHostname, url } from '../scalars/network-names.ts'
import { integerPercent, nonNegativeI32, quantity } from '../scalars/quantities.ts'
import { base64, singleLine } from '../scalars/strings.ts'
import type { Field, Fields, Group, SettingType } from '../types.ts'
import * as parts from './kubernetes-parts.ts'

type Example = NonNullable<Field['examples']>[number]

const field = (type: SettingType, description: string, ...examples: Example[]): Field => ({
  type,
  description,
  examples,
})

const cluster: Fields = {
  'api-server': field(url, 'Address of the API server of the cluster, as a URL.', 'https://k8s.example:6443'),
  'authentication-mode': field(
    names.authenticationMode,
    'How the kubelet proves who it is: by the AWS identity of the host, or by TLS bootstrap.',
    'aws',
  ),
  'bootstrap-token': {
    ...field(
      names.bootstrapToken,
      'Token that the kubelet joins the cluster with in TLS bootstrap.',
      'abcdef.0123456789abcdef',
    ),
    secret: true,
  },
  'cloud-provider': field(
    names.cloudProvider,
    'Cloud integration that the kubelet is started with; empty for none.',
    'external',
    '',
  ),
  'cluster-certificate': field(
    base64,
    'Certificate authority of the cluster in PEM form, in base64.',
    'LS0tLS1CRUdJTg==',
  ),
  'cluster-dns-ip': field(
    ipAddressOrList,
    'Address of the DNS service that pods are given, or a list of addresses.',
    '10.100.0.10',
    ['10.100.0.10'],
  ),
  'cluster-domain': field(
    dnsDomain,
    'DNS domain in which services and pods of the cluster have their names.',
    'cluster.local',
  ),
  'cluster-name': field(names.clusterName, 'Name of the cluster that the node joins.', 'prod'),
  'hostname-override': field(linuxHostname, 'Name that the node registers under, instead of its host name.', 'node-1'),
  'hostname-override-source': field(
    choices.hostnameOverrideSource,
    'What the name of the node is made from if none is given: its private DNS name or its instance id.',
    'instance-id',
  ),
  'node-ip': field(ipAddress, 'Address that the node registers with.', '10.0.0.7', 'fd00::7'),
  'provider-id': field(
    url,
    'Identity of the node at its cloud provider, as a URL.',
    'aws:///eu-central-1a/i-0123456789abcdef0',
  ),
  'server-certificate': field(
    base64,
    'Certificate that the kubelet serves its own API with, in base64.',
    'LS0tLS1CRUdJTg==',
  ),
  'server-key': {
    ...field(
      base64,
      'Private key of the certificate that the kubelet serves its own API with, in base64.',
      'LS0tLS1CRUdJTg==',
    ),
    secret: true,
  },
  'server-tls-bootstrap': field(
    boolean,
    'Whether the kubelet requests its serving certificate from the cluster.',
    true,
  ),
  'standalone-mode': field(boolean, 'Whether the kubelet runs by itself, without an API server.', false),
}

const pods: Fields = {
  'allowed-unsafe-sysctls': field(
    list(singleLine),
    'Unsafe sysctls that pods may set; a `*` at the end stands for any rest of a name.',
    ['net.core.somaxconn'],
  ),
  'container-log-max-files': field(i32, 'How many log files are kept for a container.', 5n),
  'container-log-max-size': field(quantity, 'Size at which a log file of a container is rotated.', '10Mi'),
  'credential-providers': field(
    parts.credentialProviders,
    'Programs that the kubelet asks for credentials when it pulls images.',
    {
      'ecr-credential-provider': { enabled: true, 'image-patterns': ['*.dkr.ecr.*.amazonaws.com'] },
    },
  ),
  'max-pods': field(u32, 'How many pods the node runs at most.', 110n),
  'node-labels': field(parts.nodeLabels, 'Labels that the node registers with.', { 'example.test/role': 'web' }),
  'node-taints': {
    ...field(parts.nodeTaints, 'Taints that the node registers with.', { gpu: ['true:NoSchedule'] }),
    refusesNull: true,
  },
  'pod-infra-container-image': {
    ...field(
      singleLine,
      'Without function since the image came with the host; still accepted.',
      'registry.example/pause:3.5',
    ),
    deprecated: true,
  },
  'pod-pids-limit': field(i64, 'How many processes a pod may have, -1 for no limit.', 1024n),
  'seccomp-default': field(
    boolean,
    'Whether pods that name no seccomp profile get the default one of the container runtime.',
    true,
  ),
  'static-pods': field(parts.staticPods, 'Pods that the kubelet runs without the API server.', {
    web: { enabled: true, manifest: 'YXBpVmVyc2lvbjogdjEK' },
  }),
}

const resources: Fields = {
  'cpu-cfs-quota-enforced': field(boolean, 'Whether CPU limits of containers are enforced by quota.', true),
  'cpu-manager-policy': field(
    choices.cpuManagerPolicy,
    'Whether containers of guaranteed pods may have whole CPUs for themselves (static) or not (none).',
    'static',
  ),
  'cpu-manager-policy-options': field(
    list(choices.cpuManagerPolicyOption),
    'Refinements of the static policy of the CPU manager.',
    ['full-pcpus-only'],
  ),
  'cpu-manager-reconcile-period': field(
    kubernetesDuration,
    'How often the CPU manager brings running containers in line with its assignments.',
    '10s',
  ),
  'eviction-hard': field(parts.evictionThresholds, 'Amounts of free resources below which pods are evicted at once.', {
    'memory.available': '5%',
  }),
  'eviction-max-pod-grace-period': field(
    nonNegativeI32,
    'Longest time that pods get to end in a soft eviction, in seconds.',
    40n,
  ),
  'eviction-soft': field(
    parts.evictionThresholds,
    'Amounts of free resources below which pods are evicted when the grace period is over.',
    {
      'memory.available': '12%',
    },
  ),
  'eviction-soft-grace-period': field(
    parts.evictionPeriods,
    'How long a resource has to stay below its soft threshold before pods are evicted.',
    {
      'memory.available': '30s',
    },
  ),
  'image-gc-high-threshold-percent': field(
    integerPercent,
    'Disk usage in percent above which unused images are removed.',
    85n,
  ),
  'image-gc-low-threshold-percent': field(
    integerPercent,
    'Disk usage in percent down to which unused images are removed.',
    80n,
  ),
  'kube-reserved': field(
    parts.reservedResources,
    'Resources that are set aside for the kubelet and the container runtime.',
    {
      cpu: '60m',
      memory: '574Mi',
    },
  ),
  'memory-manager-policy': field(
    choices.memoryManagerPolicy,
    'Whether guaranteed pods may have memory of NUMA nodes for themselves (Static) or not (None).',
    'Static',
  ),
  'memory-manager-reserved-memory': field(
    parts.memoryReservations,
    'Memory that is set aside on NUMA nodes; the name of each table is the number of a node.',
    {
      '0': { enabled: true, memory: '1Gi' },
    },
  ),
  'reserved-cpus': field(names.cpuSet, 'CPUs that are left to the host and to Kubernetes itself.', '0-1'),
  'system-reserved': field(
    parts.reservedResources,
    'Resources that are set aside for the other services of the host.',
    {
      cpu: '10m',
      'ephemeral-storage': '1Gi',
    },
  ),
  'topology-manager-policy': field(
    choices.topologyManagerPolicy,
    'How strictly CPUs, memory and devices of a pod have to be on the same NUMA node.',
    'restricted',
  ),
  'topology-manager-scope': field(
    choices.topologyManagerScope,
    'Whether resources are brought to one NUMA node for each container or for the whole pod.',
    'pod',
  ),
}

const kubelet: Fields = {
  'event-burst': field(i32, 'How many events may be sent at once while their rate is limited.', 10n),
  'event-qps': field(i32, 'How many events are sent per second; 0 for no limit.', 5n),
  'kube-api-burst': field(i32, 'How many requests may be sent to the API server at once.', 100n),
  'kube-api-qps': field(i32, 'How many requests are sent to the API server per second.', 50n),
  'log-level': field(u8, 'Verbosity of the kubelet’s log; a higher number says more.', 3n),
  'registry-burst': field(i32, 'How many image pulls may start at once while their rate is limited.', 10n),
  'registry-qps': field(i32, 'How many image pulls start per second; 0 for no limit.', 5n),
  'shutdown-grace-period': field(kubernetesDuration, 'How long a shutdown of the host waits for pods to end.', '30s'),
  'shutdown-grace-period-for-critical-pods': field(
    kubernetesDuration,
    'Last part of the shutdown grace period, which is kept for critical pods.',
    '10s',
  ),
}

/** Reference: the order of its positional form is not known, so there is none. */
export const kubernetes: Group = {
  name: 'kubernetes',
  description: 'The kubelet, and how it joins its cluster.',
  type: record({ ...cluster, ...pods, ...resources, ...kubelet }, { positional: false }),
}
