/** Fills the code caches of `dist/code` by boots of the finished bundles. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const TOOL = path.resolve('dist/bottlerocket.js')
const RECORDER = fileURLToPath(new URL('record-code.cjs', import.meta.url))
const WAIT_MS = 60_000

/** What is booted: together they run most of what any boot runs. */
const BOOTS = [
  { variant: 'aws-ecs-2', userData: 'src/cli/examples/aws-ecs.toml' },
  { variant: 'aws-k8s-1.30', userData: 'src/cli/examples/aws-k8s.toml' },
]

function environment(extra) {
  return { PATH: process.env['PATH'], ...extra }
}

/** Starts a metadata server. @returns its process and address */
function startMetadata(facts) {
  const server = spawn(process.execPath, [TOOL, 'imds', '--facts', facts, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: environment(),
  })
  return new Promise((resolve, reject) => {
    let text = ''
    server.on('error', reject)
    server.on('exit', () => reject(new Error('the metadata server ended')))
    server.stdout.on('data', (chunk) => {
      text += chunk
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0]
      if (url !== undefined) resolve({ server, url })
    })
  })
}

/** Runs the tool and keeps what was compiled on the way. */
function record(args, env) {
  const { status, error, stderr } = spawnSync(process.execPath, ['--require', RECORDER, TOOL, ...args], {
    encoding: 'utf8',
    timeout: WAIT_MS,
    env: environment(env),
  })
  if (status !== 0) throw error ?? new Error(`${args.join(' ')}: ${stderr}`)
}

async function warmUp({ variant, userData }, work, record) {
  const facts = path.join(work, `${variant}.json`)
  writeFileSync(
    facts,
    JSON.stringify({ currentIp: '10.0.0.10', resolve: {}, imds: { userData: readFileSync(userData, 'utf8') } }),
  )
  const { server, url } = await startMetadata(facts)
  try {
    const root = path.join(work, variant)
    const target = ['--variant', variant, '--root', root, '--imds', url, '--facts', facts, '--format', 'json']
    record(['boot', ...target], {
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'dummy',
    })
    record(['validate', userData, '--variant', variant], {})
    record(['check', userData, '--variant', variant, '--jobs', '1'], {})
    record(['settings', '--variant', variant, 'motd'], {})
    record(['schema', '--variant', variant], {})
    record(['variants', 'diff', variant, 'aws-dev'], {})
    record(['init', '--variant', variant], {})
  } finally {
    server.removeAllListeners('exit')
    server.kill()
  }
}

/**
 * Boots as most machines do, and runs the commands that have main files of their own.
 *
 * @param run runs the tool with arguments and additions to an empty environment
 */
export async function rehearse(run) {
  const work = mkdtempSync(path.join(os.tmpdir(), 'rehearsal-'))
  try {
    for (const boot of BOOTS) await warmUp(boot, work, run)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Makes a cache for each of the files. A machine that cannot boot has none, and starts slower: that is only told. */
export async function fillCodeCaches(files) {
  try {
    await rehearse(record)
    const { version, platform, arch } = process
    const missing = files.filter((file) => !existsSync(file.replace(/js$/, `${version}.${platform}.${arch}.cache`)))
    if (missing.length > 0) throw new Error(`nothing for ${missing.join(', ')}`)
  } catch (error) {
    process.stderr.write(`build: no code cache: ${error.message}\n`)
  }
}
