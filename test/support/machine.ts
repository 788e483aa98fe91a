/**
 * A machine with a systemd of its own as PID 1: a container that boots from a small Debian and what is laid over it, with
 * an `/etc` that is new at every boot, a disk (`/var`, `/local`) that stays, and a network with a DHCP server at the other
 * end of its cable. Needs root; nothing of it is left when its process ends, however it ends.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { temporaryDirectory } from './run-tool.ts'

/** The machine's address, from the DHCP server. */
export const MACHINE_ADDRESS = '192.0.2.100'
const MACHINE_ID = '0123456789abcdef0123456789abcdef'
const POLL_MS = 50
const BOOT_MS = 60_000
const STOP_MS = 20_000
const DIRECTORIES = ['boot', 'dev', 'etc', 'local', 'mnt', 'opt', 'proc', 'root', 'run', 'sys', 'tmp', 'usr/lib', 'var']

export interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface MachineOptions {
  /** Directories to lay over the `/usr` of the Debian, the later ones uppermost. */
  readonly layers: readonly string[]
  /** Files of this machine to show in it, by their path there; the places for them are in a layer. */
  readonly binds?: Readonly<Record<string, string>>
  /** Its `/etc` stays from boot to boot, as on most hosts. */
  readonly keepEtc?: boolean
}

/** The `/usr` that machines boot from, as lower directories of an overlay with `:` between them, and where it comes from. */
export function baseUsr(): { readonly path: string; readonly origin: 'debootstrap' | 'host' } {
  const made = process.env['SYSTEM_ROOT'] ?? ''
  if (made === '') return { path: '/usr', origin: 'host' }
  const usr = path.join(made, 'usr')
  const isOverHost = existsSync(path.join(made, 'over-host'))
  return isOverHost ? { path: `/usr:${usr}`, origin: 'host' } : { path: usr, origin: 'debootstrap' }
}

/** The process of a tree that is PID 1 of the innermost namespace. */
function findInit(pid: number): number | undefined {
  try {
    const children = readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8').split(' ')
    for (const child of children.filter((text) => text !== '').map(Number)) {
      const status = readFileSync(`/proc/${String(child)}/status`, 'utf8')
      if (/^Name:\tsystemd$/m.test(status) && /^NSpid:.*\t1$/m.test(status)) return child
      const found = findInit(child)
      if (found !== undefined) return found
    }
  } catch {
    // a process that has just ended
  }
  return undefined
}

/** What starts the container, in namespaces that end with it. */
function startScript(command: readonly string[], group: string, leases: string): string {
  const dhcp = [
    '--no-daemon --conf-file=/dev/null --port=0 --user=root --bind-interfaces --interface=cable --no-ping',
    `--dhcp-leasefile=${leases} --dhcp-range=${MACHINE_ADDRESS},${MACHINE_ADDRESS},255.255.255.0,1h`,
  ]
  return [
    'set -eu',
    // a group of processes of its own: containers beside each other must not see each other's services
    `for h in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do`,
    `  if [ -e $h/cgroup.procs ] && mkdir $h/${group} 2>/dev/null; then echo $$ >$h/${group}/cgroup.procs; fi`,
    'done',
    'ip link set lo up',
    '( until ip link set cable up 2>/dev/null; do sleep 0.02; done',
    `  ip addr add 192.0.2.1/24 dev cable; exec dnsmasq ${dhcp.join(' ')} >/dev/null 2>&1 ) &`,
    `exec ${command.map((word) => `'${word}'`).join(' ')}`,
  ].join('\n')
}

export class Machine {
  /** Where its root is on this machine. `/usr` is empty here. */
  readonly root: string
  private readonly directory = temporaryDirectory()
  private options: MachineOptions
  private running: { child: ChildProcess; init: number; ended: Promise<unknown>; group: string } | undefined
  private output = ''

  constructor(options: MachineOptions) {
    this.options = options
    this.root = path.join(this.directory.path, 'root')
    for (const name of DIRECTORIES) mkdirSync(path.join(this.root, name), { recursive: true })
    for (const name of ['bin', 'lib', 'lib64', 'sbin']) {
      if (existsSync(`/usr/${name}`)) symlinkSync(`usr/${name}`, path.join(this.root, name))
    }
    // what a directory must have to be taken for a root
    writeFileSync(path.join(this.root, 'usr/lib/os-release'), '')
    mkdirSync(path.join(this.root, 'var/log/journal'), { recursive: true })
  }

  /** Replaces what is laid over the Debian, as an update of the OS does, from the next start on. */
  install(layers: readonly string[]): void {
    this.options = { ...this.options, layers }
  }

  private command(kernelArguments: readonly string[]): string[] {
    const binds = Object.entries(this.options.binds ?? {}).map(([target, source]) => `--bind-ro=${source}:${target}`)
    return [
      ...['systemd-nspawn', '--quiet', '--register=no', '--keep-unit', `--directory=${this.root}`],
      ...['--machine=bottlerocket', '--hostname=localhost', `--uuid=${MACHINE_ID}`, '--console=pipe'],
      ...['--link-journal=no', '--resolv-conf=off', '--timezone=off', '--network-veth-extra=cable:eth0'],
      ...[`--overlay-ro=${[baseUsr().path, ...this.options.layers].join(':')}:/usr`, ...binds, '--boot', '--'],
      ...['systemd.show_status=0', 'systemd.log_color=0', ...kernelArguments],
    ]
  }

