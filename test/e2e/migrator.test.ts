/** The migrator as a process, also one that is killed in the middle. */
import { randomInt } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { runTool, startTool, temporaryDirectory } from '../support/run-tool.ts'

const KEYS = 40
const KILLS = 10
const ADMIN = 'settings/host-containers/admin/source'
const image = (tag: string): string => `"public.ecr.aws/bottlerocket/bottlerocket-admin:${tag}"`
const ARGS = [
  '--datastore-path',
  '/var/lib/bottlerocket/datastore/current',
  '--migration-directory',
  '/var/lib/bottlerocket-migrations',
  '--root-path',
  '/usr/share/updog/root.json',
  '--metadata-directory',
  '/var/cache/bottlerocket-metadata',
  '--migrate-to-version',
]

function makeRoot(root: string): string {
  const base = path.join(root, 'var/lib/bottlerocket/datastore')
  const live = path.join(base, 'v1.24.0_original/live')
  mkdirSync(path.join(live, path.dirname(ADMIN)), { recursive: true })
  writeFileSync(path.join(live, ADMIN), image('v0.11.11'))
  for (let i = 0; i < KEYS; i++) {
    mkdirSync(path.join(live, 'settings/many', String(i % 20)), { recursive: true })
    writeFileSync(path.join(live, 'settings/many', String(i % 20), `k${String(i)}`), String(i))
  }
  mkdirSync(path.join(root, 'usr/lib'), { recursive: true })
  writeFileSync(
    path.join(root, 'usr/lib/os-release'),
    'VERSION_ID=1.24.1\nVARIANT_ID=metal-k8s-1.29\nBUILD_ID=b\nPRETTY_NAME="Bottlerocket OS 1.24.1"\n',
  )
  const links = [
    ['v1.24.0', 'v1.24.0_original'],
    ['v1.24', 'v1.24.0'],
    ['v1', 'v1.24'],
    ['current', 'v1'],
  ] as const
  for (const [name, text] of links) symlinkSync(text, path.join(base, name))
  return base
}

/** The version in force, whose datastore has to be whole. */
function wholeVersion(base: string): string {
  const version = readlinkSync(path.join(base, 'v1.24'))
  const live = path.join(base, 'current/live')
  const tags: Readonly<Record<string, string>> = { 'v1.24.0': 'v0.11.11', 'v1.24.1': 'v0.11.12' }
  expect(readFileSync(path.join(live, ADMIN), 'utf8')).toBe(image(tags[version] ?? ''))
  const many = readdirSync(path.join(live, 'settings/many')).flatMap((name) =>
    readdirSync(path.join(live, 'settings/many', name)),
  )
  expect(many).toHaveLength(KEYS)
  return version
}

describe('a boot', () => {
  it('moves a datastore of another version, and does nothing when the versions are equal', async () => {
    const directory = temporaryDirectory()
    const root = path.join(directory.path, 'r')
    const base = path.join(root, 'var/lib/bottlerocket/datastore')
    const boot = async (): Promise<string> => {
      const words = ['--variant', 'metal-k8s-1.29', '--root', root, '--format', 'json']
      const { stdout, stderr, code } = await runTool('bottlerocket', ['boot', ...words])
      expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
      const { steps } = JSON.parse(stdout) as { steps: { name: string; outcome: string }[] }
      expect(steps[1]).toMatchObject({ name: 'migrator', outcome: 'ok' })
      return readlinkSync(path.join(base, readlinkSync(path.join(base, 'v1.24'))))
    }
    try {
      const made = await boot()
      expect(await boot()).toBe(made)
      // as if an older OS had made it
      for (const name of ['v1.24.1', 'v1.24']) rmSync(path.join(base, name))
      symlinkSync(made, path.join(base, 'v1.24.0'))
      symlinkSync('v1.24.0', path.join(base, 'v1.24'))
      const migrated = await boot()
      expect(migrated).not.toBe(made)
      expect(readlinkSync(path.join(base, 'v1.24'))).toBe('v1.24.1')
      const motd = 'live/settings/motd'
      expect(readFileSync(path.join(base, migrated, motd))).toEqual(readFileSync(path.join(base, made, motd)))
    } finally {
      directory.remove()
    }
  })
})

describe('the migrator as a process', () => {
  it('migrates there and back', async () => {
    const directory = temporaryDirectory()
    try {
      const base = makeRoot(directory.path)
      const there = await runTool('migrator', ['--root', directory.path, ...ARGS, '1.24.1'])
      expect(there).toMatchObject({ code: 0, stderr: '' })
      expect(wholeVersion(base)).toBe('v1.24.1')
      expect((await runTool('migrator', ['--root', directory.path, ...ARGS, '1.24.0'])).code).toBe(0)
      expect(wholeVersion(base)).toBe('v1.24.0')
      expect((await runTool('migrator', ['--root', directory.path, ...ARGS, '1.25.0'])).code).toBe(1)
    } finally {
      directory.remove()
    }
  })

  it('leaves the old version or the new one when it is killed at any time', async () => {
    const directory = temporaryDirectory()
    try {
      const base = makeRoot(directory.path)
      let target = '1.24.1'
      const start = process.hrtime.bigint()
      await runTool('migrator', ['--root', directory.path, ...ARGS, target])
      const wholeMs = Number(process.hrtime.bigint() - start) / 1e6
      for (let i = 0; i < KILLS; i++) {
        const version = wholeVersion(base)
        target = version === 'v1.24.0' ? '1.24.1' : '1.24.0'
        const child = startTool('migrator', ['--root', directory.path, ...ARGS, target])
        const ended = new Promise((resolve) => child.on('close', resolve))
        await new Promise((resolve) => setTimeout(resolve, randomInt(Math.ceil(wholeMs))))
        child.kill('SIGKILL')
        await ended
        expect(['v1.24.0', 'v1.24.1']).toContain(wholeVersion(base))
      }
      expect((await runTool('migrator', ['--root', directory.path, ...ARGS, '1.24.1'])).code).toBe(0)
      expect(wholeVersion(base)).toBe('v1.24.1')
    } finally {
      directory.remove()
    }
  })
})
