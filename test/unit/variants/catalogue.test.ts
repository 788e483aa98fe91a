import { describe, expect, it } from 'vitest'
import { EACH_ELEMENT, splitKey } from '../../../src/model/catalogue.ts'
import { variantCatalogue, type Catalogue, type VariantSetting } from '../../../src/variants/catalogue.ts'
import { findVariant, listVariants } from '../../../src/variants/variant.ts'

const catalogueOf = (variant: string): Catalogue => variantCatalogue(findVariant(variant))

function settingOf(variant: string, key: string): VariantSetting {
  const found = catalogueOf(variant).find(key)
  if (found === undefined) throw new Error(`${variant} has no ${key}`)
  return found.setting
}

const originsOf = (variant: string, key: string): unknown[] => [...settingOf(variant, key).origins]
const servicesOf = (variant: string, key: string): string[] => settingOf(variant, key).services.map(({ name }) => name)

describe('finding a setting', () => {
  const catalogue = catalogueOf('aws-k8s-1.30')

  it.each([
    ['settings.kubernetes.max-pods', 'settings.kubernetes.max-pods', ['kubernetes', 'max-pods']],
    ['kubernetes.max-pods', 'settings.kubernetes.max-pods', ['kubernetes', 'max-pods']],
    ['motd', 'settings.motd', ['motd']],
    [
      'host-containers.admin.enabled',
      'settings.host-containers.<name>.enabled',
      ['host-containers', 'admin', 'enabled'],
    ],
    ['host-containers.<name>.enabled', 'settings.host-containers.<name>.enabled', ['host-containers', '*', 'enabled']],
    ['host-containers.admin', 'settings.host-containers', ['host-containers', 'admin']],
    ['kernel.sysctl."vm.max_map_count"', 'settings.kernel.sysctl', ['kernel', 'sysctl', 'vm.max_map_count']],
    ['kubernetes.node-labels."a.b/c"', 'settings.kubernetes.node-labels', ['kubernetes', 'node-labels', 'a.b/c']],
    ['boot.kernel-parameters', 'settings.boot.kernel', ['boot', 'kernel']],
    ['boot.kernel-parameters.quiet', 'settings.boot.kernel', ['boot', 'kernel', 'quiet']],
    [
      'container-registry.creds[].auth',
      'settings.container-registry.credentials[].auth',
      ['container-registry', 'credentials', EACH_ELEMENT, 'auth'],
    ],
    [
      'container-registry.credentials.0.auth',
      'settings.container-registry.credentials[].auth',
      ['container-registry', 'credentials', '0', 'auth'],
    ],
  ])('%s', (key, wanted, path) => {
    const found = catalogue.find(key)
    expect(found?.setting.key).toBe(wanted)
    expect(found?.path).toEqual(path)
  })

  it.each(['', 'settings', 'kubernetes.max-pod', 'ecs.cluster', 'motd2', 'host-containers.admin.nothing'])(
    'finds nothing for %j',
    (key) => {
      expect(catalogue.find(key)).toBeUndefined()
    },
  )

  it('knows what was probably meant', () => {
    expect(catalogue.nearest('kubernetes.max-pod')).toBe('settings.kubernetes.max-pods')
    expect(catalogue.nearest('settings.boot.kernel-parameter')).toBe('settings.boot.kernel-parameters')
    expect(catalogue.nearest('something.else.altogether')).toBeUndefined()
  })

  it('finds every setting by its own keys and path', () => {
    for (const setting of catalogue.settings) {
      expect(catalogue.find(setting.key)?.setting).toBe(setting)
      expect(catalogue.find(setting.writtenKey)?.setting).toBe(setting)
      expect(catalogue.at(setting.path)).toBe(setting)
    }
  })

  it('lists what is in a table', () => {
    const within = (key: string): string[] =>
      catalogue.within(catalogue.find(key)?.setting as VariantSetting).map((setting) => setting.path.at(-1) as string)
    expect(within('host-containers')).toEqual(['enabled', 'source', 'superpowered', 'user-data'])
    expect(within('boot')).toEqual(['init', 'kernel', 'reboot-to-reconcile'])
    expect(within('container-registry.mirrors')).toEqual(['endpoint', 'registry'])
    expect(within('motd')).toEqual([])
  })
})

