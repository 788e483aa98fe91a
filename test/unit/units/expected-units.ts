/** What every unit of a host has to be, as facts: what starts it, what it waits for, who pulls it in. */
import { LATER_UNITS } from './expected-later-units.ts'
import { STEP, type UnitFacts } from './unit-facts.ts'

const PRECONFIGURED = ['required by preconfigured.target']
const COMMIT = { 'Service.ExecStartPre': '/usr/bin/settings-committer' }
const ISOLATABLE = { 'Unit.AllowIsolate': 'true' }

const secretMount = (where: string, mode: string, by = 'preconfigured.target'): UnitFacts => ({
  before: 'local-fs.target',
  installed: [`wants ${by}`],
  flags: ['early'],
  more: {
    'Mount.What': 'tmpfs',
    'Mount.Type': 'tmpfs',
    'Mount.Where': where,
    'Mount.Options': `nosuid,nodev,noexec,noatime,mode=${mode}`,
  },
})

const activate = (next: string, after: string): UnitFacts => ({
  type: 'oneshot',
  start: [`/usr/bin/systemctl set-default ${next}`, '/usr/bin/systemctl isolate default --no-block'],
  after,
  requires: after,
  installed: [`wants ${after.split(' ')[0] ?? ''}`],
  flags: ['remains', 'console'],
})

const TARGETS: Readonly<Record<string, UnitFacts>> = {
  'preconfigured.target': {
    after: 'basic.target',
    requires: 'basic.target',
    installed: ['required by configured.target', 'required by multi-user.target'],
    more: ISOLATABLE,
  },
  'configured.target': {
    after: 'preconfigured.target',
    requires: 'preconfigured.target',
    installed: ['required by multi-user.target'],
    more: ISOLATABLE,
  },
  'multi-user.target': {
    after: 'basic.target configured.target rescue rescue.target',
    requires: 'basic.target configured.target',
    more: { ...ISOLATABLE, 'Unit.Conflicts': 'rescue.service rescue.target' },
  },
  'runtime.slice': { before: 'slices.target' },
  'activate-configured.service': activate('configured', 'preconfigured.target'),
  'activate-multi-user.service': activate('multi-user', 'configured.target reboot-if-required'),
}

const NETWORK: Readonly<Record<string, UnitFacts>> = {
  'run-netdog.mount': secretMount('/run/netdog', '0755', 'network-pre.target'),
  'generate-network-config.service': {
    type: 'oneshot',
    start: ['/usr/bin/netdog generate-net-config'],
    installed: ['required by network-pre.target'],
    flags: STEP,
  },
  'write-network-status.service': {
    type: 'oneshot',
    start: ['/usr/bin/netdog write-primary-interface-status'],
    after: 'systemd-networkd-wait-online systemd-resolved',
    wants: 'systemd-networkd-wait-online systemd-resolved',
    before: 'early-boot-config',
    installed: ['wants network-online.target'],
    flags: STEP,
  },
  'disable-udp-offload.service': {
    type: 'oneshot',
    start: [
      '/usr/sbin/ethtool -K eth0 tx-udp_tnl-segmentation off',
      '/usr/sbin/ethtool -K eth0 tx-udp_tnl-csum-segmentation off',
    ],
    after: 'network-online.target',
    condition: 'Virtualization=vmware',
    installed: PRECONFIGURED,
    flags: STEP,
  },
  'wicked.service': {
    type: 'oneshot',
    start: ['/usr/sbin/wicked --systemd ifup --timeout 300 all'],
    after: 'network-pre.target wickedd wickedd-nanny wickedd-dhcp4 wickedd-dhcp6',
    before: 'network.target network-online.target',
    installed: ['wants multi-user.target', 'wants network-online.target'],
    flags: ['remains'],
    more: {
      'Service.ExecStop': '/usr/sbin/wicked --systemd ifdown all',
      'Service.ExecReload': '/usr/sbin/wicked --systemd ifreload all',
    },
  },
}

