import { describe, expect, it } from 'vitest'
import { parseOsRelease } from '../../../src/lib/os-release.ts'

const LINES = ['PRETTY_NAME="P"', 'VARIANT_ID=v', 'VERSION_ID=1.24.1', 'BUILD_ID=b']
const parse = (...lines: string[]): unknown => parseOsRelease([...LINES, ...lines].join('\n'), 'aarch64')

describe('parseOsRelease', () => {
  it('reads the four variables and adds the architecture', () => {
    expect(parse('# x', '#VARIANT_ID=comment', 'no assignment', '', 'OTHER=1')).toEqual({
      arch: 'aarch64',
      build_id: 'b',
      pretty_name: 'P',
      variant_id: 'v',
      version_id: '1.24.1',
    })
  })

  it.each([
    ['BUILD_ID=""', ''],
    ['BUILD_ID="', ''],
    ['BUILD_ID=""x""', '"x"'],
    ['BUILD_ID=a=b', 'a=b'],
    ['BUILD_ID="a\\"b"', 'a\\"b'],
    ['build_id=c', 'c'],
    ["BUILD_ID='x'", "'x'"],
    ['BUILD_ID=x\r\n', 'x'],
  ])('%j gives %j', (line, value) => {
    expect(parse(line)).toMatchObject({ build_id: value })
  })

  it.each(['1.24.1', '1.24.1-rc.1', '1.24.1+b.2', '0.0.0'])('takes version %s', (version) => {
    expect(parse(`VERSION_ID=${version}`)).toMatchObject({ version_id: version })
  })

  it.each(['12', '1.24', '', 'v1.24.1', '1.24.1.0', '01.2.3', '1.24.1-', '1.24.1+'])(
    'refuses version %j',
    (version) => {
      expect(() => parse(`VERSION_ID=${version}`)).toThrow(expect.objectContaining({ code: 'OS_RELEASE_INVALID' }))
    },
  )

  it.each(LINES)('needs %s', (line) => {
    const rest = LINES.filter((other) => other !== line)
    const [name = ''] = line.split('=')
    expect(() => parseOsRelease(rest.join('\n'), 'x86_64')).toThrow(name)
  })
})
