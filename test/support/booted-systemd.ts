/**
 * Services started by a systemd of their own: a container that boots with this machine's `/usr`, an `/etc` of the test's
 * and nothing else, and ends when every service has run. What a service was given is recorded by its program.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { decodeUtf8 } from '../../src/lib/utf8.ts'

/** Where units may find the program that records what it is given; a unit with a command of its own needs `programs`. */
export const RECORDER = '/probe/record'

/** Arguments and environment, NUL between them as in `/proc`. */
const RECORD = '#!/bin/sh\nprintf \'%s\\0\' "$#" "$@"\nexec env -0\n'

export interface Started {
  readonly args: readonly string[]
  readonly environment: ReadonlyMap<string, string>
}

export interface Booted {
  /** By the service's name; none for one that was not started. */
  readonly started: ReadonlyMap<string, Started>
  /** Warnings and errors of the service manager. */
  readonly log: string
}

export interface BootOptions {
  /** Services to start, in any order, named without `.service`. */
  readonly services: readonly string[]
  /** Files by their absolute path in the container. */
  readonly files: ReadonlyMap<string, string>
  /** Names of programs below `/usr/bin` that are recorders in the container. */
  readonly programs: readonly string[]
}

function started(output: Buffer): Started {
  const [count = '', ...fields] = decodeUtf8(output).split('\0')
  const args = fields.slice(0, Number(count))
  const variables = fields.slice(args.length, -1).map((variable): [string, string] => {
    const at = variable.indexOf('=')
    return [variable.slice(0, at), variable.slice(at + 1)]
  })
  return { args, environment: new Map(variables) }
}

function write(file: string, text: string, mode = 0o644): void {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text, { mode })
}

function layOut(root: string, { services, files }: BootOptions): void {
  for (const name of ['dev', 'etc', 'out', 'proc', 'root', 'run', 'sys', 'tmp', 'usr', 'var']) {
    mkdirSync(path.join(root, name), { recursive: true })
  }
  for (const name of ['bin', 'lib', 'lib64', 'sbin']) {
    if (existsSync(`/usr/${name}`)) symlinkSync(`usr/${name}`, path.join(root, name))
  }
  write(path.join(root, 'etc/os-release'), 'ID=test\n')
  write(path.join(root, 'etc/machine-id'), '')
  write(path.join(root, RECORDER), RECORD, 0o755)
  const all = services.map((name) => `${name}.service`).join(' ')
  write(
    path.join(root, 'etc/systemd/system/end.service'),
    `[Unit]\nDefaultDependencies=no\nWants=${all}\nAfter=${all}\nSuccessAction=exit-force\n[Service]\nType=oneshot\nExecStart=/bin/true\n`,
  )
  for (const [file, text] of files) write(path.join(root, file), text)
}

/** The text of a service that records what it is given. `lines` are further lines of its `[Service]` section. */
export const recordingService = (lines: readonly string[]): string =>
  [
    '[Unit]',
    'DefaultDependencies=no',
    '[Service]',
    'Type=oneshot',
    'StandardOutput=truncate:/out/%p',
    `ExecStart=${RECORDER}`,
    ...lines,
    '',
  ].join('\n')

/** Boots, starts the services and waits for their end. `directory` must be empty. */
export function bootServices(directory: string, options: BootOptions): Booted {
  const [root, programs, out] = ['root', 'programs', 'out'].map((name) => path.join(directory, name)) as [
    string,
    string,
    string,
  ]
  layOut(root, options)
  mkdirSync(out)
  mkdirSync(programs)
  for (const program of options.programs) write(path.join(programs, program), RECORD, 0o755)
  const result = spawnSync(
    'systemd-nspawn',
    [
      ...['--quiet', '--register=no', '--keep-unit', '--private-network', `--directory=${root}`, '--bind-ro=/usr'],
      ...[`--overlay-ro=/usr/bin:${programs}:/usr/bin`, `--bind=${out}:/out`, '--boot', '--'],
      ...['systemd.unit=end.service', 'systemd.show_status=0', 'systemd.log_level=warning', 'systemd.log_color=0'],
    ],
    { encoding: 'utf8', timeout: 100_000 },
  )
  if (result.status !== 0) throw new Error(`the container ended with ${String(result.status)}: ${result.stderr}`)
  const files = readdirSync(out)
  return {
    started: new Map(files.map((name) => [name, started(readFileSync(path.join(out, name)))])),
    log: result.stdout + result.stderr,
  }
}
