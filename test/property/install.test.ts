import { fc, it } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { executeInstall, executeUninstall } from '../../src/cli/install/execute.ts'
import { LEDGER_PATH, printLedger, readLedger, type Ledger } from '../../src/cli/install/ledger.ts'
import { planInstall, planRemoval } from '../../src/cli/install/plan.ts'
import { wantedEntries } from '../../src/cli/install/wanted.ts'
import { MemoryFs } from '../../src/host/memory-fs.ts'
import { PipelineError } from '../../src/lib/errors.ts'
import type { RootFs } from '../../src/lib/ports.ts'
import { encodeUtf8 } from '../../src/lib/utf8.ts'
import { parseUnitFile } from '../../src/units/unit-file.ts'
import { findVariant } from '../../src/variants/variant.ts'

const variant = findVariant('metal-k8s-1.29')
const options = { variant, executable: encodeUtf8('the executable'), allUnits: false, defaultTarget: true }
const WANTED = wantedEntries(new MemoryFs(), undefined, options).entries.map(({ path }) => path)

async function install(fs: RootFs, force = false): Promise<void> {
  const ledger = readLedger(fs)
  const plan = planInstall(fs, wantedEntries(fs, ledger, options).entries, ledger, force)
  await executeInstall(fs, plan, ledger, variant)
}

function uninstall(fs: RootFs): readonly string[] {
  const ledger = readLedger(fs) as Ledger
  const { removed, kept } = planRemoval(fs, [...ledger.entries])
  executeUninstall(
    fs,
    removed.map(({ path }) => path),
    ledger,
    [],
  )
  return kept
}

function filesOf(fs: RootFs, directory = ''): string[] {
  return fs.readDirectory(directory === '' ? '/' : directory).flatMap(({ name, kind }) => {
    const path = `${directory}/${name}`
    return kind === 'directory' ? filesOf(fs, path) : [path]
  })
}

function put(fs: RootFs, path: string, text: string): void {
  fs.makeDirectory(path.slice(0, path.lastIndexOf('/')))
  fs.remove(path)
  fs.writeFile(path, text)
}

/** A root with this one has a distribution below: other places are wanted then. */
const STOCK_UNIT = '/usr/lib/systemd/system/multi-user.target'
const somePaths = fc.uniqueArray(fc.constantFrom(...WANTED.filter((each) => each !== STOCK_UNIT)), {
  minLength: 1,
  maxLength: 6,
})
const others = fc.uniqueArray(fc.stringMatching(/^\/(?:usr|etc|opt)\/(?:lib\/|share\/)?x[a-z]{1,3}$/), { maxLength: 5 })

describe('install', () => {
  it.prop([somePaths, others], { numRuns: 25 })(
    'tells every file in the way, and touches none',
    async (paths, more) => {
      const fs = new MemoryFs()
      for (const path of [...paths, ...more]) put(fs, path, "somebody's")
      const before = filesOf(fs)
      const failure: unknown = await install(fs).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(PipelineError)
      const named = (failure as PipelineError).diagnostics.map(({ message }) => message.split(' ')[0])
      expect(named.sort()).toEqual([...paths].sort())
      expect(filesOf(fs)).toEqual(before)
      for (const path of before) expect(fs.readText(path)).toBe("somebody's")
    },
  )

  it.prop([somePaths, others], { numRuns: 25 })(
    'leaves at uninstall what others have, and what was changed',
    async (paths, more) => {
      const fs = new MemoryFs()
      for (const path of more) put(fs, path, "somebody's")
      await install(fs)
      for (const path of paths) put(fs, path, 'changed')
      expect([...uninstall(fs)].sort()).toEqual([...paths].sort())
      expect(filesOf(fs).sort()).toEqual([...new Set([...paths, ...more])].sort())
    },
  )

  it.prop([somePaths], { numRuns: 25 })('restores what was removed or changed, when that is wanted', async (paths) => {
    const [fs, whole] = [new MemoryFs(), new MemoryFs()]
    await install(fs)
    await install(whole)
    paths.forEach((path, i) => {
      if (i % 2 === 0) fs.remove(path)
      else put(fs, path, 'changed')
    })
    await install(fs, true)
    expect(filesOf(fs)).toEqual(filesOf(whole))
    const marks = (of: RootFs): Ledger['entries'] | undefined => readLedger(of)?.entries
    expect(new Map([...(marks(fs) ?? [])].sort())).toEqual(new Map([...(marks(whole) ?? [])].sort()))
  })
})

const path = fc.string().map((text) => `/${text}`)
const ledgers = fc.record({
  variant: fc.string(),
  release: fc.string(),
  entries: fc
    .uniqueArray(fc.tuple(path, fc.array(fc.string(), { maxLength: 2 })), { selector: ([name]) => name })
    .map((entries) => new Map(entries)),
  directories: fc.array(fc.string()),
})

describe('the ledger', () => {
  it.prop([ledgers])('says what was noted', (ledger) => {
    const fs = new MemoryFs()
    put(fs, LEDGER_PATH, printLedger(ledger))
    const read = readLedger(fs)
    expect(read).toMatchObject({ ...ledger, entries: expect.anything() as unknown })
    expect(new Map([...(read?.entries ?? [])].sort())).toEqual(new Map([...ledger.entries].sort()))
  })

  it.prop([fc.string()])('is used whole or not at all', (text) => {
    const fs = new MemoryFs()
    put(fs, LEDGER_PATH, text)
    expect(() => readLedger(fs)).toThrow(expect.objectContaining({ code: 'INSTALL_LEDGER_INVALID' }))
  })
})

const key = fc.stringMatching(/^[A-Z][A-Za-z]{0,9}$/)
const value = fc.stringMatching(/^[!-~](?:[ -~]{0,20}[!-[\]-~])?$/).filter((text) => !text.endsWith('\\'))
const sections = fc.uniqueArray(fc.tuple(key, fc.array(fc.tuple(key, value), { minLength: 1, maxLength: 5 })), {
  selector: ([name]) => name,
  maxLength: 3,
})

describe('a unit file', () => {
  it.prop([sections, fc.boolean()])('is read as it was written', (unit, isBroken) => {
    const line = ([name, text]: readonly [string, string]): string =>
      isBroken ? `${name}=${text.replace(/ (?=\S)/, ' \\\n    ')}` : `${name}=${text}`
    const text = unit.map(([name, members]) => `[${name}]\n# note\n${members.map(line).join('\n')}\n`).join('\n')
    const read = parseUnitFile(text)
    for (const [name, members] of unit) {
      for (const [each] of members) {
        const values = members.filter(([other]) => other === each).map(([, text]) => text)
        expect(read.get(name)?.get(each)).toEqual(values)
      }
    }
    expect([...read.keys()]).toEqual(unit.map(([name]) => name))
  })
})
