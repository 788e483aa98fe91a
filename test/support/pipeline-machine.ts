/** Machines with an installed pipeline: a variant's image on a small Debian, with a metadata service on its own loopback. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Machine, MACHINE_ADDRESS } from './machine.ts'
import { projectFile, temporaryDirectory } from './run-tool.ts'
import { CALLS, writeStandIns } from './stand-ins.ts'

const METADATA_URL = 'http://127.0.0.1:8111'
/** Where the bundles of the metadata service are in a machine. */
const TOOLS = '/usr/lib/test-tools'

/** The tool for people, which no image has. */
export const TOOL = ['node', `${TOOLS}/bottlerocket.js`] as const

/** How programs are installed: as bundles that Node runs, or as one executable. */
export type Programs = 'bundles' | 'executable'
export const EXECUTABLE = projectFile('dist/single/bottlerocket')

/** What a machine is sent as user data. */
export interface Instance {
  /** For the metadata service of an AWS variant. */
  readonly userData?: string
  /** For the file on the disk of other variants. */
  readonly localUserData?: string
  /** Faults of the metadata service, as `bottlerocket imds` takes them. */
  readonly faults?: readonly string[]
}

/** Is up before any unit of the pipeline starts, as on a real instance. */
const METADATA_UNIT = `[Unit]
DefaultDependencies=no
After=sysinit.target
Before=basic.target
[Service]
Type=exec
EnvironmentFile=/local/metadata.env
ExecStart=/usr/bin/node ${TOOLS}/bottlerocket.js imds --facts /local/facts.json --port 8111 $FAULTS
ExecStartPost=/bin/bash -c 'until (: </dev/tcp/127.0.0.1/8111) 2>/dev/null; do sleep 0.01; done'
[Install]
RequiredBy=basic.target
`

/** Containers have a read-only `/proc/sys`, where a host's name is written. */
const HOSTNAME_UNIT = `[Unit]
DefaultDependencies=no
Before=basic.target
[Service]
Type=oneshot
RemainAfterExit=true
ExecStart=/bin/mount --bind /proc/sys/kernel/hostname /proc/sys/kernel/hostname
ExecStart=/bin/mount -o remount,bind,rw /proc/sys/kernel/hostname
[Install]
RequiredBy=basic.target
`

const ENVIRONMENT = [
  `BOTTLEROCKET_IMDS_URL=${METADATA_URL}`,
  `AWS_ENDPOINT_URL=${METADATA_URL}`,
  'AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE',
  'AWS_SECRET_ACCESS_KEY=dummy',
]

const NETWORK = '/var/lib/bottlerocket/net.toml'

function write(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text, { mode: text.startsWith('#!') ? 0o755 : 0o644 })
}

/** A variant's image: a layer to boot machines from. */
export interface Image {
  readonly usr: string
  remove(): void
}

/** A layer of some files, by their path below `/usr`. */
export function makeLayer(files: Readonly<Record<string, string>>): Image {
  const directory = temporaryDirectory()
  const usr = path.join(directory.path, 'usr')
  mkdirSync(usr)
  for (const [file, text] of Object.entries(files)) write(path.join(usr, file), text)
  return {
    usr,
    remove: () => {
      directory.remove()
    },
  }
}

/** Makes an image as its maker would: programs of others first, then `bottlerocket install`. */
export function makeImage(variant: string, programs: Programs): Image {
  const directory = temporaryDirectory()
  const usr = path.join(directory.path, 'usr')
  writeStandIns(usr)
  const executable = programs === 'executable' ? ['--executable', EXECUTABLE] : []
  const args = ['install', '--variant', variant, '--root', directory.path, ...executable]
  const result = spawnSync(process.execPath, [projectFile('dist/bottlerocket.js'), ...args], { encoding: 'utf8' })
  if (result.status !== 0) throw new Error(`install ended with ${String(result.status)}: ${result.stderr}`)
  // what only the test needs
  write(path.join(usr, 'lib/systemd/system/metadata.service'), METADATA_UNIT)
  write(path.join(usr, 'lib/systemd/system/writable-hostname.service'), HOSTNAME_UNIT)
  write(
    path.join(usr, 'lib/systemd/system.conf.d/test.conf'),
    `[Manager]\nDefaultEnvironment=${ENVIRONMENT.join(' ')}\n`,
  )
  write(path.join(usr, 'libexec/kubernetes/kubernetes-pause.tar'), '')
  write(path.join(usr, 'bin/node'), '')
  mkdirSync(path.join(directory.path, 'usr/lib/test-tools'), { recursive: true })
  return {
    usr,
    remove: () => {
      directory.remove()
    },
  }
}

