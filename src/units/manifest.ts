/** Which unit belongs to which host, as data. */
import type { NetworkBackend, Platform } from '../variants/types.ts'

/** What a host must be for a file to belong to it. Nothing given: every host has it. */
export interface Condition {
  readonly platform?: Platform
  readonly network?: NetworkBackend
  /** A service in the metadata of the variant's settings. */
  readonly service?: string
  /** Images with the drivers of NVIDIA. */
  readonly nvidia?: true
  /** Hosts with a distribution of their own below, whose `/etc` outlives a boot. */
  readonly generalHost?: true
  /** Hosts without this program. */
  readonly without?: string
}

const ANY: Condition = {}
const KUBERNETES: Condition = { service: 'kubernetes' }
const DOCKER: Condition = { service: 'docker' }
const ECS: Condition = { service: 'ecs' }

/** Files below `system/`: units, and drop-ins in the directories of their units. */
export const UNIT_FILES: Readonly<Record<string, Condition>> = {
  'activate-configured.service': ANY,
  'activate-configured.service.d/10-kept-etc.conf': { generalHost: true },
  'activate-multi-user.service': ANY,
  'apiserver.service': ANY,
  'bootstrap-commands.service': ANY,
  'bootstrap-containers@.service': ANY,
  'cfsignal.service': { service: 'cfsignal' },
  'chronyd.service': ANY,
  'configured.target': ANY,
  'containerd.service': ANY,
  'deprecation-warning@.service': ANY,
  'deprecation-warning@.timer': ANY,
  'disable-udp-offload.service': { platform: 'vmware' },
  'docker.service': DOCKER,
  'docker.socket': DOCKER,
  'early-boot-config.service': ANY,
  'ecs.service': ECS,
  'ecs.service.d/00-defaults.conf': ECS,
  'ecs.service.d/20-nvidia.conf': { service: 'ecs', nvidia: true },
  'etc-cni.mount': KUBERNETES,
  'etc-containerd.mount': ANY,
  'etc-host\\x2dcontainers.mount': ANY,
  'etc-kubernetes-pki-private.mount': KUBERNETES,
  'etc-systemd-system-ecs.service.d.mount': ECS,
  'generate-network-config.service': ANY,
  'host-containerd.service': ANY,
  'host-containers@.service': ANY,
  'kubelet.service': KUBERNETES,
  'kubelet.service.d/dockershim-symlink.conf': KUBERNETES,
  'kubelet.service.d/make-kubelet-dirs.conf': KUBERNETES,
  'kubelet.service.d/prestart-load-pause-ctr.conf': KUBERNETES,
  'mark-successful-boot.service': ANY,
  'mark-successful-boot.service.d/10-marker.conf': { without: '/bin/signpost' },
  'metricdog.service': { service: 'metricdog' },
  'metricdog.timer': { service: 'metricdog' },
  'migrator.service': ANY,
  'multi-user.target': ANY,
  'pluto.service': { platform: 'aws', service: 'kubernetes' },
  'preconfigured.target': ANY,
  'preconfigured.target.d/10-network-pre.conf': ANY,
  'reboot-if-required.service': ANY,
  'root-.aws.mount': { service: 'aws' },
  'run-netdog.mount': ANY,
  'runtime.slice': ANY,
  'send-boot-success.service': { service: 'metricdog' },
  'set-hostname.service': ANY,
  'settings-applier.service': ANY,
  'storewolf.service': ANY,
  'sundog.service': ANY,
  'systemd-networkd.service.d/10-netlink-timeout.conf': { network: 'networkd' },
  'warm-pool-wait.service': { service: 'autoscaling-warm-pool' },
  'wicked.service': { network: 'wicked' },
  'write-network-status.service': { network: 'networkd' },
}

/** Another data file, where it lies on a host, and for which hosts. `@units@` is the directory of the units. */
export interface OtherFile {
  readonly asset: string
  readonly path: string
  readonly condition: Condition
  readonly mode?: number
}

const lib = (folder: string, name: string): string => `@lib@/${folder}/${name}`

/** Files of systemd's helpers. `@lib@` is the directory that the units' own directory is in. */
export const OTHER_FILES: readonly OtherFile[] = [
  { asset: 'tmpfiles/pipeline.conf', path: lib('tmpfiles.d', 'bottlerocket-pipeline.conf'), condition: ANY },
  {
    asset: 'tmpfiles/general-host.conf',
    path: lib('tmpfiles.d', 'bottlerocket-general-host.conf'),
    condition: { generalHost: true },
  },
  { asset: 'tmpfiles/kubernetes.conf', path: lib('tmpfiles.d', 'bottlerocket-kubernetes.conf'), condition: KUBERNETES },
  { asset: 'tmpfiles/ecs.conf', path: lib('tmpfiles.d', 'bottlerocket-ecs.conf'), condition: ECS },
  {
    asset: 'tmpfiles/wicked.conf',
    path: lib('tmpfiles.d', 'bottlerocket-wicked.conf'),
    condition: { network: 'wicked' },
  },
  { asset: 'sysusers/pipeline.conf', path: lib('sysusers.d', 'bottlerocket-pipeline.conf'), condition: ANY },
  { asset: 'sysusers/docker.conf', path: lib('sysusers.d', 'bottlerocket-docker.conf'), condition: DOCKER },
  {
    asset: 'factory/host-containerd.toml',
    path: '/usr/share/factory/etc/host-containerd/config.toml',
    condition: ANY,
  },
  {
    asset: 'generators/bottlerocket-first-target',
    path: lib('systemd/system-generators', 'bottlerocket-first-target'),
    condition: { generalHost: true },
    mode: 0o755,
  },
]

/** Programs that a unit starts by way of another, or by a drop-in that is rendered later. */
export const NEEDS: Readonly<Record<string, readonly string[]>> = {
  'bootstrap-commands.service': ['/usr/bin/bootstrap-commands'],
  'kubelet.service': ['/usr/bin/kubelet'],
}
