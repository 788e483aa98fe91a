import { linkSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { linkedPrograms, ownPrograms, scriptPrograms } from '../../../src/host/own-programs.ts'

const work = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'own-')))
afterAll(() => {
  rmSync(work, { recursive: true, force: true })
})
const at = (name: string): string => path.join(work, name)
for (const name of ['bottlerocket', 'netdog.js', 'apiclient', 'netdog.txt']) writeFileSync(at(name), name)
symlinkSync('bottlerocket', at('netdog'))
symlinkSync('netdog', at('pluto'))
symlinkSync('pluto', at('10-step'))
symlinkSync('bottlerocket', at('other'))
symlinkSync('netdog.js', at('link'))
symlinkSync(at('netdog.js'), at('40-step'))
linkSync(at('bottlerocket'), at('hard'))

describe('one executable', () => {
  const programs = linkedPrograms(at('bottlerocket'), ['apiclient', 'bottlerocket', 'netdog', 'pluto'])

  it('runs each of its programs by name', () => {
    expect(programs.command('netdog')).toEqual([at('bottlerocket'), 'netdog'])
    expect(programs.command('nope')).toBeUndefined()
  })

  it.each([
    ['netdog', 'netdog'],
    ['pluto', 'pluto'],
    // a link to another one
    ['10-step', 'pluto'],
    ['bottlerocket', 'bottlerocket'],
    // somebody else's program of that name, a link of another name, a name of its own
    ['apiclient', undefined],
    ['other', undefined],
    ['hard', undefined],
  ])('the file %s is %s', (file, name) => {
    expect(programs.nameOf(at(file))).toBe(name)
  })
})

describe('scripts', () => {
  const programs = scriptPrograms('/usr/bin/node', at('netdog.js'))

  it('run beside each other', () => {
    expect(programs.command('netdog')).toEqual(['/usr/bin/node', at('netdog.js')])
    expect(programs.command('bottlerocket')).toBeUndefined()
    expect(programs.command('../netdog')).toBeUndefined()
  })

  it('find each other when one of them was started by a link elsewhere', () => {
    const elsewhere = at('elsewhere')
    mkdirSync(elsewhere)
    symlinkSync('../netdog.js', path.join(elsewhere, 'pluto'))
    const linked = scriptPrograms('/usr/bin/node', path.join(elsewhere, 'pluto'))
    expect(linked.command('netdog')).toEqual(['/usr/bin/node', at('netdog.js')])
    expect(linked.nameOf(at('netdog.js'))).toBe('netdog')
  })

  it.each([
    ['netdog.js', 'netdog'],
    ['link', 'netdog'],
    ['40-step', 'netdog'],
    ['netdog.txt', undefined],
    ['apiclient', undefined],
  ])('the file %s is %s', (file, name) => {
    expect(programs.nameOf(at(file))).toBe(name)
  })
})

it('a process of Node is one of the scripts beside its own', () => {
  expect(ownPrograms()?.command('no-such-program')).toBeUndefined()
  expect(ownPrograms()?.nameOf(at('netdog'))).toBeUndefined()
})
