/** The facts of the units that start when settings are known and applied. */
import { STEP, type UnitFacts } from './unit-facts.ts'

const PROXY = '/etc/network/proxy.env'
const UNLIMITED = {
  'Service.Delegate': 'true',
  'Service.KillMode': 'process',
  'Service.TimeoutSec': '0',
  'Service.Restart': 'always',
  'Service.RestartSec': '2',
  'Service.LimitNOFILE': 'infinity',
  'Service.LimitNPROC': 'infinity',
  'Service.LimitCORE': 'infinity',
  'Service.TasksMax': 'infinity',
}

const NAT = (action: string): readonly string[] => [
  `-t nat ${action} PREROUTING -p tcp -d 169.254.170.2 --dport 80 -j DNAT --to-destination 127.0.0.1:51679`,
  `-t nat ${action} OUTPUT -p tcp -d 169.254.170.2 --dport 80 -j REDIRECT --to-ports 51679`,
  `-t nat ${action} PREROUTING -p tcp -d 172.17.0.1 --dport 51678 -j DNAT --to-destination 127.0.0.1:51678`,
  `-t nat ${action} OUTPUT -p tcp -d 172.17.0.1 --dport 51678 -j REDIRECT --to-ports 51678`,
]
const LOOPBACK = 'INPUT -d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP'

const CONFIGURED: Readonly<Record<string, UnitFacts>> = {
  'host-containerd.service': {
    type: 'notify',
    start: ['/usr/bin/containerd --config /etc/host-containerd/config.toml'],
    after: 'network-online.target preconfigured.target',
    wants: 'network-online.target preconfigured.target',
    installed: ['wants configured.target'],
    more: { ...UNLIMITED, 'Service.EnvironmentFile': PROXY },
  },
  'chronyd.service': {
    type: 'simple',
    start: ['/usr/sbin/chronyd -d -F -1'],
    after: 'network-online.target preconfigured.target',
    wants: 'network-online.target preconfigured.target',
    installed: ['wants configured.target'],
  },
  'bootstrap-containers@.service': {
    type: 'oneshot',
    start: [
      '/usr/bin/touch /run/bootstrap-containers/%i.ran',
      '/usr/bin/host-ctr run --container-id=%i --source=${CTR_SOURCE} --container-type=bootstrap --registry-config=/etc/host-containers/host-ctr.toml',
    ],
    after: 'host-containerd',
    before: 'configured.target',
    condition: 'PathExists=!/run/bootstrap-containers/%i.ran',
    flags: STEP,
    more: {
      'Service.EnvironmentFile': '/etc/bootstrap-containers/%i.env',
      'Service.ExecStartPost': '/usr/bin/bootstrap-containers mark-bootstrap --container-id %i --mode ${CTR_MODE}',
      'Service.SyslogIdentifier': 'bootstrap-containers@%i',
    },
  },
  'reboot-if-required.service': {
    type: 'oneshot',
    start: ['/usr/bin/prairiedog reboot-if-required'],
    after: 'configured.target',
    flags: ['refused', 'console'],
  },
}

