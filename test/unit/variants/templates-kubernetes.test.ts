import { parse as parseToml } from '@iarna/toml'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { isJsonObject, type JsonObject } from '../../../src/lib/json.ts'
import { failure, render, type Facts } from '../../support/render-template.ts'
import { unitSettings, unitWords } from '../../support/systemd-readers.ts'

/** Settings of a node that every kubelet template can be rendered with. */
const node = (more: object = {}): object => ({
  kubernetes: {
    'cluster-domain': 'cluster.local',
    'server-tls-bootstrap': true,
    'authentication-mode': 'aws',
    'cloud-provider': 'external',
    ...more,
  },
})

const VERSIONS = ['1.23', '1.24', '1.25', '1.26', '1.27', '1.28', '1.31'] as const
type Version = (typeof VERSIONS)[number]

const kubelet = (version: Version, more: object = {}, facts: Facts = {}): Record<string, unknown> =>
  parseYaml(render(`kubelet-config@${version}`, node(more), facts)) as Record<string, unknown>

describe('kubelet configuration by version', () => {
  const csi = { CSIMigration: true, CSIMigrationAWS: true, CSIMigrationvSphere: true }

  it.each<[Version, object | undefined]>([
    ['1.23', { RotateKubeletServerCertificate: true, ...csi, KubeletCredentialProviders: true }],
    ['1.24', { RotateKubeletServerCertificate: true, ...csi }],
    ['1.25', { RotateKubeletServerCertificate: true, ...csi }],
    ['1.27', { RotateKubeletServerCertificate: true }],
    ['1.28', undefined],
  ])('%s has the feature gates %j', (version, gates) => {
    expect(kubelet(version)['featureGates']).toEqual(gates)
  })

  it.each<[Version, object, unknown, unknown]>([
    ['1.24', {}, 10, 20],
    ['1.25', { 'kube-api-qps': 0, 'kube-api-burst': 5 }, 0, 5],
    ['1.27', {}, undefined, undefined],
    ['1.28', { 'kube-api-qps': 0 }, 0, undefined],
  ])('%s with %j limits requests to %j and %j', (version, settings, qps, burst) => {
    const config = kubelet(version, settings)
    expect([config['kubeAPIQPS'], config['kubeAPIBurst']]).toEqual([qps, burst])
  })

  it.each<[Version, unknown]>([
    ['1.23', undefined],
    ['1.24', undefined],
    ['1.25', true],
    ['1.28', true],
  ])('%s writes the seccomp default as %j', (version, written) => {
    expect(kubelet(version, { 'seccomp-default': true })['seccompDefault']).toBe(written)
  })
})

