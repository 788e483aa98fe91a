import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { callableWith, makeCallable } from '../../../src/host/callable-programs.ts'
import { chooseProgram } from '../../../src/host/executable.ts'
import { linkedPrograms, programBehind } from '../../../src/host/own-programs.ts'
import type { Program } from '../../../src/lib/ports.ts'

const program = (name: string): [string, () => Promise<Program>] => [
  name,
  () => Promise.resolve({ name, run: () => Promise.resolve(0) }),
]

describe('programs that are offered', () => {
  afterEach(() => {
    makeCallable(new Map())
  })

  it('are none for scripts', () => {
    expect([...callableWith(new Map([program('netdog')])).keys()]).toEqual(['netdog'])
  })

  it('stand beside those of a program that runs any as calls', async () => {
    const own = program('netdog')
    makeCallable(new Map([program('schnauzer-v2'), program('netdog')]))
    const table = callableWith(new Map([own]))
    expect([...table.keys()].sort()).toEqual(['netdog', 'schnauzer-v2'])
    expect(table.get('netdog')).toBe(own[1])
    expect((await table.get('schnauzer-v2')?.())?.name).toBe('schnauzer-v2')
  })

  it('are not for a program that runs none', () => {
    makeCallable(new Map([program('schnauzer-v2')]))
    expect(callableWith(new Map()).size).toBe(0)
  })
})

describe('links to links of the executable', () => {
  const work = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'links-')))
  const at = (name: string): string => path.join(work, name)
  afterAll(() => {
    rmSync(work, { recursive: true, force: true })
  })
  writeFileSync(at('bottlerocket'), '')
  writeFileSync(at('stranger'), '')
  symlinkSync('bottlerocket', at('local-file-user-data-provider'))
  symlinkSync(at('local-file-user-data-provider'), at('20-local'))
  symlinkSync('20-local', at('again'))
  symlinkSync('bottlerocket', at('other'))
  symlinkSync('stranger', at('netdog'))
  symlinkSync('netdog', at('30-stranger'))
  symlinkSync('round', at('round'))
  symlinkSync('nothing', at('dangling'))
  const names = ['bottlerocket', 'local-file-user-data-provider', 'netdog']
  const isProgram = (name: string): boolean => names.includes(name)

  it.each([
    ['20-local', 'local-file-user-data-provider'],
    ['again', 'local-file-user-data-provider'],
    ['local-file-user-data-provider', 'local-file-user-data-provider'],
    ['other', undefined],
    ['round', undefined],
    ['dangling', undefined],
    ['missing', undefined],
  ])('%s is %s', (name, expected) => {
    expect(programBehind(at(name), isProgram)).toBe(expected)
    expect(chooseProgram(at(name), ['x'], isProgram).program).toBe(expected ?? 'bottlerocket')
  })

  it('count only where the executable is behind them', () => {
    const own = linkedPrograms(at('bottlerocket'), names)
    expect(own.nameOf(at('20-local'))).toBe('local-file-user-data-provider')
    expect(own.nameOf(at('30-stranger'))).toBeUndefined()
    expect(own.nameOf(at('other'))).toBeUndefined()
  })
})