const MULTI_USER: Readonly<Record<string, UnitFacts>> = {
  'containerd.service': {
    type: 'notify',
    start: ['/usr/bin/containerd'],
    after: 'network-online.target configured.target',
    wants: 'network-online.target configured.target',
    installed: ['wants multi-user.target'],
    more: {
      ...UNLIMITED,
      'Service.EnvironmentFile': [PROXY, '-/etc/containerd/nvidia.env'],
      'Service.Slice': 'runtime.slice',
    },
  },
  'kubelet.service': {
    type: 'notify',
    start: ['/usr/bin/false'],
    after: 'containerd configured.target',
    wants: 'configured.target',
    bindsTo: 'containerd',
    installed: ['wants multi-user.target'],
    more: {
      'Service.Slice': 'runtime.slice',
      'Service.EnvironmentFile': [PROXY, '/etc/kubernetes/kubelet/env'],
      'Service.ExecStartPre': '/sbin/iptables -P FORWARD ACCEPT',
      'Service.Restart': 'always',
      'Service.RestartForceExitStatus': 'SIGPIPE',
      'Service.RestartSec': '5',
      'Service.Delegate': 'true',
      'Service.KillMode': 'process',
      'Service.CPUAccounting': 'true',
      'Service.MemoryAccounting': 'true',
    },
  },
  'warm-pool-wait.service': {
    type: 'oneshot',
    start: ['/usr/bin/shibaken warm-pool-wait'],
    after: 'configured.target',
    wants: 'configured.target',
    before: 'kubelet',
    condition: 'PathExists=!/var/lib/bottlerocket/warm-pool-wait.ran',
    installed: ['wants multi-user.target', 'required by kubelet.service'],
    flags: ['remains'],
  },
  'docker.socket': {
    installed: ['wants sockets.target'],
    more: {
      'Unit.PartOf': 'docker.service',
      'Socket.ListenStream': '/run/docker.sock',
      'Socket.SocketMode': '0660',
      'Socket.SocketUser': 'root',
      'Socket.SocketGroup': 'docker',
    },
  },
  'docker.service': {
    type: 'notify',
    start: ['/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock'],
    after: 'network-online.target containerd configured.target',
    wants: 'network-online.target configured.target',
    requires: 'docker.socket',
    bindsTo: 'containerd',
    installed: ['wants multi-user.target'],
    more: {
      'Unit.StartLimitBurst': '3',
      'Unit.StartLimitIntervalSec': '60',
      'Service.EnvironmentFile': PROXY,
      'Service.ExecReload': '/bin/kill -s HUP $MAINPID',
      'Service.Restart': 'always',
      'Service.RestartSec': '2',
      'Service.Delegate': 'true',
      'Service.KillMode': 'process',
    },
  },
  'ecs.service': {
    type: 'simple',
    start: ['/usr/bin/amazon-ecs-agent'],
    after: 'docker configured.target',
    requires: 'docker',
    wants: 'network-online.target configured.target',
    installed: ['wants multi-user.target'],
    more: {
      'Service.EnvironmentFile': PROXY,
      'Service.Environment': 'ECS_CHECKPOINT=true',
      'Service.ExecStartPre': [...NAT('-A'), `-t filter -I ${LOOPBACK}`].map((rule) => `/sbin/iptables ${rule}`),
      'Service.ExecStopPost': [...NAT('-D'), `-t filter -D ${LOOPBACK}`].map((rule) => `-/sbin/iptables ${rule}`),
      'Service.Restart': 'always',
      'Service.RestartPreventExitStatus': '5',
      'Service.RestartSec': '5',
    },
  },
  'host-containers@.service': {
    type: 'simple',
    start: [
      '/usr/bin/host-ctr run --container-id=%i --source=${CTR_SOURCE} --superpowered=${CTR_SUPERPOWERED} --registry-config=/etc/host-containers/host-ctr.toml',
    ],
    after: 'host-containerd',
    wants: 'host-containerd',
    installed: ['wants multi-user.target'],
    flags: ['console'],
    more: {
      'Service.EnvironmentFile': [PROXY, '/etc/host-containers/%i.env'],
      'Service.Environment': 'LOCAL_DIR=/local',
      'Service.Restart': 'always',
      'Service.RestartSec': '45',
      'Service.TimeoutStopSec': '60',
    },
  },
  'send-boot-success.service': {
    type: 'oneshot',
    start: ['-/usr/bin/metricdog send-boot-success'],
    after: 'network-online.target configured.target',
    wants: 'network-online.target configured.target',
    installed: ['wants multi-user.target'],
    flags: ['remains'],
    more: { 'Service.EnvironmentFile': PROXY },
  },
  'metricdog.timer': {
    installed: ['wants timers.target'],
    more: {
      'Timer.OnStartupSec': '120',
      'Timer.OnUnitActiveSec': '21600',
      'Timer.RandomizedDelaySec': '3600',
      'Timer.AccuracySec': '10',
      'Timer.Persistent': 'false',
    },
  },
  'metricdog.service': {
    type: 'oneshot',
    start: ['/usr/bin/metricdog send-health-ping'],
    flags: ['console'],
    more: { 'Service.EnvironmentFile': PROXY, 'Service.TimeoutStartSec': '30s' },
  },
}

/** Facts by the name of the unit. */
export const LATER_UNITS: Readonly<Record<string, UnitFacts>> = { ...CONFIGURED, ...MULTI_USER }
