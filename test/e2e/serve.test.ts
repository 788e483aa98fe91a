/** A change through the API: exactly the affected files are written and exactly the affected units restarted. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import type { ChildProcess } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contend } from '../support/contention.ts'
import {
  runTool,
  startTool,
  stopTool,
  temporaryDirectory,
  waitForOutput,
  type ToolResult,
} from '../support/run-tool.ts'

const directory = temporaryDirectory()
const root = path.join(directory.path, 'r')
const socket = path.join(root, 'run/api.sock')
let server: ChildProcess
let output = ''

/** Every regular file below the rendered directories: path, inode and content. */
function snapshot(): Map<string, string> {
  const files = new Map<string, string>()
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const full = path.join(folder, entry.name)
      if (entry.isDirectory()) walk(full)
      else if (entry.isFile())
        files.set(full.slice(root.length), `${String(statSync(full).ino)} ${readFileSync(full, 'utf8')}`)
    }
  }
  walk(path.join(root, 'etc'))
  return files
}

function changedFiles(before: Map<string, string>): string[] {
  const after = snapshot()
  return [...new Set([...before.keys(), ...after.keys()])].filter((name) => before.get(name) !== after.get(name))
}

const apiclient = (...args: string[]): Promise<ToolResult> => runTool('apiclient', ['--socket-path', socket, ...args])

/** Waits until the server has printed what it did for a change. */
async function outputAfter(start: number, pattern: RegExp): Promise<string> {
  for (let i = 0; i < 200; i++) {
    if (pattern.test(output.slice(start))) break
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  return output.slice(start)
}

beforeAll(async () => {
  server = startTool('bottlerocket', ['start', '--serve', '--root', root])
  server.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  await waitForOutput(server, /The API is up/)
})
afterAll(async () => {
  await stopTool(server)
  directory.remove()
})

describe('after start --serve', () => {
  it('writes the kubelet config alone and records its restart when max-pods is set', async () => {
    const before = snapshot()
    const start = output.length
    const result = await apiclient('set', 'kubernetes.max-pods=42')
    expect(result).toEqual({ code: 0, signal: null, stdout: '', stderr: '' })
    const said = await outputAfter(start, /recorded .*kubelet/)
    expect(said).toContain('wrote /etc/kubernetes/kubelet/config')
    expect(said).toMatch(/recorded \S*systemctl try-restart kubelet\.service/)
    expect(changedFiles(before)).toEqual(['/etc/kubernetes/kubelet/config'])
    expect(readFileSync(path.join(root, 'etc/kubernetes/kubelet/config'), 'utf8')).toMatch(/^maxPods: 42$/m)
  })

  it('touches /etc/motd alone when motd is set', async () => {
    const before = snapshot()
    const start = output.length
    expect((await apiclient('set', 'motd=x')).code).toBe(0)
    expect(await outputAfter(start, /wrote/)).toContain('wrote /etc/motd')
    expect(changedFiles(before)).toEqual(['/etc/motd'])
    expect(output.slice(start)).not.toContain('recorded')
  })

  it('changes nothing when a value is refused, and says which', async () => {
    const before = snapshot()
    const result = await apiclient('set', 'kubernetes.max-pods=many')
    expect(result.code).toBe(1)
    expect(result.stderr).toMatch(/settings\.kubernetes\.max-pods/)
    expect(changedFiles(before)).toEqual([])
  })

  it('answers apiclient get and raw', async () => {
    const result = await apiclient('get', 'settings.motd')
    expect(JSON.parse(result.stdout)).toEqual({ settings: { motd: 'x' } })
    expect((await apiclient('raw', '-u', '/tx/list')).stdout).toMatch(/^\[.*\]\n$/)
  })

  it('talks HTTP to any client', async () => {
    const status = await new Promise((resolve, reject) => {
      http
        .get({ socketPath: socket, path: '/os' }, (response) => {
          response.resume()
          resolve(response.statusCode)
        })
        .on('error', reject)
    })
    expect(status).toBe(200)
    expect(statSync(socket).mode & 0o777).toBe(0o660)
  })

  it('refuses a second server on its datastore and goes on itself', async () => {
    const second = await runTool('bottlerocket', ['serve', '--variant', 'aws-k8s-1.30', '--root', root])
    expect(second.code).toBe(1)
    expect(second.stderr).toMatch(/DATASTORE_IN_USE/)
    expect(second.stderr).toContain(`apiserver, process ${String(server.pid)}`)
    expect((await apiclient('get', 'os')).code).toBe(0)
  })

  it('loses no update of 16 clients at the same time', async () => {
    await contend(socket, 16, 12)
  })
})
