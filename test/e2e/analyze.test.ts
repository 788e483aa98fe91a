/** A boot under a root and its analysis, as a user runs them. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runTool, temporaryDirectory, type ToolResult } from '../support/run-tool.ts'

const directory = temporaryDirectory()
afterAll(() => {
  directory.remove()
})
const inside = (name: string): string => path.join(directory.path, name)
const records = (root: string): string => path.join(root, 'run/bottlerocket/boot-record.d')
const CANARY = 'canary0123456789'

/** Boots with whatever a boot may know that nobody else should. */
async function boot(root: string, extra = ''): Promise<ToolResult> {
  const userData = inside('user-data.toml')
  writeFileSync(
    userData,
    `[settings.kubernetes]
cluster-name = "demo"
bootstrap-token = "abcdef.${CANARY}"
server-key = "${Buffer.from(CANARY).toString('base64')}"
[settings.network]
https-proxy = "http://user:${CANARY}@proxy.example:3128"
no-proxy = ["amazonaws.com"]
[settings.host-containers.admin]
user-data = "${Buffer.from(CANARY).toString('base64')}"
${extra}`,
  )
  const facts = inside('facts.json')
  writeFileSync(facts, '{"resolve":{}}')
  return runTool('bottlerocket', [
    ...['start', '--user-data', userData, '--facts', facts, '--root', root, '--format', 'json'],
  ])
}

const secrets = (text: string): boolean =>
  text.includes(CANARY) || text.includes(Buffer.from(CANARY).toString('base64'))

