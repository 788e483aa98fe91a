/** Installations that are cut short: the next run finishes them, or takes everything out. */
import { describe, expect, it } from 'vitest'
import { executeInstall, executeUninstall } from '../../../src/cli/install/execute.ts'
import { readLedger } from '../../../src/cli/install/ledger.ts'
import { planInstall, planRemoval } from '../../../src/cli/install/plan.ts'
import { wantedEntries } from '../../../src/cli/install/wanted.ts'
import { MemoryFs } from '../../../src/host/memory-fs.ts'
import type { RootFs } from '../../../src/lib/ports.ts'
import { encodeUtf8 } from '../../../src/lib/utf8.ts'
import { findVariant } from '../../../src/variants/variant.ts'
import { Crash, watchedFs } from '../../support/faulty-fs.ts'

async function install(fs: RootFs, variant: string): Promise<number> {
  const options = {
    variant: findVariant(variant),
    executable: encodeUtf8(`the executable of ${variant}`),
    allUnits: false,
    defaultTarget: true,
  }
  const ledger = readLedger(fs)
  const plan = planInstall(fs, wantedEntries(fs, ledger, options).entries, ledger, false)
  await executeInstall(fs, plan, ledger, options.variant)
  return plan.added.length + plan.updated.length + plan.removed.length
}

function uninstall(fs: RootFs): void {
  const ledger = readLedger(fs)
  if (ledger === undefined) return
  const { removed, kept } = planRemoval(fs, [...ledger.entries])
  expect(kept).toEqual([])
  executeUninstall(
    fs,
    removed.map(({ path }) => path),
    ledger,
    [],
  )
}

/** Everything in a file system, directories with a slash at their end. */
function contentOf(fs: RootFs, directory = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const { name, kind } of fs.readDirectory(directory === '' ? '/' : directory)) {
    const path = `${directory}/${name}`
    if (kind === 'symlink') found.set(path, `-> ${fs.readLink(path)}`)
    else if (kind === 'file') found.set(path, `${String(fs.stat(path)?.mode)} ${fs.readText(path)}`)
    else {
      found.set(`${path}/`, '')
      for (const [each, content] of contentOf(fs, path)) found.set(each, content)
    }
  }
  return found
}

/** The operations of a run on a file system, and a run that dies before one of them. */
function dying(fs: RootFs, at: number): { fs: RootFs; count: () => number } {
  let count = 0
  const watched = watchedFs(fs, () => {
    if (count++ === at) throw new Crash()
  })
  return { fs: watched, count: () => count }
}

/** Every one of the first operations, then a sample. */
const FIRST = 8
const STEP = 29
const CASES = [
  ['a first installation', undefined, 'aws-ecs-2'],
  ['another variant', 'aws-k8s-1.27', 'aws-ecs-2'],
] as const

async function prepared(first: string | undefined): Promise<MemoryFs> {
  const fs = new MemoryFs()
  fs.makeDirectory('/etc')
  if (first !== undefined) await install(fs, first)
  return fs
}

describe.each(CASES)('%s', (_name, first, second) => {
  it('is finished by the next run, or taken out, wherever it ended', async () => {
    const whole = await prepared(first)
    const watch = dying(whole, Number.POSITIVE_INFINITY)
    await install(watch.fs, second)
    const operations = watch.count()
    expect(operations).toBeGreaterThan(100)
    const [finished, empty] = [contentOf(whole), contentOf(await prepared(undefined))]
    const ledger = '/usr/lib/bottlerocket-pipeline/installed.json'
    for (let at = 0; at < operations; at += at < FIRST ? 1 : STEP) {
      const again = await prepared(first)
      await expect(install(dying(again, at).fs, second)).rejects.toThrow()
      await install(again, second)
      const content = contentOf(again)
      for (const each of [content, finished]) each.delete(ledger)
      expect(content, `dies before operation ${String(at)}`).toEqual(finished)
      expect(await install(again, second)).toBe(0)

      const out = await prepared(first)
      await expect(install(dying(out, at).fs, second)).rejects.toThrow()
      uninstall(out)
      const left = [...contentOf(out).keys()].filter((name) => !empty.has(name))
      // before there is a ledger there are the directories that it is made in
      const allowed = first === undefined && at < FIRST ? /^\/usr\/(?:lib\/(?:bottlerocket-pipeline\/)?)?$/ : /^$/
      expect(
        left.filter((name) => !allowed.test(name)),
        `dies before operation ${String(at)}`,
      ).toEqual([])
    }
  })

  it('is taken out by the next try, wherever the one before ended', async () => {
    const whole = await prepared(second)
    const watch = dying(whole, Number.POSITIVE_INFINITY)
    uninstall(watch.fs)
    for (let at = 0; at < watch.count(); at += STEP) {
      const fs = await prepared(second)
      expect(() => {
        uninstall(dying(fs, at).fs)
      }).toThrow()
      uninstall(fs)
      const files = [...contentOf(fs).keys()].filter((name) => !name.endsWith('/'))
      expect(files, `dies before operation ${String(at)}`).toEqual([])
    }
  })
})