describe.each(VERSIONS)('kubelet configuration of %s', (version) => {
  it.each([
    [1, '60m'],
    [2, '70m'],
    [4, '80m'],
    [5, '82m'],
    [8, '90m'],
    [96, '310m'],
  ])('reserves for %i processors %s', (cpus, cpu) => {
    expect(kubelet(version, {}, { cpus })['kubeReserved']).toMatchObject({ cpu })
  })

  it.each<[object, object]>([
    [{}, { 'ephemeral-storage': '1Gi', cpu: '70m' }],
    [{ 'max-pods': 58 }, { 'ephemeral-storage': '1Gi', cpu: '70m', memory: '893Mi' }],
    [{ 'max-pods': 0 }, { 'ephemeral-storage': '1Gi', cpu: '70m' }],
    [{ 'kube-reserved': { memory: '5Gi', cpu: '1' } }, { 'ephemeral-storage': '1Gi', cpu: '1', memory: '5Gi' }],
  ])('with %j reserves %j', (settings, reserved) => {
    expect(kubelet(version, settings)['kubeReserved']).toEqual(reserved)
  })

  it.each<[object, Record<string, unknown>]>([
    [{ 'eviction-max-pod-grace-period': 0 }, { evictionMaxPodGracePeriod: undefined }],
    [{ 'eviction-max-pod-grace-period': -1 }, { evictionMaxPodGracePeriod: -1 }],
    [
      { 'registry-qps': 0, 'event-burst': 0 },
      { registryPullQPS: 0, eventBurst: 0 },
    ],
    [{ 'cluster-dns-ip': '10.0.0.10' }, { clusterDNS: ['10.0.0.10'] }],
    [{ 'cluster-dns-ip': ['10.0.0.10', 'fd00::a'] }, { clusterDNS: ['10.0.0.10', 'fd00::a'] }],
    [{ 'cluster-dns-ip': [] }, { clusterDNS: undefined }],
    [{ 'container-log-max-size': '1e6' }, { containerLogMaxSize: '1e6' }],
    [{ 'image-gc-high-threshold-percent': '70' }, { imageGCHighThresholdPercent: 70 }],
    [{ 'image-gc-low-threshold-percent': 0 }, { imageGCLowThresholdPercent: 0 }],
    [
      { 'reserved-cpus': '0-1', 'system-reserved': { cpu: '10m' } },
      {
        systemReserved: { cpu: '10m' },
        systemReservedCgroup: undefined,
        kubeReservedCgroup: undefined,
        reservedSystemCPUs: '0-1',
      },
    ],
    [{ 'system-reserved': { cpu: '10m' } }, { systemReservedCgroup: '/system', kubeReservedCgroup: '/runtime' }],
    [{ 'server-certificate': 'YQ==' }, { tlsCertFile: undefined, serverTLSBootstrap: true }],
    [
      { 'server-certificate': 'YQ==', 'server-key': 'YQ==' },
      {
        tlsCertFile: '/etc/kubernetes/pki/kubelet-server.crt',
        tlsPrivateKeyFile: '/etc/kubernetes/pki/private/kubelet-server.key',
        serverTLSBootstrap: undefined,
      },
    ],
    [
      {
        'memory-manager-policy': 'Static',
        'memory-manager-reserved-memory': {
          2: { enabled: true, memory: '1Gi' },
          10: { enabled: true, memory: '1024' },
        },
      },
      {
        memoryManagerPolicy: 'Static',
        reservedMemory: [
          { numaNode: 10, limits: { memory: '1024' } },
          { numaNode: 2, limits: { memory: '1Gi' } },
        ],
      },
    ],
    [
      { 'memory-manager-policy': 'Static', 'memory-manager-reserved-memory': { 0: { enabled: false, memory: '1Gi' } } },
      { memoryManagerPolicy: undefined, reservedMemory: undefined },
    ],
    [{ 'max-pods': 0 }, { maxPods: 0 }],
    [{}, { maxPods: 110, podPidsLimit: 1048576, cpuManagerPolicy: 'none', cpuCFSQuota: true, address: '0.0.0.0' }],
  ])('with %j has %j', (settings, expected) => {
    const config = kubelet(version, settings)
    for (const [key, value] of Object.entries(expected)) expect(config[key], key).toEqual(value)
  })

  it('lets only this host in when it stands alone', () => {
    expect(kubelet(version, { 'standalone-mode': true })).toMatchObject({
      address: '127.0.0.1',
      authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
      authorization: { mode: 'AlwaysAllow' },
    })
  })
})

describe('kubelet command line', () => {
  const words = (version: '1.23' | '1.24' | '1.27', more: object = {}): string[] => {
    const text = render(`kubelet-exec-start-conf@${version}`, node(more))
    const settings = unitSettings(text)
    expect(settings.map(([section, name]) => `${section}.${name}`)).toEqual(['Service.ExecStart', 'Service.ExecStart'])
    expect(settings[0]?.[2]).toBe('')
    return unitWords(settings[1]?.[2] ?? '')
  }
  const after = (list: string[], option: string): string | undefined => list[list.indexOf(option) + 1]

  it('has the network plugin in 1.23 and the remote runtime before 1.27', () => {
    expect(words('1.23')).toEqual(expect.arrayContaining(['--network-plugin', 'cni', '--container-runtime=remote']))
    expect(words('1.24')).not.toContain('--network-plugin')
    expect(words('1.24')).toContain('--container-runtime=remote')
    expect(words('1.27')).not.toContain('--container-runtime=remote')
  })

  it.each([
    ['1.24', 'aws', false],
    ['1.24', 'external', true],
    ['1.24', '""', true],
    ['1.27', 'aws', true],
  ] as const)('of %s with the provider %s overrides the host name: %s', (version, provider, overrides) => {
    const list = words(version, { 'cloud-provider': provider, 'hostname-override': 'h' })
    expect(list.includes('--hostname-override')).toBe(overrides)
  })

  it.each([
    ['external', { 'cloud-provider': 'external' }],
    ['', { 'cloud-provider': '""' }],
    ['', { 'standalone-mode': true }],
    ['external', { 'cloud-provider': undefined }],
  ])('names the cloud provider %j for %j', (provider, settings) => {
    expect(after(words('1.27', settings), '--cloud-provider')).toBe(provider)
  })

  it('uses the bootstrap configuration with TLS, and none alone', () => {
    expect(words('1.27')).not.toContain('--bootstrap-kubeconfig')
    expect(words('1.27', { 'authentication-mode': 'tls' })).toContain('--bootstrap-kubeconfig')
    const alone = words('1.27', { 'standalone-mode': true, 'authentication-mode': undefined })
    expect(alone).not.toContain('--kubeconfig')
    expect(alone).not.toContain('--bootstrap-kubeconfig')
  })

  it('needs the cloud provider before 1.27, also alone', () => {
    const settings = node({ 'cloud-provider': undefined, 'standalone-mode': true })
    expect(failure('kubelet-exec-start-conf@1.24', settings)).toBe('TEMPLATE_VALUE_MISSING')
    expect(failure('kubelet-exec-start-conf@1.27', settings)).toBe('rendered')
    expect(failure('kubelet-exec-start-conf@1.27', node({ 'authentication-mode': undefined }))).toBe(
      'TEMPLATE_VALUE_MISSING',
    )
  })

  it('names credential providers only if one is enabled, and the log level also if it is 0', () => {
    const provider = (enabled: boolean): object => ({
      'credential-providers': { x: { enabled, 'image-patterns': [] } },
    })
    expect(words('1.27', provider(true))).toContain('--image-credential-provider-config')
    expect(words('1.27', provider(false))).not.toContain('--image-credential-provider-config')
    expect(after(words('1.27', { 'log-level': 0 }), '-v')).toBe('0')
    expect(words('1.27')).not.toContain('-v')
  })
})

