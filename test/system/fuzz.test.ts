/**
 * The API against schemathesis (https://schemathesis.io), which makes requests from /openapi.json: such that fit it, such
 * that do not, and such that are just at a limit. Commands are recorded, not run.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { socketClient } from '../support/api-socket.ts'
import { startTool, stopTool, temporaryDirectory, waitForOutput } from '../support/run-tool.ts'
import { startBridge, type Bridge } from '../support/tcp-bridge.ts'

const program = process.env['SCHEMATHESIS']

/** Operations that answer 5xx on a host without the programs behind them; `/exec` has none either, but answers 400 or 501. */
const WITHOUT_PROGRAM = ['GET /report/cis', 'GET /report/fips', 'GET /exec']
/** Requests for disks that are not there. */
const WITHOUT_DISKS = ['POST /actions/ephemeral-storage/init', 'POST /actions/ephemeral-storage/bind']

interface Report {
  readonly test_cases: { readonly generated: number }
  readonly failures: readonly { readonly title: string; readonly operations: readonly string[] }[]
  readonly errors: readonly unknown[]
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describe.runIf(program !== undefined)('the API under schemathesis', () => {
  const directory = temporaryDirectory()
  const root = path.join(directory.path, 'r')
  const socket = path.join(root, 'run/api.sock')
  const schema = path.join(directory.path, 'openapi.json')
  let server: ChildProcess
  let bridge: Bridge

  beforeAll(async () => {
    const collector = pathToFileURL(fileURLToPath(new URL('../support/collect-garbage.mjs', import.meta.url))).href
    // young objects in a space of fixed size, and all garbage collected before the memory is measured: what grows is kept
    const env = { NODE_OPTIONS: `--max-semi-space-size=2 --expose-gc --import ${collector}` }
    server = startTool('bottlerocket', ['serve', '--variant', 'aws-k8s-1.30', '--root', root], { env })
    await waitForOutput(server, /serving/)
    server.stdout?.resume()
    bridge = await startBridge(socket)
    const client = socketClient(socket)
    // schemathesis 4.32 reads `prefixItems` as the list form of `items`, and then refuses the schema
    const { body } = await client.send('GET', '/openapi.json')
    writeFileSync(schema, JSON.stringify(withoutPrefixItems(JSON.parse(body))))
    client.close()
  })
  afterAll(async () => {
    await bridge.close()
    await stopTool(server)
    directory.remove()
  })

  function withoutPrefixItems(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(withoutPrefixItems)
    if (typeof value !== 'object' || value === null) return value
    const members = Object.entries(value).filter(([name]) => name !== 'prefixItems')
    const kept = 'prefixItems' in value ? members.filter(([name]) => name !== 'items') : members
    return Object.fromEntries(kept.map(([name, member]) => [name, withoutPrefixItems(member)]))
  }

  async function fuzz(seed: number, phases: string, examples: number): Promise<Report> {
    const report = path.join(directory.path, `report-${String(seed)}.json`)
    const checks = [
      'not_a_server_error',
      'status_code_conformance',
      'content_type_conformance',
      'response_schema_conformance',
      'unsupported_method',
      'allow_header_conformance',
    ]
    const child = spawn(
      program ?? '',
      [
        ...['run', schema, '--url', bridge.url, '--phases', phases, '--workers', '1'],
        ...['--max-examples', String(examples), '--seed', String(seed), '--no-shrink', '--continue-on-failure'],
        ...['--checks', checks.join(','), '--warnings', 'off', '--report', 'json', '--report-json-path', report],
      ],
      { cwd: directory.path, stdio: 'ignore' },
    )
    await new Promise((resolve) => child.on('close', resolve))
    return JSON.parse(readFileSync(report, 'utf8')) as Report
  }

  /** Resident memory in KiB, with the garbage collected and no applier at work. */
  async function residentMemory(): Promise<number> {
    for (let i = 0; i < 3; i++) {
      await sleep(1000)
      server.kill('SIGUSR2')
    }
    await sleep(500)
    const status = readFileSync(`/proc/${String(server.pid)}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1])
  }

  it('answers 5,000 requests without a fault of its own, and keeps no memory of them', async () => {
    await fuzz(1, 'fuzzing', 20) // everything is loaded and has been used
    const before = await residentMemory()
    const report = await fuzz(2, 'examples,coverage,fuzzing', 80)
    const after = await residentMemory()
    expect(report.errors).toEqual([])
    const failures = report.failures.map(({ title, operations }) => ({
      title,
      operations: operations.filter((name) => ![...WITHOUT_PROGRAM, ...WITHOUT_DISKS].includes(name)),
    }))
    expect(failures.filter(({ title, operations }) => title !== 'Server error' || operations.length > 0)).toEqual([])
    expect(report.test_cases.generated).toBeGreaterThan(5000)
    expect(server.exitCode).toBe(null)
    expect(after / before, `${String(before)} KiB, then ${String(after)} KiB`).toBeLessThan(1.1)
  }, 400_000)
})
