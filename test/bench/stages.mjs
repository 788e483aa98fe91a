/**
 * A boot of separate processes, measured: the programs of the boot's units one after the other, as the units of a host run
 * them, against a metadata server on the loopback and with recording stand-ins for what restart commands start. Each round is
 * paired with a bare `node -e 0`, so that the figures are ratios and no property of the machine.
 *
 *   node test/bench/stages.mjs [--runs 9] [--executable FILE ...] [--variant NAME ...]
 *
 * Needs Linux and root: the programs run in a root of their own, a directory with this machine's `/usr` and an image's files
 * over it. `--executable` measures a single executable too, which is started by the programs' names.
 */
import { spawn, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { entries } from '../tooling/entries.mjs'

const AIMS = { 'aws-ecs-2': 2.5, 'aws-k8s-1.30': 7.5 }
const EXAMPLES = { 'aws-ecs-2': 'aws-ecs.toml', 'aws-k8s-1.30': 'aws-k8s.toml' }
const STAND_INS = ['systemctl', 'host-containers', 'bootstrap-containers', 'corndog', 'certdog', 'static-pods']
const DATASTORE = '/var/lib/bottlerocket/datastore'
const PACKAGE = '/opt/package'
const READY_MS = 30_000

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '9' },
    executable: { type: 'string', multiple: true, default: [] },
    variant: { type: 'string', multiple: true, default: Object.keys(AIMS) },
    inside: { type: 'string' },
  },
})
const runs = Number(options.runs)
const host = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
const sum = (values) => values.reduce((total, value) => total + value, 0)

/** The commands of the boot's units in their order, each with its unit. */
function commandsOf(variant) {
  const commit = ['/usr/bin/settings-committer']
  const migrate = [
    '--datastore-path',
    `${DATASTORE}/current`,
    '--migration-directory',
    '/var/lib/bottlerocket-migrations',
  ]
  const metadata = [
    '--root-path',
    '/usr/share/updog/root.json',
    '--metadata-directory',
    '/var/cache/bottlerocket-metadata',
  ]
  const inventory = '/var/lib/bottlerocket/inventory/application.json'
  return [
    {
      unit: 'migrator',
      commands: [['/usr/bin/migrator', ...migrate, ...metadata, '--migrate-to-version-from-os-release']],
    },
    {
      unit: 'storewolf',
      commands: [
        ['/usr/bin/storewolf', '--data-store-base-path', DATASTORE, '--inventory-file-symlink-path', inventory],
      ],
    },
    {
      unit: 'apiserver',
      commands: [['/usr/bin/apiserver', '--datastore-path', `${DATASTORE}/current`, '--socket-gid', '274']],
    },
    { unit: 'early-boot-config', commands: [['/usr/bin/early-boot-config']] },
    { unit: 'sundog', commands: [commit, ['/usr/bin/sundog']] },
    ...(variant.startsWith('aws-k8s') ? [{ unit: 'pluto', commands: [commit, ['/usr/bin/pluto']] }] : []),
    { unit: 'settings-applier', commands: [commit, ['/usr/bin/thar-be-settings', '--all']] },
  ].flatMap(({ unit, commands }) => commands.map((command) => ({ command, unitEnv: environmentOf(unit) })))
}

/** What a unit adds to the environment of its commands. */
function environmentOf(unit) {
  const text = readFileSync(path.join(host, 'src/units/system', `${unit}.service`), 'utf8')
  return Object.fromEntries([...text.matchAll(/^Environment=(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]))
}

// ---- outside: a directory for each way of starting the programs, entered by chroot

function write(file, text, mode = 0o644) {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text, { mode })
}

