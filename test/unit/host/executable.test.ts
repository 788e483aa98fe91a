import { describe, expect, it } from 'vitest'
import { chooseProgram } from '../../../src/host/executable.ts'

const names = new Set(['bottlerocket', 'apiclient', 'netdog'])
const chosen = (invokedAs: string, ...argv: string[]): string => {
  const { program, argv: rest } = chooseProgram(invokedAs, argv, (name) => names.has(name))
  return [program, ...rest].join(' ')
}

describe('the one executable', () => {
  it.each([
    ['/usr/bin/apiclient', ['get', 'os'], 'apiclient get os'],
    ['apiclient', [], 'apiclient'],
    // a program's own argument may be another's name
    ['/usr/bin/apiclient', ['netdog'], 'apiclient netdog'],
    ['/usr/bin/bottlerocket', ['netdog', 'install'], 'netdog install'],
    ['./bottlerocket', ['bottlerocket', 'render'], 'bottlerocket render'],
    ['bottlerocket', ['render', 'netdog'], 'bottlerocket render netdog'],
    ['bottlerocket', [], 'bottlerocket'],
    ['bottlerocket', ['--help', 'netdog'], 'bottlerocket --help netdog'],
    ['/opt/any-name', ['netdog', '-x'], 'netdog -x'],
    ['/opt/any-name', ['render'], 'bottlerocket render'],
    ['', ['nope'], 'bottlerocket nope'],
    ['netdog/', ['x'], 'netdog x'],
  ])('as %j with %j is %j', (invokedAs, argv, expected) => {
    expect(chosen(invokedAs, ...argv)).toBe(expected)
  })
})
