/** A boot by a systemd of its own: the programs as the units of a host start them, with the machine's own root. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BootStepRecord } from '../../src/lib/boot-record.ts'
import { DEFAULT_METADATA } from '../../src/lib/facts.ts'
import { imageTree } from '../../src/variants/image.ts'
import { findVariant } from '../../src/variants/variant.ts'
import { temporaryDirectory } from '../support/run-tool.ts'
import { entries } from '../tooling/entries.mjs'

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url))
const URL_OF_METADATA = 'http://127.0.0.1:8111'
const directory = temporaryDirectory()
afterAll(() => {
  directory.remove()
})
const root = path.join(directory.path, 'root')
const image = path.join(directory.path, 'usr')
const out = path.join(directory.path, 'out')

function write(file: string, text: string | Uint8Array): void {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text)
}

/** What an image has below `/usr`, and in `/etc`, with each program as a link to the package's file. */
function layOutImage(): void {
  for (const [target, entry] of imageTree(findVariant('aws-k8s-1.30'))) {
    const file = target.startsWith('/usr/') ? path.join(image, target.slice('/usr/'.length)) : path.join(root, target)
    mkdirSync(path.dirname(file), { recursive: true })
    if (entry.kind === 'file') writeFileSync(file, entry.read())
    else symlinkSync(entry.target, file)
  }
  for (const program of Object.keys(entries)) {
    const folder = program.endsWith('-user-data-provider') ? 'libexec/early-boot-config/bin' : 'bin'
    mkdirSync(path.join(image, folder), { recursive: true })
    symlinkSync(`/opt/package/dist/${program}.js`, path.join(image, folder, program))
  }
}

const unit = (after: string, ...service: string[]): string =>
  [
    '[Unit]',
    'DefaultDependencies=no',
    `After=${after}`,
    after === '' ? '' : `Requires=${after}`,
    '[Service]',
    'StandardOutput=append:/out/%p.out',
    'StandardError=append:/out/%p.err',
    ...service,
    '',
  ].join('\n')
const oneshot = (after: string, ...commands: string[]): string =>
  unit(after, 'Type=oneshot', 'RemainAfterExit=true', ...commands)

const DATASTORE = '/var/lib/bottlerocket/datastore'
const UNITS = {
  metadata: unit(
    '',
    'ExecStart=/usr/bin/bottlerocket imds --facts /etc/facts.json --port 8111 --fault user-data=503x2 --fault meta-data/services/partition=500x1',
  ),
  storewolf: oneshot(
    '',
    `ExecStart=/usr/bin/storewolf --data-store-base-path ${DATASTORE} --inventory-file-symlink-path /var/lib/bottlerocket/inventory/application.json`,
  ),
  apiserver: unit(
    'storewolf.service',
    'Type=notify',
    'NotifyAccess=all',
    `ExecStart=/usr/bin/apiserver --datastore-path ${DATASTORE}/current --socket-gid 274`,
  ),
  'early-boot-config': oneshot('apiserver.service', 'ExecStart=/usr/bin/early-boot-config'),
  sundog: oneshot('early-boot-config.service', 'ExecStartPre=/usr/bin/settings-committer', 'ExecStart=/usr/bin/sundog'),
  pluto: oneshot('sundog.service', 'ExecStartPre=/usr/bin/settings-committer', 'ExecStart=/usr/bin/pluto'),
}

function layOutRoot(): void {
  for (const name of [
    'dev',
    'etc',
    'out',
    'opt/package',
    'proc',
    'root',
    'run',
    'sys',
    'tmp',
    'usr',
    'var/tmp',
    'local',
  ]) {
    mkdirSync(path.join(root, name), { recursive: true })
  }
  for (const name of ['bin', 'lib', 'lib64', 'sbin']) {
    if (existsSync(`/usr/${name}`)) symlinkSync(`usr/${name}`, path.join(root, name))
  }
  write(path.join(root, 'etc/os-release'), 'ID=test\n')
  write(path.join(root, 'etc/machine-id'), '')
  write(path.join(root, 'var/lib/netdog/current_ip'), DEFAULT_METADATA.localIpv4)
  const userData =
    '[settings.kubernetes]\ncluster-name = "demo"\napi-server = "https://demo.example"\ncluster-certificate = "Y2VydA=="\n'
  write(path.join(root, 'etc/facts.json'), JSON.stringify({ imds: { userData } }))
  const environment = [
    `BOTTLEROCKET_IMDS_URL=${URL_OF_METADATA}`,
    `AWS_ENDPOINT_URL=${URL_OF_METADATA}`,
    'AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE',
    'AWS_SECRET_ACCESS_KEY=dummy',
  ]
  write(path.join(root, 'etc/systemd/system.conf'), `[Manager]\nDefaultEnvironment=${environment.join(' ')}\n`)
  const names = Object.keys(UNITS).map((name) => `${name}.service`)
  for (const [name, text] of Object.entries(UNITS)) write(path.join(root, `etc/systemd/system/${name}.service`), text)
  const end = [
    `[Unit]\nDefaultDependencies=no\nWants=${names.join(' ')}\nAfter=${names.join(' ')}`,
    'SuccessAction=exit-force\nFailureAction=exit-force',
    '[Service]\nType=oneshot\nStandardOutput=append:/out/analyze',
    'ExecStart=-/bin/cp -r /run/bottlerocket /out/',
    'ExecStart=-/usr/bin/bottlerocket analyze --html /out/page.html',
    'ExecStart=-/usr/bin/settings-committer --log-level off',
    'ExecStart=-/usr/bin/apiclient get settings.kubernetes settings.updates settings.metrics',
    '',
  ]
  write(path.join(root, 'etc/systemd/system/end.service'), end.join('\n'))
}