describe('credential providers', () => {
  it.each([
    ['1.23', 'v1alpha1', 'v1alpha1'],
    ['1.24', 'v1beta1', 'v1alpha1'],
    ['1.25', 'v1beta1', 'v1beta1'],
    ['1.26', 'v1', 'v1alpha1'],
    ['1.27', 'v1', 'v1'],
  ])('of %s speak %s and %s', (version, outer, inner) => {
    const providers = { 'ecr-credential-provider': { enabled: true, 'image-patterns': ['a'] } }
    const settings = { ...node({ 'credential-providers': providers }), aws: { profile: 'p' } }
    expect(parseYaml(render(`credential-provider-config-yaml@${version}`, settings))).toEqual({
      apiVersion: `kubelet.config.k8s.io/${outer}`,
      kind: 'CredentialProviderConfig',
      providers: [
        {
          name: 'ecr-credential-provider',
          matchImages: ['a'],
          defaultCacheDuration: '12h',
          apiVersion: `credentialprovider.kubelet.k8s.io/${inner}`,
          env: [
            { name: 'HOME', value: '/root' },
            { name: 'AWS_PROFILE', value: 'p' },
          ],
        },
      ],
    })
  })

  it('that are switched off leave nothing behind', () => {
    const settings = node({ 'credential-providers': { x: { enabled: false, 'image-patterns': ['a'] } } })
    expect(parseYaml(render('credential-provider-config-yaml@1.27', settings))).toMatchObject({
      providers: null,
    })
  })
})

describe('NVIDIA files', () => {
  it('run every container with the runtime that hands out GPUs', () => {
    const config = parseToml(render('containerd-config-toml_k8s_nvidia_containerd_sock', {})) as JsonObject
    const cri = isJsonObject(config['plugins']) ? config['plugins']['io.containerd.grpc.v1.cri'] : undefined
    expect(cri).toMatchObject({
      containerd: { default_runtime_name: 'nvidia', runtimes: { nvidia: { options: { BinaryName: 'nvidia-oci' } } } },
    })
    expect(JSON.parse(render('docker-daemon-nvidia-json', {}))).toMatchObject({
      'default-runtime': 'shimpei',
      runtimes: { shimpei: { path: 'shimpei' }, nvidia: { path: 'nvidia-oci' } },
    })
  })

  it('replace the command of the device plugin only if it has settings', () => {
    const template = 'nvidia-k8s-device-plugin-exec-start-conf'
    expect(unitSettings(render(template, {}))).toEqual([])
    const settings = { 'kubelet-device-plugins': { nvidia: { 'pass-device-specs': false } } }
    expect(unitSettings(render(template, settings)).map(([, , value]) => value)).toEqual([
      '',
      '/usr/bin/nvidia-device-plugin --config-file=/etc/nvidia-k8s-device-plugin/settings.yaml',
    ])
    expect(parseYaml(render('nvidia-k8s-device-plugin-conf', settings))).toEqual({
      version: 'v1',
      flags: {
        migStrategy: 'none',
        failOnInitError: true,
        plugin: { passDeviceSpecs: false, deviceListStrategy: 'volume-mounts', deviceIDStrategy: 'index' },
      },
    })
  })
})