describe('keys as people type them', () => {
  it.each([
    ['settings.a.b', ['a', 'b']],
    ['a."b.c"', ['a', 'b.c']],
    ['a."b', ['a', 'b']],
    ['a.<name>.b', ['a', '*', 'b']],
    ['a[].b', ['a', '[]', 'b']],
    ['..a..b..', ['a', 'b']],
    ['', []],
  ])('%s', (text, segments) => {
    expect(splitKey(text)).toEqual(segments)
  })
})

describe('where values come from', () => {
  it('the defaults of the variant', () => {
    expect(originsOf('aws-k8s-1.30', 'kubernetes.cluster-domain')).toEqual([
      { kind: 'default', key: 'settings.kubernetes.cluster-domain', value: 'cluster.local' },
    ])
    expect(originsOf('aws-k8s-1.24', 'kubernetes.seccomp-default')).toEqual([])
    expect(originsOf('aws-k8s-1.25', 'kubernetes.seccomp-default')).toHaveLength(1)
    expect(originsOf('aws-ecs-2', 'oci-defaults.resource-limits.<name>.hard-limit')).toEqual([
      { kind: 'default', key: 'settings.oci-defaults.resource-limits.max-open-files.hard-limit', value: 4096n },
    ])
  })

  it('defaults and generators of what is there under a name', () => {
    expect(originsOf('metal-k8s-1.29', 'host-containers.<name>.enabled')).toEqual([
      { kind: 'default', key: 'settings.host-containers.admin.enabled', value: false },
      { kind: 'default', key: 'settings.host-containers.control.enabled', value: false },
    ])
    expect(originsOf('metal-dev', 'host-containers.<name>.enabled')).toEqual([])
    expect(originsOf('aws-ecs-2', 'host-containers.<name>.user-data')).toEqual([
      {
        kind: 'generator',
        key: 'settings.host-containers.admin.user-data',
        command: 'shibaken generate-admin-userdata',
      },
    ])
    const sources = settingOf('aws-ecs-2', 'host-containers.<name>.source').origins
    expect(sources.map(({ kind, key }) => [kind, key])).toEqual([
      ['generator', 'settings.host-containers.admin.source'],
      ['generator', 'settings.host-containers.control.source'],
    ])
  })

  it('a generator for a whole table', () => {
    const wanted = { kind: 'generator', key: 'settings.boot', command: '/usr/bin/prairiedog generate-boot-settings' }
    expect(originsOf('aws-ecs-2', 'boot.kernel-parameters')).toEqual([wanted])
    expect(originsOf('aws-ecs-2', 'boot')).toEqual([wanted])
  })

  it('both, where the default wins', () => {
    expect(settingOf('aws-dev', 'metrics.send-metrics').origins.map(({ kind }) => kind)).toEqual([
      'default',
      'generator',
    ])
  })

  it('the programs of a boot', () => {
    const pluto = (variant: string): string[] =>
      catalogueOf(variant)
        .settings.filter(({ origins }) =>
          origins.some((origin) => origin.kind === 'program' && origin.program === 'pluto'),
        )
        .map(({ key }) => key)
    const wanted = ['cluster-dns-ip', 'hostname-override', 'max-pods', 'node-ip', 'provider-id']
    expect(pluto('aws-k8s-1.23-nvidia')).toEqual(wanted.map((name) => `settings.kubernetes.${name}`))
    for (const variant of ['aws-ecs-2', 'aws-dev', 'metal-k8s-1.29', 'vmware-k8s-1.31'])
      expect(pluto(variant)).toEqual([])
    expect(originsOf('vmware-k8s-1.31', 'kubernetes.node-ip')).toEqual([
      { kind: 'generator', key: 'settings.kubernetes.node-ip', command: 'netdog node-ip' },
    ])
    expect(originsOf('aws-ecs-1', 'aws.region')).toHaveLength(1)
    expect(originsOf('metal-k8s-1.29', 'aws.region')).toEqual([])
  })
})

