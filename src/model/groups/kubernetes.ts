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
  'api-server': field(url, 'URL of the API server.', 'https://k8s.example:6443'),
  'authentication-mode': field(
    names.authenticationMode,
    'How the kubelet logs in: with AWS or with TLS bootstrap.',
    'aws',
  ),
  'bootstrap-token': {
    ...field(names.bootstrapToken, 'Token for TLS bootstrap.', 'abcdef.0123456789abcdef'),
    secret: true,
  },
  'cloud-provider': field(names.cloudProvider, 'Cloud integration of the kubelet; empty for none.', 'external', ''),
  'cluster-certificate': field(base64, 'Certificate of the cluster, in base64.', 'LS0tLS1CRUdJTg=='),
  'cluster-dns-ip': field(ipAddressOrList, 'Address of the cluster DNS service, or a list.', '10.100.0.10', [
    '10.100.0.10',
  ]),
  'cluster-domain': field(dnsDomain, 'Domain of the cluster.', 'cluster.local'),
  'cluster-name': field(names.clusterName, 'Name of the cluster.', 'prod'),
  'hostname-override': field(linuxHostname, 'Name of the node, instead of its host name.', 'node-1'),
  'hostname-override-source': field(
    choices.hostnameOverrideSource,
    'What the name of the node is generated from.',
    'instance-id',
  ),
  'node-ip': field(ipAddress, 'Address of the node.', '10.0.0.7', 'fd00::7'),
  'provider-id': field(url, 'Identity of the node at its cloud provider.', 'aws:///eu-central-1a/i-0123456789abcdef0'),
  'server-certificate': field(base64, 'Serving certificate of the kubelet, in base64.', 'LS0tLS1CRUdJTg=='),
  'server-key': { ...field(base64, 'Key of the serving certificate, in base64.', 'LS0tLS1CRUdJTg=='), secret: true },
  'server-tls-bootstrap': field(
    boolean,
    'Whether the kubelet requests its serving certificate from the cluster.',
    true,
  ),
  'standalone-mode': field(boolean, 'Whether the kubelet runs without a cluster.', false),
}

const pods: Fields = {
  'allowed-unsafe-sysctls': field(list(singleLine), 'Unsafe sysctls that pods may set.', ['net.core.somaxconn']),
  'container-log-max-files': field(i32, 'How many log files a container may have.', 5n),
  'container-log-max-size': field(quantity, 'Size at which a log file of a container is rotated.', '10Mi'),
  'credential-providers': field(parts.credentialProviders, 'Programs that give the kubelet credentials for images.', {
    'ecr-credential-provider': { enabled: true, 'image-patterns': ['*.dkr.ecr.*.amazonaws.com'] },
  }),
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
  'seccomp-default': field(boolean, 'Whether pods get the default seccomp profile of the runtime.', true),
  'static-pods': field(parts.staticPods, 'Pods that the kubelet runs without the API server.', {
    web: { enabled: true, manifest: 'YXBpVmVyc2lvbjogdjEK' },
  }),
}

const resources: Fields = {
  'cpu-cfs-quota-enforced': field(boolean, 'Whether CPU limits of containers are enforced.', true),
  'cpu-manager-policy': field(choices.cpuManagerPolicy, 'Policy of the CPU manager.', 'static'),
  'cpu-manager-policy-options': field(list(choices.cpuManagerPolicyOption), 'Options of the CPU manager policy.', [
    'full-pcpus-only',
  ]),
  'cpu-manager-reconcile-period': field(kubernetesDuration, 'Time between two checks of the CPU manager.', '10s'),
  'eviction-hard': field(parts.evictionThresholds, 'Thresholds at which pods are evicted at once.', {
    'memory.available': '5%',
  }),
  'eviction-max-pod-grace-period': field(nonNegativeI32, 'Longest grace period of a soft eviction, in seconds.', 40n),
  'eviction-soft': field(parts.evictionThresholds, 'Thresholds at which pods are evicted after a while.', {
    'memory.available': '12%',
  }),
  'eviction-soft-grace-period': field(parts.evictionPeriods, 'How long a soft threshold must be crossed.', {
    'memory.available': '30s',
  }),
  'image-gc-high-threshold-percent': field(integerPercent, 'Disk usage at which images are removed.', 85n),
  'image-gc-low-threshold-percent': field(integerPercent, 'Disk usage down to which images are removed.', 80n),
  'kube-reserved': field(parts.reservedResources, 'Resources kept for Kubernetes itself.', {
    cpu: '60m',
    memory: '574Mi',
  }),
  'memory-manager-policy': field(choices.memoryManagerPolicy, 'Policy of the memory manager.', 'Static'),
  'memory-manager-reserved-memory': field(parts.memoryReservations, 'Memory kept free on each NUMA node.', {
    '0': { enabled: true, memory: '1Gi' },
  }),
  'reserved-cpus': field(names.cpuSet, 'CPUs that pods do not get.', '0-1'),
  'system-reserved': field(parts.reservedResources, 'Resources kept for the system.', {
    cpu: '10m',
    'ephemeral-storage': '1Gi',
  }),
  'topology-manager-policy': field(choices.topologyManagerPolicy, 'Policy of the topology manager.', 'restricted'),
  'topology-manager-scope': field(choices.topologyManagerScope, 'What the topology manager aligns.', 'pod'),
}

const kubelet: Fields = {
  'event-burst': field(i32, 'Burst of events, while the rate is limited.', 10n),
  'event-qps': field(i32, 'Events per second; 0 for no limit.', 5n),
  'kube-api-burst': field(i32, 'Burst of requests to the API server.', 100n),
  'kube-api-qps': field(i32, 'Requests per second to the API server.', 50n),
  'log-level': field(u8, 'Verbosity of the kubelet log.', 3n),
  'registry-burst': field(i32, 'Burst of image pulls, while the rate is limited.', 10n),
  'registry-qps': field(i32, 'Image pulls per second; 0 for no limit.', 5n),
  'shutdown-grace-period': field(kubernetesDuration, 'How long a shutdown waits for pods.', '30s'),
  'shutdown-grace-period-for-critical-pods': field(
    kubernetesDuration,
    'Part of the grace period that is kept for critical pods.',
    '10s',
  ),
}

/** Reference: the order of its positional form is not known, so there is none. */
export const kubernetes: Group = {
  name: 'kubernetes',
  description: 'The kubelet and how it joins its cluster.',
  type: record({ ...cluster, ...pods, ...resources, ...kubelet }, { positional: false }),
}
