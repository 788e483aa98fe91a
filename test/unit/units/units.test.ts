/** Every unit against the facts of a host, and every file of the folder against the table. */
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { unitAsset } from '../../../src/units/assets.ts'
import { helperFilesOf, unitsOf, type HostUnit, type UnitHost } from '../../../src/units/host-units.ts'
import { OTHER_FILES, UNIT_FILES } from '../../../src/units/manifest.ts'
import { installRelations, overlaidUnit, parseUnitFile, programsOfUnit } from '../../../src/units/unit-file.ts'
import { findVariant, listVariants } from '../../../src/variants/variant.ts'
import { entries } from '../../tooling/entries.mjs'
import { EXPECTED } from './expected-units.ts'
import type { UnitFacts } from './unit-facts.ts'

const folder = fileURLToPath(new URL('../../../src/units/', import.meta.url))
const IMAGE: UnitHost = { isGeneral: false, hasProgram: () => true }
const GENERAL: UnitHost = { isGeneral: true, hasProgram: () => false }
const VARIANTS = listVariants().map((name) => findVariant(name))

/** All units of all hosts, by name. */
const ALL = new Map<string, HostUnit>()
for (const variant of VARIANTS) {
  for (const host of [IMAGE, GENERAL]) for (const unit of unitsOf(variant, host)) ALL.set(unit.name, unit)
}

const namesIn = (list: string): string[] =>
  list.split(' ').map((name) => (/\.(?:service|target|socket)$/.test(name) ? name : `${name}.service`))

const FLAGS: Readonly<Record<string, readonly [string, string][]>> = {
  remains: [['Service.RemainAfterExit', 'true']],
  refused: [
    ['Unit.RefuseManualStart', 'true'],
    ['Unit.RefuseManualStop', 'true'],
  ],
  console: [['Service.StandardError', 'journal+console']],
  early: [['Unit.DefaultDependencies', 'no']],
}
const isOwn = (command: string): boolean => Object.hasOwn(entries, /^\/usr\/bin\/(\S+)/.exec(command)?.[1] ?? '')
const LISTS = { before: 'Before', after: 'After', requires: 'Requires', wants: 'Wants', bindsTo: 'BindsTo' } as const

/** All that a unit of these facts says: `Section.Key` to its values, lists of units one by one in byte order. */
function expectedKeys(facts: UnitFacts): Readonly<Record<string, readonly string[]>> {
  const keys: Record<string, readonly string[]> = {}
  if (facts.type !== undefined) keys['Service.Type'] = [facts.type]
  if (facts.start !== undefined) keys['Service.ExecStart'] = facts.start
  // not a fact of the reference: how the runtime of the one executable is to run what is short or stays long
  if (facts.start?.some(isOwn) === true) keys['Service.Environment'] = ['BUN_JSC_useJIT=0']
  for (const [fact, key] of Object.entries(LISTS)) {
    const list = facts[fact as keyof typeof LISTS]
    if (list !== undefined) keys[`Unit.${key}`] = namesIn(list).sort()
  }
  const [condition = '', value] = facts.condition?.split(/=(.*)/s) ?? []
  if (value !== undefined) keys[`Unit.Condition${condition}`] = [value]
  for (const flag of facts.flags ?? []) for (const [key, text] of FLAGS[flag] ?? []) keys[key] = [text]
  for (const [key, text] of Object.entries(facts.more ?? {})) keys[key] = typeof text === 'string' ? [text] : text
  return keys
}

function actualKeys({ content }: HostUnit): Readonly<Record<string, readonly string[]>> {
  const lists = new Set<string>(Object.values(LISTS))
  const keys: Record<string, readonly string[]> = {}
  for (const [section, members] of content) {
    for (const [key, values] of members) {
      if (key === 'Description' || section === 'Install') continue
      keys[`${section}.${key}`] = lists.has(key) ? values.flatMap((value) => value.split(' ')).sort() : values
    }
  }
  return keys
}

