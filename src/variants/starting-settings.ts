/**
 * What somebody who starts with a variant wants to know of its settings first: which ones a host cannot do without, and
 * which ones are given most often.
 */
import type { Variant } from './types.ts'

const CLUSTER: Readonly<Record<string, string>> = {
  'kubernetes.api-server': 'the kubelet does not know where its cluster is',
  'kubernetes.cluster-certificate': 'the kubelet cannot tell the API server of its cluster from another one',
}

const AWS_CLUSTER: Readonly<Record<string, string>> = {
  'kubernetes.cluster-name': 'the kubelet has no AWS identity to show to its cluster',
  ...CLUSTER,
}

/** On AWS the identity of the instance joins the cluster, and pluto finds the address of its DNS service. */
const OTHER_CLUSTER: Readonly<Record<string, string>> = {
  ...CLUSTER,
  'kubernetes.bootstrap-token': 'the kubelet has nothing to join its cluster with',
  'kubernetes.cluster-dns-ip': 'pods do not know the DNS service of their cluster',
}

/**
 * The settings that user data has to give, below `settings`, each with what is wrong on a host without it. Without one
 * of them every file is rendered all the same, but one of the files lacks what the kubelet joins its cluster with.
 */
export function neededOn({ platform, kubernetesVersion }: Variant): Readonly<Record<string, string>> {
  if (kubernetesVersion === undefined) return {}
  return platform === 'aws' ? AWS_CLUSTER : OTHER_CLUSTER
}

/** Settings that user data gives most often, in the order in which people look for them; keys as documentation writes them. */
export const USUAL: readonly string[] = [
  'settings.kubernetes.max-pods',
  'settings.kubernetes.node-labels',
  'settings.kubernetes.node-taints',
  'settings.kubernetes.kube-reserved',
  'settings.kubernetes.system-reserved',
  'settings.kubernetes.eviction-hard',
  'settings.ecs.cluster',
  'settings.ecs.loglevel',
  'settings.ecs.image-pull-behavior',
  'settings.ecs.container-stop-timeout',
  'settings.ecs.instance-attributes',
  'settings.host-containers.<name>.enabled',
  'settings.host-containers.<name>.source',
  'settings.bootstrap-containers.<name>.source',
  'settings.bootstrap-containers.<name>.mode',
  'settings.container-registry.mirrors',
  'settings.container-registry.credentials',
  'settings.network.https-proxy',
  'settings.network.no-proxy',
  'settings.ntp.time-servers',
  'settings.kernel.sysctl',
  'settings.updates.version-lock',
  'settings.updates.ignore-waves',
  'settings.motd',
]

const order = [...new Set([AWS_CLUSTER, OTHER_CLUSTER].flatMap((needed) => Object.keys(needed)))].map(
  (name) => `settings.${name}`,
)
const ranks = new Map([...order, ...USUAL].map((key, i) => [key, i]))

/** How early a setting is looked for, from 0 on; infinite for those that are seldom given. */
export function rankOf(key: string): number {
  return ranks.get(key) ?? Infinity
}