describe('a boot under systemd', () => {
  let stderr = ''
  beforeAll(() => {
    layOutImage()
    layOutRoot()
    mkdirSync(out)
    const result = spawnSync(
      'systemd-nspawn',
      [
        ...['--quiet', '--register=no', '--keep-unit', '--private-network', `--directory=${root}`],
        ...[
          `--overlay-ro=/usr:${image}:/usr`,
          `--bind=${out}:/out`,
          `--bind-ro=${PACKAGE}:/opt/package`,
          '--boot',
          '--',
        ],
        ...['systemd.unit=end.service', 'systemd.show_status=0', 'systemd.log_level=warning', 'systemd.log_color=0'],
      ],
      { encoding: 'utf8', timeout: 100_000 },
    )
    stderr = `${result.stdout}${result.stderr}`
    expect(result.error).toBeUndefined()
  })

  const read = (name: string): string => {
    const file = path.join(out, name)
    return existsSync(file) ? readFileSync(file, 'utf8') : `no ${name}; ${readdirSync(out).join(' ')}; ${stderr}`
  }
  const record = (file: string): BootStepRecord =>
    JSON.parse(read(`bottlerocket/boot-record.d/${file}.json`)) as BootStepRecord

  it('has no failure of a unit', () => {
    expect(stderr).not.toMatch(/Failed to start|failed with result/i)
    for (const name of Object.keys(UNITS)) if (name !== 'metadata') expect(read(`${name}.err`)).toBe('')
  })

  it('leaves the record of each step, as told by processes of their own', () => {
    for (const step of ['storewolf', 'apiserver', 'early-boot-config', 'sundog', 'pluto']) {
      expect(record(step)).toMatchObject({ name: step, outcome: 'ok', bootStartMs: 0 })
      expect(record(step).invocation).toMatch(/^[0-9a-f]{32}$/)
    }
    const userData = record('early-boot-config').activities.find(({ name }) => name === '40-ec2-imds')
    expect(userData).toMatchObject({ outcome: 'ok', detail: 'EC2 IMDS' })
    expect(userData?.waits.map(({ reason }) => reason)).toEqual(expect.arrayContaining(['status 503', 'status 503']))
    const metrics = record('sundog').activities.find(({ name }) => name === 'settings.metrics.send-metrics')
    expect(metrics).toMatchObject({ outcome: 'ok', attempts: 2, waits: [{ reason: 'status 500' }] })
    const hostname = record('sundog').activities.find(({ name }) => name === 'settings.network.hostname')
    expect(hostname).toMatchObject({ outcome: 'ok', detail: 'netdog generate-hostname' })
  })

  it('is analysed on the host itself, with the commands of a unit as its parts', () => {
    const text = read('analyze')
    expect(text).toMatch(/^Boot: 5 steps in .*, no step failed$/m)
    expect(text).toMatch(/sundog › settings-committer/)
    expect(text).toMatch(/pluto › settings-committer/)
    expect(text).toMatch(/^Critical path$/m)
    expect(read('page.html')).toMatch(/^<!doctype html>/)
  })

  it('has the settings of user data, generators and pluto', () => {
    expect(read('analyze')).toMatch(/"provider-id": "aws:\/\/\/us-west-2a\/i-0a1b2c3d4e5f67890"/)
    expect(read('analyze')).toMatch(/"send-metrics": ?true/)
  })
})