  /** Starts it, unless told otherwise with an empty `/etc`. It is booting when this returns. */
  async start(kernelArguments: readonly string[] = []): Promise<void> {
    if (this.running !== undefined) throw new Error('the machine is on')
    const etc = path.join(this.root, 'etc')
    const forgotten = this.options.keepEtc === true ? [] : readdirSync(etc)
    for (const name of forgotten) rmSync(path.join(etc, name), { recursive: true })
    const group = `machine-${randomBytes(4).toString('hex')}`
    const script = startScript(this.command(kernelArguments), group, path.join(this.directory.path, 'leases'))
    const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...namespaces, 'bash', '-c', script], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.output += text))
    }
    const ended = new Promise((resolve) => child.on('close', resolve))
    const deadline = Date.now() + BOOT_MS
    for (;;) {
      const init = findInit(child.pid ?? 0)
      if (init !== undefined) {
        this.running = { child, init, ended, group }
        return
      }
      if (child.exitCode !== null || Date.now() > deadline) {
        child.kill('SIGKILL')
        throw new Error(`the machine does not start: ${this.output}`)
      }
      await sleep(POLL_MS)
    }
  }

  private get init(): number {
    if (this.running === undefined) throw new Error('the machine is off')
    return this.running.init
  }

  /** Runs a command in it. */
  run(command: readonly string[], timeoutMs = 30_000): Ran {
    const result = spawnSync('nsenter', ['--target', String(this.init), '--all', '--', ...command], {
      encoding: 'utf8',
      timeout: timeoutMs,
      maxBuffer: 2 ** 26,
      env: { PATH: '/usr/sbin:/usr/bin', TZ: 'UTC' },
    })
    return { status: result.status, stdout: result.stdout, stderr: result.stderr }
  }

  /** Runs a command that must succeed. @returns its output */
  must(...command: readonly string[]): string {
    const { status, stdout, stderr } = this.run(command)
    if (status !== 0) throw new Error(`${command.join(' ')} ended with ${String(status)}: ${stdout}${stderr}`)
    return stdout
  }

  /** Starts a command in it and goes on. It ends with the machine at the latest. */
  background(command: readonly string[]): ChildProcess {
    return spawn('nsenter', ['--target', String(this.init), '--all', '--', ...command], {
      stdio: ['ignore', 'ignore', 'ignore'],
      env: { PATH: '/usr/sbin:/usr/bin' },
    })
  }

  /** Waits until a shell command in the machine succeeds. */
  waitFor(condition: string, timeoutMs = BOOT_MS): void {
    const { status } = this.run(['sh', '-c', `until ${condition}; do sleep 0.1; done >/dev/null 2>&1`], timeoutMs)
    if (status !== 0) throw new Error(`waited for: ${condition}\n${this.report()}`)
  }

  /** Waits until nothing is left for the service manager to start or stop. */
  settle(timeoutMs = BOOT_MS): void {
    this.waitFor(
      'case $(systemctl is-system-running --wait) in running|degraded) test -z "$(systemctl list-jobs --no-legend)";; *) false;; esac',
      timeoutMs,
    )
  }

  /** What to say of it when something is wrong. */
  report(): string {
    const jobs = this.run(['systemctl', 'list-jobs', '--no-legend']).stdout
    const failed = this.run(['systemctl', '--failed', '--no-legend']).stdout
    return `jobs:\n${jobs}failed:\n${failed}${this.output}${this.journal('-p', 'warning').slice(-6000)}`
  }

  /** The messages of the last boot, or of what arguments of journalctl select; also when it is off. */
  journal(...args: readonly string[]): string {
    const directory = path.join(this.root, 'var/log/journal')
    const all = ['-D', directory, '-b', '--no-pager', '-o', 'short-monotonic', ...args]
    return spawnSync('journalctl', all, { encoding: 'utf8', maxBuffer: 2 ** 26 }).stdout
  }

  /** Cuts the power: every process of it is gone at once. */
  async cut(): Promise<void> {
    process.kill(this.init, 'SIGKILL')
    await this.gone()
  }

  /** Switches it off. */
  async powerOff(): Promise<void> {
    if (this.running === undefined) return
    this.run(['systemctl', 'poweroff', '--no-block'])
    await this.gone()
  }

  private async gone(): Promise<void> {
    if (this.running === undefined) return
    const { child, init, ended, group } = this.running
    const timer = setTimeout(() => {
      process.kill(init, 'SIGKILL')
    }, STOP_MS)
    await ended
    clearTimeout(timer)
    child.removeAllListeners()
    this.running = undefined
    for (const hierarchy of ['/sys/fs/cgroup', '/sys/fs/cgroup/systemd', '/sys/fs/cgroup/unified']) {
      const own = path.join(hierarchy, group)
      if (existsSync(own)) spawnSync('find', [own, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', '+'])
    }
  }

  /** Ends it, if it is on, and removes its disk. */
  async remove(): Promise<void> {
    if (this.running !== undefined) await this.cut()
    this.directory.remove()
  }
}