describe('the units', () => {
  it('are those of the facts', () => {
    const units = [...ALL.values()].filter(({ isDropIn }) => !isDropIn).map(({ name }) => name)
    expect(units.sort()).toEqual(Object.keys(EXPECTED).sort())
  })

  it.each(Object.entries(EXPECTED))('%s', (name, facts) => {
    const unit = ALL.get(name) as HostUnit
    expect(actualKeys(unit)).toEqual(expectedKeys(facts))
    const installed = installRelations(unit.content).map(({ suffix, unit: by }) =>
      suffix === 'wants' ? `wants ${by}` : `required by ${by}`,
    )
    expect(installed.sort()).toEqual([...(facts.installed ?? [])].sort())
    expect(unit.content.get('Unit')?.get('Description')?.[0]).toMatch(/^[A-Z].*[^.]$/)
  })

  it('have the drop-ins of their packages', () => {
    const service = (name: string): ReadonlyMap<string, readonly string[]> =>
      ALL.get(name)?.content.get('Service') ?? new Map<string, readonly string[]>()
    const pre = ['dockershim-symlink', 'make-kubelet-dirs', 'prestart-load-pause-ctr'].flatMap(
      (name) => service(`kubelet.service.d/${name}.conf`).get('ExecStartPre') ?? [],
    )
    expect(pre).toEqual([
      '/usr/bin/ln -sf ./containerd/containerd.sock /run/dockershim.sock',
      '/usr/bin/mkdir -p /var/lib/kubelet/providers/secrets-store',
      '/usr/bin/mkdir -p /var/lib/kubelet/node-feature-discovery/features.d',
      '/usr/bin/ctr --namespace=k8s.io image import --all-platforms /usr/libexec/kubernetes/kubernetes-pause.tar',
      '/usr/bin/ctr --namespace=k8s.io image label localhost/kubernetes/pause:0.1.0 io.cri-containerd.pinned=pinned',
    ])
    expect(service('ecs.service.d/00-defaults.conf').get('Environment')).toEqual([
      'ECS_AUDIT_LOGFILE="/var/log/ecs/audit.log"',
      'ECS_CNI_PLUGINS_PATH="/usr/libexec/amazon-ecs-agent"',
      'ECS_DATADIR="/var/lib/ecs/data"',
      'ECS_LOGFILE="/var/log/ecs/ecs-agent.log"',
      'ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE="true"',
      'ECS_ENABLE_TASK_IAM_ROLE="true"',
      'ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST="true"',
      'ECS_ENABLE_TASK_ENI="true"',
      'ECS_SELINUX_CAPABLE="true"',
    ])
    expect(service('ecs.service.d/20-nvidia.conf').get('Environment')).toEqual(['ECS_ENABLE_GPU_SUPPORT="true"'])
    expect(service('systemd-networkd.service.d/10-netlink-timeout.conf').get('Environment')).toEqual([
      'SYSTEMD_NETLINK_DEFAULT_TIMEOUT=infinity',
    ])
    expect(ALL.get('preconfigured.target.d/10-network-pre.conf')?.content.get('Unit')?.get('Wants')).toEqual([
      'network-pre.target',
    ])
  })
})

describe('the table of units', () => {
  it('names every file of the folder, and no other', () => {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.(?:ts|md)$/.test(entry.name))
      .map((entry) => `${entry.parentPath}/${entry.name}`.slice(folder.length))
    const units = Object.keys(UNIT_FILES).map((name) => `system/${name.replace('\\x2d', '-')}`)
    expect(files.sort()).toEqual([...units, ...OTHER_FILES.map(({ asset }) => asset)].sort())
  })

  const namesOf = (variant: string, host = IMAGE): string[] =>
    unitsOf(findVariant(variant), host).map(({ name }) => name)
  const FAMILY_UNITS = [
    'cfsignal.service',
    'disable-udp-offload.service',
    'docker.service',
    'ecs.service',
    'ecs.service.d/20-nvidia.conf',
    'kubelet.service',
    'pluto.service',
    'root-.aws.mount',
    'warm-pool-wait.service',
    'wicked.service',
    'write-network-status.service',
  ]
  it.each([
    ['aws-k8s-1.30', ['cfsignal', 'kubelet', 'pluto', 'root-.aws', 'warm-pool-wait', 'write-network-status']],
    ['aws-k8s-1.27', ['cfsignal', 'kubelet', 'pluto', 'root-.aws', 'warm-pool-wait', 'wicked']],
    ['aws-ecs-2', ['cfsignal', 'docker', 'ecs', 'write-network-status']],
    ['aws-ecs-1-nvidia', ['cfsignal', 'docker', 'ecs', 'ecs.service.d/20-nvidia', 'wicked']],
    ['aws-dev', ['cfsignal', 'docker', 'write-network-status']],
    ['metal-k8s-1.29', ['kubelet', 'root-.aws', 'write-network-status']],
    ['metal-dev', ['docker', 'write-network-status']],
    ['vmware-k8s-1.30', ['disable-udp-offload', 'kubelet', 'root-.aws', 'write-network-status']],
  ])('gives %s its own', (variant, expected) => {
    const names = new Set(namesOf(variant))
    const found = FAMILY_UNITS.filter((name) => names.has(name)).map((name) =>
      name.replace(/\.(?:service|mount|conf)$/, ''),
    )
    expect(found).toEqual(expected)
  })

  it('has, on every host, whatever its units require', () => {
    const stock =
      /^(?:basic|sysinit|local-fs|network(?:-online|-pre)?|rescue|slices|sockets|timers)\.target$|^(?:rescue|systemd-.*|wickedd.*)\.service$/
    for (const variant of VARIANTS) {
      const names = new Set(namesOf(variant.name))
      for (const { name, content } of unitsOf(variant, IMAGE)) {
        const unit = content.get('Unit')
        const needed = ['Requires', 'BindsTo', 'Wants'].flatMap((key) => unit?.get(key) ?? [])
        const lacking = needed
          .flatMap((list) => list.split(' '))
          .filter((each) => !names.has(each) && !stock.test(each))
        expect(lacking, `${variant.name}: ${name}`).toEqual([])
      }
    }
  })

  it('lets a general host start at preconfigured.target, and keep its own boot marks', () => {
    const [image, general] = [IMAGE, GENERAL].map((host) => new Set(namesOf('aws-ecs-2', host)))
    const only = [...(general ?? [])].filter((name) => image?.has(name) !== true)
    expect(only).toEqual([
      'activate-configured.service.d/10-kept-etc.conf',
      'mark-successful-boot.service.d/10-marker.conf',
    ])
    const unit = ALL.get('mark-successful-boot.service') as HostUnit
    const dropIn = ALL.get('mark-successful-boot.service.d/10-marker.conf') as HostUnit
    expect(programsOfUnit(overlaidUnit([unit.content, dropIn.content]))).toEqual(['/usr/bin/touch'])
  })
})

