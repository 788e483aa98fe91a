/** Places that cannot be written: an unprivileged user, a read-only mount, a full disk, and no network at all. */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { runTool, temporaryDirectory, toolCommand, type ToolResult } from '../support/run-tool.ts'

const NOBODY = 65_534
const cleanups: (() => void)[] = []
afterEach(() => {
  cleanups
    .splice(0)
    .reverse()
    .forEach((cleanup) => {
      cleanup()
    })
})

const newDirectory = (): string => {
  const directory = temporaryDirectory()
  cleanups.push(() => {
    directory.remove()
  })
  return directory.path
}

function mountTmpfs(options: string): string {
  const point = path.join(newDirectory(), 'm')
  mkdirSync(point)
  expect(spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', point]).status).toBe(0)
  cleanups.push(() => {
    spawnSync('umount', ['-l', point])
  })
  return point
}

const boot = (root: string, uid?: number): Promise<ToolResult> =>
  runTool('bottlerocket', ['start', '--variant', 'aws-ecs-2', '--root', root], uid === undefined ? {} : { uid })

function expectClearFailure(result: ToolResult, reason: RegExp): void {
  expect(result.code).toBe(1)
  expect(result.stderr).toMatch(/error\[[A-Z_]+\]/)
  expect(result.stderr).toMatch(reason)
  expect(result.stdout + result.stderr).not.toMatch(/\n\s+at .*:\d+:\d+/)
}

describe('a root that cannot be written', () => {
  it('is a clear error for an ordinary user, and nothing is made', async () => {
    const root = path.join(newDirectory(), 'r')
    mkdirSync(root)
    chmodSync(root, 0o755)
    expectClearFailure(await boot(root, NOBODY), /EACCES/)
    expect(readdirSync(root)).toEqual([])
  })

  it('is a clear error when only the datastore is somebody else’s', async () => {
    const parent = newDirectory()
    chmodSync(parent, 0o777)
    const root = path.join(parent, 'r')
    mkdirSync(path.join(root, 'var/lib/bottlerocket/datastore'), { recursive: true })
    for (const name of ['', 'var', 'var/lib', 'var/lib/bottlerocket']) chmodSync(path.join(root, name), 0o777)
    expectClearFailure(await boot(root, NOBODY), /datastore.*EACCES|EACCES.*datastore/)
    expect(readdirSync(path.join(root, 'var/lib/bottlerocket/datastore'))).toEqual([])
    expect(existsSync(path.join(root, 'etc/motd'))).toBe(false)
  })

  it('is a clear error on a read-only mount', async () => {
    const point = mountTmpfs('size=1m')
    expect(spawnSync('mount', ['-o', 'remount,ro', point]).status).toBe(0)
    expectClearFailure(await boot(point), /EROFS/)
  })
})

describe('an ordinary user', () => {
  it('boots under a root of their own', async () => {
    const parent = newDirectory()
    chmodSync(parent, 0o777)
    const result = await boot(path.join(parent, 'r'), NOBODY)
    expect(result.stderr).toBe('')
    expect(result.code).toBe(0)
    expect(statSync(path.join(parent, 'r/etc/motd')).uid).toBe(NOBODY)
  })
})

describe('a full disk', () => {
  it.each([16, 64, 160, 320, 480])('of %i KiB ends in one clear error and no half-written file', async (kib) => {
    const point = mountTmpfs(`size=${String(kib)}k`)
    const result = await boot(point)
    expectClearFailure(result, /ENOSPC/)
    const walk = (folder: string): string[] =>
      readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory() ? walk(path.join(folder, entry.name)) : [path.join(folder, entry.name)],
      )
    const files = walk(point)
    // every value in the datastore is whole JSON or not there, and no temporary file is left
    expect(files.filter((file) => /\.\d+\.\d+$/.test(file))).toEqual([])
    const rendered = files.filter((file) => file.startsWith(path.join(point, 'etc')))
    for (const file of rendered) expect(statSync(file).size).toBeGreaterThan(0)
  })

  it('leaves a datastore that the next boot completes once there is room', async () => {
    const point = mountTmpfs('size=160k')
    expect((await boot(point)).code).toBe(1)
    expect(spawnSync('mount', ['-o', 'remount,size=8m', point]).status).toBe(0)
    const second = await boot(point)
    expect(second.stderr).toBe('')
    expect(second.code).toBe(0)
  })
})

describe('no network', () => {
  it('is enough for start: loopback alone', () => {
    const script = `ip link set lo up 2>/dev/null || ifconfig lo up; exec "$0" "$1" start --root "$2"`
    const root = path.join(newDirectory(), 'r')
    const result = spawnSync('unshare', ['-n', 'sh', '-c', script, ...toolCommand('bottlerocket'), root], {
      encoding: 'utf8',
    })
    expect(result.stderr).toBe('')
    expect(result.status).toBe(0)
  })
})

describe('a strict umask and an empty environment', () => {
  it('do not keep a boot from working', () => {
    const root = path.join(newDirectory(), 'r')
    const script = 'umask 077; exec "$0" "$1" start --root "$2"'
    const result = spawnSync('sh', ['-c', script, ...toolCommand('bottlerocket'), root], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '' },
    })
    expect(result.stderr).toBe('')
    expect(result.status).toBe(0)
  })
})
