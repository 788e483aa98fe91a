/**
 * A machine of its own for networks: namespaces with a D-Bus, links to a peer, and copies of `/etc`, `/run` and
 * `/var/lib` that are gone afterwards. Needs root.
 */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { temporaryDirectory, toolCommand } from './run-tool.ts'

/** Links of the machine, each with the addresses of its peer. */
export type Links = Readonly<Record<string, readonly string[]>>

export interface NamespaceOptions {
  readonly links?: Links
  /** Shell commands; what follows the word `section NAME` is the output of that name. */
  readonly script: readonly string[]
  /** Files by their absolute path in the machine, below `/etc`, `/run` or `/var/lib`. */
  readonly files?: Readonly<Record<string, string>>
  readonly cmdline?: string
}

const DIRECTORIES = ['systemd/netif/links', 'systemd/netif/leases', 'systemd/netif/lldp', 'dbus', 'netns', 'netdog']

/** Layout of the machine; nothing of this one is changed. */
const SETUP = [
  'set -eu',
  'mount --make-rprivate /',
  'mount -t tmpfs tmpfs /run',
  `cd /run && mkdir -p upper work ${DIRECTORIES.join(' ')}`,
  'chown -R systemd-network: /run/systemd/netif',
  'mount -t overlay -o lowerdir=/etc,upperdir=/run/upper,workdir=/run/work overlay /etc',
  'rm -rf /etc/systemd/network /etc/sysctl.d && mkdir -p /etc/systemd/network /etc/sysctl.d',
  'mount -t tmpfs tmpfs /var/lib && mkdir /var/lib/netdog /var/lib/bottlerocket',
  // links count as known to udev where /sys is read-only
  'mount -t sysfs -o ro sysfs /sys',
  'section() { echo "== $*"; }',
  // the first 20 seconds of waiting for something
  'await() { i=0; until eval "$1" >/dev/null 2>&1; do i=$((i+1)); [ $i -lt 200 ] || { echo "waited for: $1" >&2; return 1; }; sleep 0.1; done; }',
  'ip link set lo up',
]

function linkCommands(links: Links): string[] {
  const all = Object.entries(links).flatMap(([name, addresses]) => [
    `ip link add ${name} type veth peer name peer-${name} netns peer`,
    `ip -n peer link set peer-${name} up`,
    ...addresses.map(
      (address) => `ip -n peer addr add ${address} dev peer-${name}${address.includes(':') ? ' nodad' : ''}`,
    ),
  ])
  return all.length === 0 ? [] : ['ip netns add peer', 'ip -n peer link set lo up', ...all]
}

/** Starts systemd-networkd, with everything that it has to say in `/run/networkd.log`. */
export const START_NETWORKD = [
  'dbus-daemon --system --nofork --nopidfile >/dev/null 2>&1 &',
  'await "test -S /run/dbus/system_bus_socket"',
  'SYSTEMD_LOG_LEVEL=debug SYSTEMD_LOG_TARGET=console SYSTEMD_LOG_COLOR=0 /usr/lib/systemd/systemd-networkd >/run/networkd.log 2>&1 &',
]

/** Starts dnsmasq beside the peer of a link, without files of its own. */
export function startDnsmasq(link: string, options: readonly string[]): string {
  const common = ['--no-daemon', '--conf-file=/dev/null', '--port=0', '--user=root', '--dhcp-leasefile=/run/leases']
  const all = [...common, `--interface=peer-${link}`, '--bind-interfaces', ...options]
  return `ip netns exec peer dnsmasq ${all.join(' ')} >/run/dnsmasq.log 2>&1 &`
}

/** A program of the package, as a command. */
export const packageProgram = (name: string): string => toolCommand(name).join(' ')

/** Runs a script in a new machine. @returns the output of each section */
export function runInNamespace(options: NamespaceOptions): ReadonlyMap<string, string> {
  const { links = {}, script, files = {}, cmdline } = options
  const directory = temporaryDirectory()
  try {
    const copies = Object.entries(files).flatMap(([file, text], i) => {
      const source = path.join(directory.path, String(i))
      writeFileSync(source, text)
      return [`mkdir -p ${path.dirname(file)}`, `cp ${source} '${file}'`]
    })
    if (cmdline !== undefined) {
      writeFileSync(path.join(directory.path, 'cmdline'), cmdline)
      copies.push(`mount --bind ${directory.path}/cmdline /proc/cmdline`)
    }
    const file = path.join(directory.path, 'script')
    writeFileSync(file, [...SETUP, ...copies, ...linkCommands(links), ...script, ''].join('\n'))
    const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
    const result = spawnSync('unshare', [...namespaces, 'bash', file], {
      encoding: 'utf8',
      timeout: 60_000,
      maxBuffer: 2 ** 26,
    })
    if (result.status !== 0)
      throw new Error(`${String(result.status)}: ${result.stderr}\n${result.stdout.slice(-4000)}`)
    const sections = result.stdout.split(/^== /m).slice(1)
    return new Map(sections.map((text) => [text.split('\n', 1)[0] ?? '', text.slice(text.indexOf('\n') + 1)]))
  } finally {
    directory.remove()
  }
}
