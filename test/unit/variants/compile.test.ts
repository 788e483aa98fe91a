import { describe, expect, it } from 'vitest'
import { jsonEquals } from '../../../src/lib/json.ts'
import { parseTrustedToml } from '../../../src/toml/trusted-toml.ts'
import { compileRelease } from '../../../src/variants/compile.ts'
import { releaseFromBuild } from '../../../src/variants/release-build.ts'
import { releaseFromSources } from '../../../src/variants/release-sources.ts'

describe('what the build makes of a release', () => {
  const sources = releaseFromSources('1.24.1')
  const files = compileRelease('1.24.1')
  const built = releaseFromBuild('1.24.1', (name) => {
    const text = files.get(name)
    if (text === undefined) throw new Error(`${name} was not built`)
    return text
  })

  it('has the same variants', () => {
    expect([...built.variants]).toEqual([...sources.variants])
    expect(built.sets).toEqual(sources.sets)
  })

  it.each(sources.sets)('has the same defaults for %s, as JSON and as TOML', (set) => {
    expect(jsonEquals(built.defaults(set), sources.defaults(set))).toBe(true)
    expect(jsonEquals(parseTrustedToml(built.defaultsText(set)), sources.defaults(set))).toBe(true)
    expect(built.templates(set)).toEqual(sources.templates(set))
    expect(built.templates(set).length).toBeGreaterThan(20)
  })
})