describe('analyze', () => {
  const root = inside('good')
  const page = inside('page.html')
  let booted: ToolResult
  let analyzed: ToolResult
  beforeAll(async () => {
    booted = await boot(root)
    analyzed = await runTool('bottlerocket', ['analyze', root, '--html', page])
  })

  it('shows the longest parts, the critical path and the providers and generators of a boot', () => {
    expect(booted.code).toBe(0)
    expect(analyzed.stderr).toBe('')
    expect(analyzed.code).toBe(0)
    for (const text of [
      /^Boot: 8 steps in .*s, no step failed$/m,
      /^Longest first$/m,
      /early-boot-config › 40-ec2-imds \(EC2 IMDS\)/,
      /sundog › settings\.network\.hostname \(netdog generate-hostname\)/,
      /^Critical path$/m,
      /pluto › settings\.kubernetes\.cluster-dns-ip/,
      /settings-applier itself/,
    ]) {
      expect(analyzed.stdout).toMatch(text)
    }
  })

  it('reads the same from the root, the directory of records, and the steps of a report', async () => {
    const [byRoot, byDirectory] = await Promise.all([
      runTool('bottlerocket', ['analyze', '--root', root, '--format', 'json']),
      runTool('bottlerocket', ['analyze', `${records(root)}/`, '--format', 'json']),
    ])
    expect(byRoot.stdout).toBe(byDirectory.stdout)
    const report = inside('report.json')
    writeFileSync(report, booted.stdout)
    const byReport = await runTool('bottlerocket', ['analyze', report])
    expect(byReport.stdout).toMatch(/^Boot: 8 steps in /)
    const { steps } = JSON.parse(byRoot.stdout) as { steps: { name: string; activities: unknown[] }[] }
    expect(steps.map(({ name }) => name)).toEqual([
      'write-network-status',
      'migrator',
      'storewolf',
      'apiserver',
      'early-boot-config',
      'sundog',
      'pluto',
      'settings-applier',
    ])
    expect(steps.find(({ name }) => name === 'sundog')?.activities.length).toBeGreaterThan(8)
  })

  it('writes a page for its owner only, that holds no secret and nothing from elsewhere', () => {
    const html = readFileSync(page, 'utf8')
    expect(statSync(page).mode & 0o777).toBe(0o600)
    expect(html).toMatch(/^<!doctype html>/)
    expect(html).toContain('40-ec2-imds')
    expect(html).not.toMatch(/<script|https?:\/\//)
    expect(secrets(html)).toBe(false)
  })

  it('finds no secret in the records either', () => {
    const files = readdirSync(records(root))
    expect(files).toHaveLength(8)
    expect(files.filter((file) => secrets(readFileSync(path.join(records(root), file), 'utf8')))).toEqual([])
    expect(secrets(analyzed.stdout)).toBe(false)
  })

  it('takes what systemctl has printed on a host, and asks nothing about a root', async () => {
    const plain = JSON.parse((await runTool('bottlerocket', ['analyze', root, '--format', 'json'])).stdout) as object
    expect(plain).not.toHaveProperty('units')
    const record = readFileSync(path.join(records(root), 'storewolf.json'), 'utf8')
    const { bootStartMs, startMs } = JSON.parse(record) as { bootStartMs: number; startMs: number }
    const microseconds = (ms: number): string => String(Math.round((bootStartMs + startMs + ms) * 1000))
    const units = inside('units.txt')
    writeFileSync(
      units,
      `Id=storewolf.service\nActiveState=active\nInactiveExitTimestampMonotonic=${microseconds(-10)}\nActiveEnterTimestampMonotonic=${microseconds(60_000)}\n`,
    )
    const joined = await runTool('bottlerocket', ['analyze', root, '--units', units, '--html', page])
    expect(joined.stdout).toMatch(/^Units, with 10\.0 ms of process starts$/m)
    expect(joined.stdout).toMatch(/storewolf\.service › service manager/)
    expect(readFileSync(page, 'utf8')).toContain('Units, since the start of the service manager')
  })

  it('has the records of the last boot only', async () => {
    expect((await boot(root)).code).toBe(0)
    const { stdout } = await runTool('bottlerocket', ['analyze', root])
    expect(stdout).toMatch(/^Boot: 8 steps/)
    const record = JSON.parse(readFileSync(path.join(records(root), 'early-boot-config.json'), 'utf8')) as object
    expect(record).toMatchObject({ outcome: 'skipped', attempts: 0, activities: [] })
  })

  it('says what failed, without the value that was refused', async () => {
    const bad = inside('bad')
    expect((await boot(bad, '[settings.pki.x]\ndata = "canary0123456789"\n')).code).toBe(1)
    const { stdout } = await runTool('bottlerocket', ['analyze', bad, '--html', page])
    expect(stdout).toMatch(/^Boot: 5 steps in .*, early-boot-config failed$/m)
    expect(stdout).toContain('early-boot-config: ')
    expect(readFileSync(page, 'utf8')).toContain('class="failure"')
    expect(secrets(stdout + readFileSync(page, 'utf8'))).toBe(false)
  })
})

describe('analyze refuses', () => {
  const run = (...args: string[]): Promise<ToolResult> => runTool('bottlerocket', ['analyze', ...args])

  it.each([
    [['/nope'], /BOOT_RECORD_UNREADABLE.*\/nope: ENOENT/],
    [['--root', '/nope'], /BOOT_RECORD_UNREADABLE.*boot-record\.d: ENOENT/],
  ])('%j, which is not there', async (args, reason) => {
    const { code, stderr, stdout } = await run(...args)
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toMatch(reason)
  })

  it('a directory without records, and files that are none, by their names', async () => {
    const empty = inside('empty')
    mkdirSync(empty)
    expect((await run(empty)).stderr).toMatch(/BOOT_RECORD_INVALID.*no step/)
    writeFileSync(path.join(empty, 'one.json'), '{')
    writeFileSync(path.join(empty, 'two.json'), '{"schemaVersion":1}')
    const { code, stderr } = await run(empty)
    expect(code).toBe(1)
    expect(stderr).toMatch(/one\.json is not JSON/)
    expect(stderr).toMatch(/two\.json has no text "name"/)
  })

  it('units that cannot be read, and a file that holds none', async () => {
    const missing = await run(inside('good'), '--units', '/nope')
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringMatching(/HOST_FILE_UNREADABLE.*\/nope/)])
    const other = inside('other.txt')
    writeFileSync(other, 'Id=a.service\nInactiveExitTimestampMonotonic=0\n')
    const none = await run(inside('good'), '--units', other)
    expect([none.code, none.stdout]).toEqual([1, ''])
    expect(none.stderr).toMatch(/UNITS_INVALID.*other\.txt has no unit that was started/)
  })

  it('a page that cannot be written', async () => {
    const { code, stderr } = await run(inside('good'), '--html', '/nope/page.html')
    expect(code).toBe(1)
    expect(stderr).toMatch(/HOST_FILE_UNWRITABLE.*\/nope\/page\.html/)
  })

  it.each([
    [['a', 'b'], /one record is enough/],
    [['a', '--root', 'b'], /one record is enough/],
    [['--html'], /needs a value/],
    [['--format', 'xml'], /unknown format/],
    [['--nope'], /unknown argument/],
  ])('%j as bad usage', async (args, reason) => {
    const { code, stderr } = await run(...args)
    expect(code).toBe(2)
    expect(stderr).toMatch(reason)
  })
})