describe('what a change touches', () => {
  it.each([
    ['aws-k8s-1.30', 'kubernetes.max-pods', ['kubernetes']],
    ['aws-k8s-1.30', 'kubernetes.static-pods.<name>.enabled', ['static-pods']],
    ['aws-k8s-1.30', 'kubernetes.pod-infra-container-image', ['pod-infra-container-image']],
    ['metal-k8s-1.29', 'kubernetes.pod-infra-container-image', ['kubernetes']],
    ['aws-k8s-1.30', 'aws.profile', ['kubernetes']],
    ['aws-k8s-1.30', 'aws.region', ['aws']],
    ['aws-ecs-2', 'aws.region', []],
    ['aws-k8s-1.30', 'network.hostname', ['hostname', 'hosts']],
    [
      'aws-k8s-1.30',
      'network.https-proxy',
      ['containerd', 'kubernetes', 'host-containerd', 'host-containers', 'updog'],
    ],
    [
      'aws-ecs-2',
      'network.https-proxy',
      ['containerd', 'docker', 'ecs', 'host-containerd', 'host-containers', 'updog'],
    ],
    ['metal-dev', 'network.no-proxy', ['containerd', 'docker', 'host-containerd', 'host-containers', 'updog']],
    ['aws-ecs-2', 'container-registry.credentials', ['ecs', 'host-containers', 'bootstrap-containers']],
    ['aws-ecs-2', 'container-registry.credentials[].auth', ['ecs', 'host-containers', 'bootstrap-containers']],
    ['aws-dev', 'container-registry.credentials', ['host-containers', 'bootstrap-containers']],
    ['aws-ecs-2', 'container-registry.mirrors', ['docker', 'host-containers', 'bootstrap-containers']],
    ['aws-k8s-1.30', 'pki.<name>.trusted', ['pki', 'containerd']],
    ['aws-ecs-2', 'pki.<name>.trusted', ['pki', 'docker']],
    ['aws-k8s-1.30', 'oci-hooks.log4j-hotpatch-enabled', ['log4j-hotpatch-enabled']],
    ['aws-k8s-1.30-nvidia', 'oci-hooks.log4j-hotpatch-enabled', ['oci-hooks']],
    ['aws-k8s-1.30-nvidia', 'kubelet-device-plugins.nvidia.device-id-strategy', ['nvidia-k8s-device-plugin']],
    ['aws-k8s-1.30', 'metrics.send-metrics', []],
    ['aws-k8s-1.30', 'autoscaling.should-wait', ['autoscaling-warm-pool']],
    ['aws-ecs-2', 'autoscaling.should-wait', []],
  ])('%s: %s', (variant, key, services) => {
    expect(servicesOf(variant, key)).toEqual(services)
  })

  it('names files and commands', () => {
    expect(settingOf('aws-ecs-2', 'ntp.time-servers').services).toEqual([
      {
        name: 'ntp',
        files: ['/etc/chrony.conf'],
        restartCommands: ['/bin/systemctl try-reload-or-restart chronyd.service'],
      },
    ])
  })

  it('names only services that the variant has', () => {
    for (const variant of listVariants()) {
      for (const { services, key } of catalogueOf(variant).settings) {
        for (const { name, files } of services) expect(files, `${variant} ${key} ${name}`).not.toEqual([])
      }
    }
  })
})

describe('when a change takes effect', () => {
  const BOOT_ONLY = ['boot.', 'bootstrap-commands.', 'bootstrap-containers.', 'metrics.']

  it.each([
    ['aws-k8s-1.30', [...BOOT_ONLY], ['autoscaling.', 'cloudformation.']],
    ['aws-ecs-2', [...BOOT_ONLY, 'aws.', 'autoscaling.'], ['cloudformation.']],
    ['aws-ecs-1', [...BOOT_ONLY.slice(1), 'aws.', 'autoscaling.'], ['cloudformation.']],
    ['aws-dev', [...BOOT_ONLY, 'aws.'], ['cloudformation.']],
    ['metal-k8s-1.29', [...BOOT_ONLY], []],
    ['vmware-dev', [...BOOT_ONLY], []],
  ])('%s', (variant, nextBoot, firstBoot) => {
    const settings = catalogueOf(variant).settings.filter(({ kind }) => kind === 'setting')
    const without = (key: string): string => key.replace('settings.', '')
    for (const { key, effect } of settings) {
      const isNext = nextBoot.some((prefix) => without(key).startsWith(prefix))
      const isFirst = firstBoot.some((prefix) => without(key).startsWith(prefix))
      expect([key, effect.when]).toEqual([key, isNext ? 'next-boot' : isFirst ? 'first-boot' : 'at-once'])
    }
  })

  it('says where it depends', () => {
    const noted = catalogueOf('aws-k8s-1.30').settings.filter(
      ({ effect, kind }) => effect.note !== undefined && kind === 'setting',
    )
    expect(noted.map(({ key }) => key)).toEqual([
      'settings.kernel.lockdown',
      'settings.kernel.modules.<name>.allowed',
      'settings.kernel.modules.<name>.autoload',
    ])
  })
})