/** A machine with an image's pipeline. */
export class PipelineMachine extends Machine {
  constructor(images: readonly Image[], { userData, localUserData, faults = [] }: Instance) {
    super({
      layers: images.map(({ usr }) => usr),
      binds: { '/usr/bin/node': process.execPath, [TOOLS]: projectFile('dist') },
    })
    const imds = { ...(userData === undefined ? {} : { userData }), localIpv4: MACHINE_ADDRESS }
    write(this.inside('/local/facts.json'), JSON.stringify({ imds }))
    this.setFaults(faults)
    write(this.inside(NETWORK), 'version = 3\n[eth0]\ndhcp4 = true\nprimary = true\n')
    if (localUserData !== undefined) write(this.inside('/var/lib/bottlerocket/user-data.toml'), localUserData)
  }

  /** The path on this machine of a file of its disk, or of its `/etc`. */
  inside(file: string): string {
    return path.join(this.root, file)
  }

  /** What the metadata service does wrong from the next boot on. */
  setFaults(faults: readonly string[]): void {
    write(this.inside('/local/metadata.env'), `FAULTS=${faults.map((fault) => `--fault ${fault}`).join(' ')}\n`)
  }

  read(file: string): string {
    return this.must('cat', file)
  }

  /** What stand-ins were called with since they were asked for last. */
  takeCalls(): string[] {
    const file = this.inside(CALLS)
    const lines = readFileSync(file, 'utf8').split('\n')
    writeFileSync(file, '')
    return lines.filter((line) => line !== '')
  }

  /** Properties of units, by the units' names. */
  show(units: readonly string[], properties: readonly string[]): ReadonlyMap<string, ReadonlyMap<string, string>> {
    const output = this.must('systemctl', 'show', '--all', `--property=${['Id', ...properties].join()}`, ...units)
    const blocks = output.split('\n\n').map((block) => {
      const pairs = block.split('\n').map((line): [string, string] => {
        const at = line.indexOf('=')
        return [line.slice(0, at), line.slice(at + 1)]
      })
      return new Map(pairs)
    })
    return new Map(blocks.map((block) => [block.get('Id') ?? '', block]))
  }

  /** Whether the machine has a unit. */
  exists(unit: string): boolean {
    return this.show([unit], ['LoadState']).get(unit)?.get('LoadState') === 'loaded'
  }

  /** When units were last started and up, by the monotonic clock. */
  times(units: readonly string[]): (unit: string) => { readonly startMs: number; readonly upMs: number } {
    const [start, active, inactive] = ['InactiveExit', 'ActiveEnter', 'InactiveEnter'].map(
      (name) => `${name}TimestampMonotonic`,
    ) as [string, string, string]
    const shown = this.show(units, [start, active, inactive])
    return (unit) => {
      const timeOf = (property: string): number => Number(shown.get(unit)?.get(property) ?? 'NaN') / 1000
      const startMs = timeOf(start)
      return { startMs: startMs > 0 ? startMs : NaN, upMs: timeOf(active) > 0 ? timeOf(active) : timeOf(inactive) }
    }
  }

  /** Which run each active service is in: another text after it was restarted or reloaded. */
  runs(): ReadonlyMap<string, string> {
    const properties = ['ActiveState', 'InvocationID', 'ActiveEnterTimestampMonotonic']
    const active = [...this.show(['*.service'], properties)].filter(([, unit]) => unit.get('ActiveState') === 'active')
    return new Map(active.map(([name, unit]) => [name, properties.map((one) => unit.get(one) ?? '').join()]))
  }

  /** A file's text as the machine has it now, without its last line end; undefined if there is none. */
  contentOf(file: string): string | undefined {
    const { status, stdout } = this.run(['cat', file])
    return status === 0 ? stdout : undefined
  }

  /** A setting by its path, such as `kubernetes.cluster-name`; undefined if it has no value. */
  setting(name: string): unknown {
    const output = this.must('apiclient', 'get', `settings.${name}`)
    let value: unknown = JSON.parse(output)
    for (const part of ['settings', ...name.split('.')]) value = (value as Record<string, unknown> | undefined)?.[part]
    return value
  }
}
