import { describe, expect, it } from 'vitest'
import { PipelineError } from '../../../src/lib/errors.ts'
import { parseJson } from '../../../src/lib/json-parse.ts'
import { readConfigurationFiles, readServices } from '../../../src/model/metadata.ts'

describe('readServices', () => {
  it('keeps the names and orders by bytes', () => {
    const services = readServices(
      parseJson(
        '{"b":{"configuration-files":["f"],"restart-commands":["x y"]},"A":{"configuration-files":[],"restart-commands":[]}}',
      ),
    )
    expect([...services]).toEqual([
      ['A', { 'configuration-files': [], 'restart-commands': [] }],
      ['b', { 'configuration-files': ['f'], 'restart-commands': ['x y'] }],
    ])
  })

  it.each([
    'null',
    '[]',
    '{"a":null}',
    '{"a":{"configuration-files":[]}}',
    '{"a":{"restart-commands":[]}}',
    '{"a":{"configuration-files":"f","restart-commands":[]}}',
    '{"a":{"configuration-files":[1],"restart-commands":[]}}',
    '{"a":{"configuration-files":[],"restart-commands":[],"x":null}}',
  ])('refuses %s', (text) => {
    expect(() => readServices(parseJson(text))).toThrow(PipelineError)
  })
})

describe('readConfigurationFiles', () => {
  it('leaves out a mode that is not set', () => {
    const files = readConfigurationFiles(
      parseJson(
        '{"a":{"path":"/etc/a","template-path":"/t/a"},"b":{"path":"/etc/b","template-path":"/t/b","mode":"0600"}}',
      ),
    )
    expect([...files]).toEqual([
      ['a', { path: '/etc/a', 'template-path': '/t/a' }],
      ['b', { path: '/etc/b', 'template-path': '/t/b', mode: '0600' }],
    ])
  })

  it.each([
    '{"a":{"path":"/etc/a"}}',
    '{"a":{"template-path":"/t"}}',
    '{"a":{"path":"/etc/a\\n","template-path":"/t"}}',
    '{"a":{"path":1,"template-path":"/t"}}',
    '{"a":{"path":"/etc/a","template-path":"/t","mode":600}}',
    '{"a":{"path":"/etc/a","template-path":"/t","owner":"root"}}',
  ])('refuses %s', (text) => {
    expect(() => readConfigurationFiles(parseJson(text))).toThrow(PipelineError)
  })
})