const PIPELINE: Readonly<Record<string, UnitFacts>> = {
  'migrator.service': {
    type: 'oneshot',
    start: [
      [
        '/usr/bin/migrator --datastore-path /var/lib/bottlerocket/datastore/current',
        '--migration-directory /var/lib/bottlerocket-migrations --root-path /usr/share/updog/root.json',
        '--metadata-directory /var/cache/bottlerocket-metadata --migrate-to-version-from-os-release',
      ].join(' '),
    ],
    before: 'apiserver storewolf mark-successful-boot',
    installed: [
      ...PRECONFIGURED,
      'required by apiserver.service',
      'required by mark-successful-boot.service',
      'required by storewolf.service',
    ],
    flags: STEP,
    more: { 'Service.StandardOutput': 'journal+console' },
  },
  'storewolf.service': {
    type: 'oneshot',
    start: [
      '/usr/bin/storewolf --data-store-base-path /var/lib/bottlerocket/datastore --inventory-file-symlink-path /var/lib/bottlerocket/inventory/application.json',
    ],
    installed: PRECONFIGURED,
    flags: STEP,
  },
  'apiserver.service': {
    type: 'notify',
    start: ['/usr/bin/apiserver --datastore-path /var/lib/bottlerocket/datastore/current --socket-gid 274'],
    after: 'storewolf',
    requires: 'storewolf',
    installed: ['wants preconfigured.target'],
    flags: ['console'],
    more: { 'Service.Restart': 'always', 'Service.RestartSec': '5' },
  },
  'early-boot-config.service': {
    type: 'oneshot',
    start: ['/usr/bin/early-boot-config'],
    after: 'network-online.target apiserver storewolf',
    requires: 'storewolf',
    wants: 'apiserver network-online.target',
    condition: 'PathExists=!/var/lib/bottlerocket/early-boot-config.ran',
    installed: PRECONFIGURED,
    flags: STEP,
  },
  'sundog.service': {
    type: 'oneshot',
    start: ['/usr/bin/sundog'],
    after: 'network-online.target apiserver early-boot-config',
    requires: 'early-boot-config',
    wants: 'network-online.target apiserver',
    installed: PRECONFIGURED,
    flags: STEP,
    more: COMMIT,
  },
  'pluto.service': {
    type: 'oneshot',
    start: ['/usr/bin/pluto'],
    after: 'network-online.target apiserver sundog',
    requires: 'sundog',
    wants: 'network-online.target apiserver',
    before: 'settings-applier',
    installed: ['required by settings-applier.service'],
    flags: STEP,
    more: COMMIT,
  },
  'settings-applier.service': {
    type: 'oneshot',
    start: ['/usr/bin/thar-be-settings --all'],
    after: 'storewolf sundog early-boot-config apiserver',
    requires: 'storewolf sundog early-boot-config',
    wants: 'apiserver',
    installed: PRECONFIGURED,
    flags: STEP,
    more: COMMIT,
  },
  'set-hostname.service': {
    type: 'oneshot',
    start: ["/usr/bin/netdog set-hostname '${HOSTNAME}'"],
    after: 'settings-applier',
    requires: 'settings-applier',
    installed: ['wants preconfigured.target'],
    flags: ['remains', 'console'],
    more: { 'Service.EnvironmentFile': '/etc/network/hostname.env' },
  },
  'bootstrap-commands.service': {
    type: 'oneshot',
    start: [
      '/usr/bin/systemd-inhibit --what=shutdown --why="Running bootstrap commands" --mode=delay /usr/bin/bootstrap-commands',
    ],
    after: 'systemd-logind settings-applier apiserver',
    requires: 'systemd-logind settings-applier apiserver',
    condition: 'PathExists=/etc/bootstrap-commands/bootstrap-commands.toml',
    installed: PRECONFIGURED,
    flags: STEP,
    more: { 'Service.SyslogIdentifier': 'bootstrap-commands' },
  },
  'cfsignal.service': {
    type: 'simple',
    start: ['/usr/bin/cfsignal'],
    after: 'network-online.target settings-applier',
    requires: 'settings-applier',
    wants: 'network-online.target',
    condition: 'PathExists=!/var/lib/bottlerocket/cfsignal.ran',
    installed: ['wants preconfigured.target'],
  },
  'mark-successful-boot.service': {
    type: 'oneshot',
    start: ['/bin/signpost mark-successful-boot'],
    installed: PRECONFIGURED,
    flags: ['remains', 'refused'],
  },
  'deprecation-warning@.timer': {
    condition: 'FileNotEmpty=/etc/deprecated-settings/%i',
    more: {
      'Timer.OnStartupSec': '0',
      'Timer.OnUnitActiveSec': '21600',
      'Timer.AccuracySec': '10',
      'Timer.Persistent': 'false',
    },
  },
  'deprecation-warning@.service': {
    type: 'oneshot',
    start: ['/usr/bin/echo "The setting ${DEPRECATED_SETTING} is deprecated and will be removed in a later release"'],
    flags: ['console'],
    more: { 'Service.EnvironmentFile': '/etc/deprecated-settings/%i', 'Service.SyslogLevel': 'warning' },
  },
}

const MOUNTS: Readonly<Record<string, UnitFacts>> = {
  'etc-host\\x2dcontainers.mount': secretMount('/etc/host-containers', '0750'),
  'etc-containerd.mount': secretMount('/etc/containerd', '0750'),
  'etc-kubernetes-pki-private.mount': secretMount('/etc/kubernetes/pki/private', '0700'),
  'root-.aws.mount': secretMount('/root/.aws', '0700'),
  'etc-systemd-system-ecs.service.d.mount': secretMount('/etc/systemd/system/ecs.service.d', '0750'),
  'etc-cni.mount': secretMount('/etc/cni', '0755'),
}

/** Facts by the name of the unit. */
export const EXPECTED: Readonly<Record<string, UnitFacts>> = {
  ...TARGETS,
  ...NETWORK,
  ...PIPELINE,
  ...LATER_UNITS,
  ...MOUNTS,
}