describe('files of systemd’s helpers', () => {
  const linesOf = (variant: string, file: string, host = IMAGE): string[] => {
    const found = helperFilesOf(findVariant(variant), host).find(({ path }) => path.endsWith(`/${file}`))
    return (found?.text ?? '').split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  }

  it('make the directories and links of a boot', () => {
    expect(linesOf('metal-k8s-1.29', 'tmpfiles.d/bottlerocket-pipeline.conf')).toEqual([
      'd /etc/storewolf 0700',
      'L+ /etc/storewolf/defaults.toml - - - - /usr/share/storewolf/metal-k8s-1.29.toml',
      'd /var/lib/bottlerocket-migrations 0700',
      'd /var/lib/netdog 0700',
      'd /etc/sysctl.d 0700',
      'd /etc/host-containers 0750',
      'd /etc/bootstrap-containers 0750',
      'd /etc/bootstrap-commands 0750',
      'd /run/bootstrap-containers 0755',
      'd /local/host-containers 0700',
      'd /local/bootstrap-containers 0700',
      'C /etc/host-containerd/config.toml - - - - /usr/share/factory/etc/host-containerd/config.toml',
      'd /run/cache 0755',
      'd /run/cache/thar-be-updates 0755',
      'd /run/lock 0755',
      'd /etc/deprecated-settings 0700',
    ])
    expect(linesOf('metal-k8s-1.29', 'tmpfiles.d/bottlerocket-kubernetes.conf')).toContain(
      'L /etc/kubernetes/manifests - - - - static-pods',
    )
    expect(linesOf('aws-ecs-2', 'tmpfiles.d/bottlerocket-ecs.conf')).toContain(
      'd /var/ecs/managed-agents/execute-command/config 0750',
    )
    expect(linesOf('aws-ecs-1', 'tmpfiles.d/bottlerocket-wicked.conf')).toEqual([
      'd /etc/wicked/ifconfig 0700',
      'd /var/lib/wicked 0700',
    ])
    expect(linesOf('aws-ecs-2', 'tmpfiles.d/bottlerocket-wicked.conf')).toEqual([])
  })

  it('make the groups of the sockets', () => {
    expect(linesOf('aws-ecs-2', 'sysusers.d/bottlerocket-pipeline.conf')).toEqual(['g api 274'])
    expect(linesOf('aws-ecs-2', 'sysusers.d/bottlerocket-docker.conf')).toEqual(['g docker 900'])
    expect(linesOf('aws-k8s-1.30', 'sysusers.d/bottlerocket-docker.conf')).toEqual([])
  })

  it('leave no place to be filled', () => {
    for (const variant of VARIANTS) {
      for (const host of [IMAGE, GENERAL]) {
        for (const { path, text } of helperFilesOf(variant, host)) expect(`${path} ${text}`).not.toMatch(/@\w+@/)
      }
    }
  })

  it('give host containers a runtime of their own', () => {
    const text = unitAsset('factory/host-containerd.toml')
    expect(text).toMatch(/^address = "\/run\/host-containerd\/containerd\.sock"$/m)
    for (const plugin of ['grpc.v1.cri', 'aufs', 'devmapper', 'native', 'zfs', 'opt']) expect(text).toContain(plugin)
  })
})

describe('reading unit files', () => {
  it('joins lines, keeps repeated keys, skips comments', () => {
    const unit = parseUnitFile(
      '# x\n[Service]\n; y\nExecStart=-/bin/a \\\n   b\nExecStart=@/bin/c d\n[Unit]\nAfter=x\n',
    )
    expect(unit.get('Service')?.get('ExecStart')).toEqual(['-/bin/a b', '@/bin/c d'])
    expect(programsOfUnit(unit)).toEqual(['/bin/a', '/bin/c'])
  })

  it('forgets what a drop-in clears', () => {
    const whole = overlaidUnit(
      ['[Service]\nExecStart=/bin/a\nExecStop=/bin/b\n', '[Service]\nExecStart=\nExecStart=/bin/c\n'].map(
        parseUnitFile,
      ),
    )
    expect(programsOfUnit(whole)).toEqual(['/bin/c', '/bin/b'])
  })
})
