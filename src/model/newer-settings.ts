/**
 * Settings that came after the release this model describes, with the release that brought them. They are refused, but
 * somebody who copies them from the documentation of a newer release should learn why.
 */
const RELEASES: Readonly<Record<string, readonly string[]>> = {
  '1.25': ['kubelet-device-plugins.nvidia.device-sharing-strategy', 'kubelet-device-plugins.nvidia.time-slicing'],
  '1.30': ['kubernetes.device-ownership-from-security-context'],
  '1.34': ['kubelet-device-plugins.nvidia.device-partitioning-strategy', 'kubelet-device-plugins.nvidia.mig'],
  '1.39': [
    'kubernetes.container-log-max-workers',
    'kubernetes.container-log-monitor-interval',
    'kubernetes.single-process-oom-kill',
  ],
  '1.42': ['kubernetes.memory-swap-behavior'],
  '1.44': ['container-runtime.snapshotter', 'container-runtime-plugins'],
  '1.46': ['kubernetes.static-pods-enabled'],
  '1.47': [
    'container-runtime.concurrent-download-chunk-size',
    'container-runtime.concurrent-layer-fetch-buffer',
    'host-containers.*.command',
    'bootstrap-containers.*.command',
  ],
  '1.50': ['kubernetes.kube-reserved.pid', 'kubernetes.system-reserved.pid'],
  '1.51': [
    'kubernetes.image-minimum-gc-age',
    'kubernetes.image-maximum-gc-age',
    'kubernetes.ids-per-pod',
    'kubernetes.max-parallel-image-pulls',
    'image-verifier-plugins',
  ],
  '1.54': ['kubelet-device-plugins.nvidia.mps'],
}

const matches = (pattern: string, path: readonly string[]): boolean => {
  const steps = pattern.split('.')
  return steps.length === path.length && steps.every((step, i) => step === '*' || step === path[i])
}

/** The release that brought a setting, if it is newer than this model. */
export function releaseOf(path: readonly (string | number)[]): string | undefined {
  const steps = path.map(String)
  return Object.keys(RELEASES).find((release) => RELEASES[release]?.some((pattern) => matches(pattern, steps)))
}

/** Values that came later, of settings that are older. */
const VALUES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'kubelet-device-plugins.nvidia.device-list-strategy': { 'cdi-cri': '1.40' },
  'kubernetes.cpu-manager-policy-options': {
    'align-by-socket': '1.51',
    'distribute-cpus-across-cores': '1.51',
    'distribute-cpus-across-numa': '1.51',
    'prefer-align-cpus-by-uncorecache': '1.51',
    'strict-cpu-reservation': '1.51',
  },
}

/** The release that brought a value of a setting, or of an element of its list, if it is newer than this model. */
export function releaseOfValue(path: readonly (string | number)[], value: unknown): string | undefined {
  const values = VALUES[path.filter((step) => typeof step === 'string').join('.')]
  return typeof value === 'string' && values !== undefined && Object.hasOwn(values, value) ? values[value] : undefined
}