/** What lies over `/usr`. @param target gives the link's text for a program */
function layOutUsr(directory, tree, target) {
  for (const [file, entry] of tree) {
    if (!file.startsWith('/usr/')) continue
    const full = path.join(directory, file.slice('/usr/'.length))
    if (entry.kind === 'file') write(full, entry.read())
    else {
      mkdirSync(path.dirname(full), { recursive: true })
      symlinkSync(entry.target, full)
    }
  }
  for (const program of Object.keys(entries)) {
    const folder = program.endsWith('-user-data-provider') ? 'libexec/early-boot-config/bin' : 'bin'
    mkdirSync(path.join(directory, folder), { recursive: true })
    symlinkSync(target(program), path.join(directory, folder, program))
  }
  const recorder = '#!/bin/sh\necho "$0 $*" >> /tmp/commands\n'
  for (const name of STAND_INS) write(path.join(directory, 'bin', name), recorder, 0o755)
  write(path.join(directory, 'bin/systemd-notify'), '#!/bin/sh\necho "$*" > "$NOTIFY_SOCKET"\n', 0o755)
}

/** What lies outside `/usr`, under `/template`: each round starts with a copy. */
function layOutRest(directory, tree) {
  for (const [file, entry] of tree) {
    if (!file.startsWith('/usr/')) write(path.join(directory, file), entry.read())
  }
  write(path.join(directory, 'var/lib/netdog/current_ip'), '10.0.0.10')
  write(path.join(directory, 'var/lib/netdog/primary_interface'), 'eth0')
  write(path.join(directory, 'etc/os-release'), 'ID=test\n')
  write(path.join(directory, 'run/netdog/.keep'), '')
}

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`

async function measureOutside(variant, design, work) {
  const { loadModule } = await import('../tooling/load-module.mjs')
  const { imageTree } = await loadModule('src/variants/image.ts')
  const { findVariant } = await loadModule('src/variants/variant.ts')
  const directory = path.join(work, `${variant}-${design.name}`)
  const [root, usr] = ['root', 'usr'].map((name) => path.join(directory, name))
  const tree = imageTree(findVariant(variant))
  layOutUsr(usr, tree, design.target)
  layOutRest(path.join(root, 'template'), tree)
  for (const name of ['dev', 'etc', 'run', 'opt/package', 'opt/single', 'proc', 'sys', 'tmp', 'usr']) {
    mkdirSync(path.join(root, name), { recursive: true })
  }
  for (const name of ['bin', 'lib', 'lib64', 'sbin']) symlinkSync(`usr/${name}`, path.join(root, name))
  const facts = {
    currentIp: '10.0.0.10',
    resolve: {},
    imds: { userData: readFileSync(path.join(host, 'src/cli/examples', EXAMPLES[variant]), 'utf8') },
  }
  write(path.join(root, 'facts.json'), JSON.stringify(facts))
  // what a shell adds to a start of Node, such as certificates: an anchor that was measured there had it in its figures
  const { NODE_EXTRA_CA_CERTS: certificates = '' } = process.env
  const hasCertificates = certificates !== '' && existsSync(certificates)
  if (hasCertificates) write(path.join(root, 'certificates'), readFileSync(certificates))
  write(path.join(root, 'shell.json'), JSON.stringify(hasCertificates ? { NODE_EXTRA_CA_CERTS: '/certificates' } : {}))
  const mounts = [
    `mount -t overlay overlay -o ${quoted(`lowerdir=${usr}:/usr`)} ${quoted(`${root}/usr`)}`,
    `mount --bind ${quoted(host)} ${quoted(root + PACKAGE)}`,
    ...(design.directory === undefined
      ? []
      : [`mount --bind ${quoted(design.directory)} ${quoted(`${root}/opt/single`)}`]),
    // as on a host: what does not outlive a boot costs no disk
    ...['etc', 'run'].map((name) => `mount -t tmpfs tmpfs ${quoted(`${root}/${name}`)}`),
    ...['dev', 'proc', 'sys'].map((name) => `mount --rbind /${name} ${quoted(`${root}/${name}`)}`),
    `exec env -i "$(command -v chroot)" ${quoted(root)} ${quoted(process.execPath)} ${PACKAGE}/test/bench/stages.mjs --inside ${variant} --runs ${runs}`,
  ]
  const { status, stdout, stderr, error } = spawnSync('unshare', ['--mount', 'sh', '-ec', mounts.join('\n')], {
    encoding: 'utf8',
  })
  if (status !== 0) throw error ?? new Error(`${variant}, ${design.name}: ${stderr}${stdout}`)
  return JSON.parse(stdout)
}

// ---- inside: rounds of the boot

function startMetadata(env) {
  const args = [`${PACKAGE}/dist/bottlerocket.js`, 'imds', '--facts', '/facts.json', '--port', '0']
  const server = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'], env })
  return new Promise((resolve, reject) => {
    let text = ''
    server.on('exit', () => reject(new Error(`the metadata server ended: ${text}`)))
    server.stdout.on('data', (chunk) => {
      text += chunk
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0]
      if (url !== undefined) resolve({ server, url })
    })
  })
}

/** Runs a command that must succeed. @returns the milliseconds until it ended */
function timed(command, env) {
  const start = process.hrtime.bigint()
  const { status, stderr, error } = spawnSync(command[0], command.slice(1), { env, encoding: 'utf8', cwd: '/' })
  const ms = Number(process.hrtime.bigint() - start) / 1e6
  if (status !== 0) throw error ?? new Error(`${command.join(' ')}: exit status ${status}\n${stderr}`)
  return ms
}

/** Starts the server and waits until it has said that it is up, as its unit does. */
function startServer(command, env) {
  const ready = '/run/ready'
  writeFileSync(ready, '')
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the API server does not get ready')), READY_MS)
    const watcher = watch(ready, () => {
      if (readFileSync(ready, 'utf8') === '') return
      const ms = Number(process.hrtime.bigint() - start) / 1e6
      watcher.close()
      clearTimeout(timer)
      child.removeAllListeners('exit')
      resolve({ child, ms })
    })
    const start = process.hrtime.bigint()
    const child = spawn(command[0], command.slice(1), {
      env: { ...env, NOTIFY_SOCKET: ready },
      stdio: ['ignore', 'ignore', 'inherit'],
      cwd: '/',
    })
    child.on('exit', (code) => reject(new Error(`the API server ended with ${code}`)))
  })
}

/** Has this process and all that it starts counted together. @returns how to read the count in ms, and to end it */
function processorTime() {
  const [v1, v2] = ['/sys/fs/cgroup/cpuacct', '/sys/fs/cgroup']
  const name = `bench-${process.pid}`
  const join = (parent, to) => writeFileSync(path.join(parent, to, 'cgroup.procs'), String(process.pid))
  const parent = [v1, v2].find((directory) => existsSync(path.join(directory, 'cgroup.procs')))
  try {
    mkdirSync(path.join(parent, name))
    join(parent, name)
  } catch {
    return { read: () => Number.NaN, end: () => undefined }
  }
  const text = (file) => readFileSync(path.join(parent, name, file), 'utf8')
  return {
    read: () =>
      parent === v1
        ? Number(text('cpuacct.usage')) / 1e6
        : Number(/^usage_usec (\d+)/m.exec(text('cpu.stat'))?.[1]) / 1e3,
    end: () => {
      join(parent, '')
      rmdirSync(path.join(parent, name))
    },
  }
}

function memoryOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const kib = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0)
  return { peak: kib('VmHWM') / 1024, resident: kib('VmRSS') / 1024 }
}

function stop(child) {
  return new Promise((resolve) => {
    child.on('exit', resolve)
    child.kill('SIGTERM')
  })
}

async function round(variant, env, processor) {
  for (const name of ['etc', 'run', 'var']) {
    mkdirSync(`/${name}`, { recursive: true })
    for (const entry of readdirSync(`/${name}`)) rmSync(`/${name}/${entry}`, { recursive: true, force: true })
    spawnSync('cp', ['-a', `/template/${name}/.`, `/${name}`])
  }
  spawnSync('sync')
  const steps = []
  let server
  try {
    for (const { command, unitEnv } of commandsOf(variant)) {
      const name = path.basename(command[0])
      const before = processor.read()
      if (name === 'apiserver') server = await startServer(command, { ...env, ...unitEnv })
      const ms = name === 'apiserver' ? server.ms : timed(command, { ...env, ...unitEnv })
      steps.push([name, ms, processor.read() - before])
    }
    return { steps, memory: memoryOf(server.child.pid) }
  } finally {
    if (server !== undefined) await stop(server.child)
  }
}

async function measureInside(variant) {
  const base = { PATH: '/usr/sbin:/usr/bin', AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'dummy' }
  const { server, url } = await startMetadata(base)
  const shell = JSON.parse(readFileSync('/shell.json', 'utf8'))
  const env = { ...base, BOTTLEROCKET_IMDS_URL: url, AWS_ENDPOINT_URL: url }
  const rounds = []
  const processor = processorTime()
  try {
    for (let i = -1; i < runs; i++) {
      const before = processor.read()
      const bare = timed([process.execPath, '-e', '0'], env)
      const bareProcessor = processor.read() - before
      const inShell = timed([process.execPath, '-e', '0'], shell)
      const result = await round(variant, env, processor)
      if (i >= 0) rounds.push({ bare, bareProcessor, inShell, ...result }) // the first one warms the page cache
    }
  } finally {
    processor.end()
    server.removeAllListeners('exit')
    server.kill('SIGTERM')
  }
  process.stdout.write(JSON.stringify(rounds))
}

// ---- the report

function report(variant, name, rounds) {
  const bare = median(rounds.map((one) => one.bare))
  const total = ({ steps }) => sum(steps.map(([, ms]) => ms))
  const [ratio, toShell] = ['bare', 'inShell'].map((key) =>
    median(rounds.map((one) => total(one) / one[key])).toFixed(2),
  )
  const memory = rounds.map((one) => one.memory)
  const [peak, resident] = ['peak', 'resident'].map((key) => median(memory.map((one) => one[key])).toFixed(0))
  console.log(`\n${variant}, ${name}: ${ratio} times a bare node start (aim: under ${AIMS[variant]})`)
  if (Math.abs(ratio - toShell) > ratio / 10)
    console.log(`  ${toShell} times one in this shell, whose environment adds to it`)
  console.log(
    `  bare node ${bare.toFixed(1)} ms, all programs ${median(rounds.map(total)).toFixed(1)} ms, medians of ${rounds.length} rounds`,
  )
  const busy = ({ steps }) => sum(steps.map(([, , ms]) => ms))
  const busyRatio = median(rounds.map((one) => busy(one) / one.bareProcessor))
  console.log(
    `  time of processors: ${busyRatio.toFixed(2)} times that of a bare node start, ${median(rounds.map(busy)).toFixed(1)} ms`,
  )
  console.log(`  API server at the end: ${resident} MiB resident, ${peak} MiB at most`)
  rounds[0].steps.forEach(([step], i) => {
    const times = rounds.map(({ steps }) => steps[i][1])
    const figures = [
      `${median(times).toFixed(1).padStart(7)} ms`,
      `${(median(times) / bare).toFixed(2).padStart(5)} x node`,
      `least ${Math.min(...times)
        .toFixed(1)
        .padStart(6)} ms`,
      `processors ${median(rounds.map(({ steps }) => steps[i][2]))
        .toFixed(1)
        .padStart(6)} ms`,
    ]
    console.log(`  ${step.padEnd(20)} ${figures.join('  ')}`)
  })
}

if (options.inside !== undefined) await measureInside(options.inside)
else if (process.platform !== 'linux' || process.getuid() !== 0)
  console.log('stages: needs Linux and root, not measured')
else {
  const designs = [{ name: 'node', target: (program) => `${PACKAGE}/dist/${program}.js` }]
  for (const file of options.executable) {
    if (!existsSync(file)) throw new Error(`${file}: not there`)
    const directory = path.dirname(path.resolve(file))
    designs.push({ name: path.basename(file), directory, target: () => `/opt/single/${path.basename(file)}` })
  }
  const work = mkdtempSync(path.join(os.tmpdir(), 'bench-'))
  try {
    for (const variant of options.variant) {
      for (const design of designs) report(variant, design.name, await measureOutside(variant, design, work))
    }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
