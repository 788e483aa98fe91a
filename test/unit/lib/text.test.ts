import { describe, expect, it } from 'vitest'
import { parseArgs, logLevelOf, LOG_LEVEL_OPTION, type ArgsSpec } from '../../../src/lib/args.ts'
import { renderDiagnostic, sortDiagnostics, type Diagnostic } from '../../../src/lib/diagnostics.ts'
import { PipelineError } from '../../../src/lib/errors.ts'
import { lineSplitter } from '../../../src/lib/lines.ts'
import { formatOctalMode, parseOctalMode } from '../../../src/lib/octal-mode.ts'
import { splitShellWords } from '../../../src/lib/shell-words.ts'
import { decodeBase64Strict, encodeBase64 } from '../../../src/lib/strict-base64.ts'

describe('shell words', () => {
  it.each([
    ['bork seed', ['bork', 'seed']],
    ['a \'b c\' "d e"', ['a', 'b c', 'd e']],
    ['a\'b\'"c"d', ['abcd']],
    ['a\\ b', ['a b']],
    ['"a\\"b\\$c\\d"', ['a"b$c\\d']],
    ['a # b', ['a']],
    ['a#b', ['a#b']],
    ["''", ['']],
    ['  ', []],
    ['a\\\nb', ['ab']],
    ["x --template '{{ aws.region }}/y'", ['x', '--template', '{{ aws.region }}/y']],
  ])('%j', (command, words) => {
    expect(splitShellWords(command)).toEqual(words)
  })

  it.each(["'a", '"a', 'a\\'])('%j is left open', (command) => {
    expect(splitShellWords(command)).toBeUndefined()
  })
})

describe('base64', () => {
  it.each(['', 'Ym9vdA==', 'eyJhIjoiPGI+In0='])('%j is read and printed the same', (text) => {
    expect(encodeBase64(decodeBase64Strict(text) ?? 'no')).toBe(text)
  })

  it.each(['Ym9vdA', 'Ym9vdB==', 'YQ==\n', '_-8=', 'a', '====', 'Y Q='])('%j is refused', (text) => {
    expect(decodeBase64Strict(text)).toBeUndefined()
  })
})

describe('octal modes', () => {
  it.each([
    ['0600', 0o600],
    ['600', 0o600],
    ['4755', 0o4755],
  ])('%s', (text, mode) => {
    expect(parseOctalMode(text)).toBe(mode)
  })

  it.each(['', '8', '0x1', '10000', '-1', '0o600'])('%j is none', (text) => {
    expect(parseOctalMode(text)).toBeUndefined()
  })

  it('prints four digits', () => {
    expect(formatOctalMode(0o100600)).toBe('0600')
  })
})

describe('lines', () => {
  it('passes lines on as they complete, the last one at the end', () => {
    const seen: string[] = []
    const splitter = lineSplitter((line) => seen.push(line))
    splitter.push('a\nb')
    expect(seen).toEqual(['a'])
    splitter.push('c\n\nd')
    splitter.end()
    expect(seen).toEqual(['a', 'bc', '', 'd'])
  })
})

describe('command lines', () => {
  const spec: ArgsSpec = {
    usage: 'usage: x',
    options: [
      { names: ['--name', '-n'], value: 'NAME', required: true },
      { names: ['--part'], value: 'P', repeatable: true },
      { names: ['--all'] },
      LOG_LEVEL_OPTION,
    ],
    refuseRepeats: true,
  }

  it('reads options, flags and repeated values', () => {
    const args = parseArgs(spec, ['-n', 'a', '--part', 'x', '--all', '--part', 'y', '--log-level', 'DEBUG'])
    expect(args.value('--name')).toBe('a')
    expect(args.values.get('--part')).toEqual(['x', 'y'])
    expect(args.flags.has('--all')).toBe(true)
    expect(logLevelOf(spec, args)).toBe('debug')
  })

  it.each([
    [['--part', 'x'], /missing --name/],
    [['--name'], /needs a value/],
    [['--name=a'], /unknown argument/],
    [['--name', 'a', 'word'], /unknown argument 'word'/],
    [['--name', 'a', '--name', 'b'], /once/],
  ])('%j is refused with the usage text', (argv, reason) => {
    expect(() => parseArgs(spec, argv)).toThrow(reason)
    expect(() => parseArgs(spec, argv)).toThrow(/usage: x/)
  })

  it('refuses a level that is none', () => {
    expect(() => logLevelOf(spec, parseArgs(spec, ['-n', 'a', '--log-level', 'loud']))).toThrow(PipelineError)
  })

  it('stops at the first word where a subcommand follows', () => {
    const args = parseArgs({ ...spec, words: 'stop' }, ['-n', 'a', 'sub', '--name', 'b'])
    expect(args.words).toEqual(['sub', '--name', 'b'])
  })
})

describe('diagnostics', () => {
  const at = { file: 'u.toml', line: 2, column: 3, endLine: 2, endColumn: 6 }
  const finding: Diagnostic = { code: 'USAGE', severity: 'error', path: 'settings.x', message: 'no', hint: 'yes', at }

  it('shows the place, the source line with carets, and the hint', () => {
    expect(renderDiagnostic(finding, 'a\n\tbcde\n')).toBe(
      'u.toml:2:3: error[USAGE] settings.x: no\n    \tbcde\n    \t ^^^\n    hint: yes',
    )
  })

  it('is ordered by place', () => {
    const earlier = { ...finding, at: { ...at, line: 1 } }
    const nowhere: Diagnostic = { code: 'USAGE', severity: 'error', message: 'whole' }
    expect(sortDiagnostics([finding, nowhere, earlier])).toEqual([nowhere, earlier, finding])
  })
})
