/** What holds for the one executable alone: `npm run test:single` runs this, and all other end-to-end tests, with it. */
import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { executable, projectFile, stopTool, temporaryDirectory, waitForOutput } from '../support/run-tool.ts'
import { entries } from '../tooling/entries.mjs'

interface Outcome {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

const TIMEOUT_MS = 20_000

/** Programs that read no arguments, and wait for the metadata service or print something random. */
const BUSY = new Set(['bork', 'ec2-identity-doc-user-data-provider', 'ec2-imds-user-data-provider'])

const directory = temporaryDirectory()
afterAll(() => {
  directory.remove()
})
const empty = path.join(directory.path, 'empty')
const own = path.join(directory.path, 'bin/bottlerocket')

function run(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Outcome {
  const all = { PATH: process.env['PATH'], ...env }
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    cwd: empty,
    env: all,
    timeout: TIMEOUT_MS,
  })
  return { status, stdout, stderr }
}

describe.skipIf(executable === undefined)('the executable, alone in a folder', () => {
  beforeAll(() => {
    mkdirSync(empty)
    mkdirSync(path.dirname(own))
    copyFileSync(projectFile(executable ?? ''), own)
    for (const name of Object.keys(entries).filter((name) => name !== 'bottlerocket')) {
      symlinkSync('bottlerocket', path.join(path.dirname(own), name))
    }
  })

  it.each(Object.keys(entries).filter((name) => !BUSY.has(name)))(
    '%s is the same program by a link, by name, and under Node',
    (name) => {
      const env = { BOTTLEROCKET_ROOT: directory.path }
      const bundle = run(process.execPath, [projectFile(`dist/${name}.js`), '--no-such-option'], env)
      expect(bundle).not.toEqual({ status: 0, stdout: '', stderr: '' })
      expect(run(own, [name, '--no-such-option'], env)).toEqual(bundle)
      expect(run(path.join(path.dirname(own), name), ['--no-such-option'], env)).toEqual(bundle)
    },
  )

  it.each([
    ['validate', 'aws-k8s', ['--variant', 'aws-k8s-1.30']],
    ['render', 'aws-ecs', ['--variant', 'aws-ecs-2', '--format', 'json']],
  ])('%s needs no other file and says what it says under Node', (command, example, args) => {
    const userData = projectFile(`src/cli/examples/${example}.toml`)
    const options = command === 'validate' ? [userData] : ['--user-data', userData]
    const words = [command, ...args, ...options]
    const outcome = run(own, words)
    expect(outcome).toMatchObject({ status: 0, stderr: '' })
    expect(outcome).toEqual(run(process.execPath, [projectFile('dist/bottlerocket.js'), ...words]))
  })

  it('knows a program by a link to its link', () => {
    const provider = path.join(directory.path, '10-local-defaults')
    symlinkSync('bin/local-defaults-user-data-provider', provider)
    const env = { BOTTLEROCKET_ROOT: directory.path }
    const bundle = run(process.execPath, [projectFile('dist/local-defaults-user-data-provider.js')], env)
    expect(bundle).toMatchObject({ status: 0, stderr: '' })
    expect(run(provider, [], env)).toEqual(bundle)
  })

  it('takes nothing from the folder that it is started in', () => {
    writeFileSync(path.join(empty, '.env'), 'NO_COLOR=1\nBOTTLEROCKET_ROOT=/nowhere\n')
    writeFileSync(path.join(empty, 'bunfig.toml'), 'preload = ["./preload.js"]\n')
    writeFileSync(path.join(empty, 'preload.js'), 'console.log("preloaded")\n')
    writeFileSync(path.join(empty, 'package.json'), '{ "version": "9.9.9" }\n')
    const { version } = JSON.parse(readFileSync(projectFile('package.json'), 'utf8')) as { version: string }
    expect(run(own, ['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' })
  })

  it('sends nothing of this machine through a proxy', () => {
    const proxy = 'http://127.0.0.1:1'
    const proxies = { http_proxy: proxy, HTTP_PROXY: proxy, https_proxy: proxy, HTTPS_PROXY: proxy }
    const root = path.join(directory.path, 'root')
    const outcome = run(own, ['start', '--root', root, '--variant', 'aws-ecs-2'], proxies)
    expect(outcome).toMatchObject({ status: 0, stderr: '' })
  })

  it.each([
    ['bundles', 'executable'],
    ['executable', 'bundles'],
  ] as const)('a datastore that %s serve is not taken by the %s', async (first, second) => {
    const commands = {
      bundles: [process.execPath, projectFile('dist/bottlerocket.js')],
      executable: [own],
    } as const
    const root = path.join(directory.path, first)
    const start = (which: keyof typeof commands): [string, string[]] => {
      const [command, ...args] = commands[which]
      return [command, [...args, 'serve', '--variant', 'aws-ecs-2', '--root', root]]
    }
    const server = spawn(...start(first), { stdio: ['ignore', 'pipe', 'inherit'] })
    await waitForOutput(server, /api[.]sock/)
    // a socket of its own, so that only the lock is in its way
    rmSync(path.join(root, 'run/api.sock'))
    const refused = run(...start(second))
    await stopTool(server)
    expect(refused.status).toBe(1)
    expect(refused.stderr).toContain('DATASTORE_IN_USE')
  })

  it('holds no path of the machine that it was built on', () => {
    expect(readFileSync(own).includes(projectFile(''))).toBe(false)
  })
})
