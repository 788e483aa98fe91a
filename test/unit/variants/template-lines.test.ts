import { describe, expect, it } from 'vitest'
import { PipelineError } from '../../../src/lib/errors.ts'
import { linesForVersion } from '../../../src/variants/template-lines.ts'

const TEXT = `first
{{! kubernetes -1.9 }}
old
{{! kubernetes 1.10 }}
ten
{{! kubernetes 1.11-1.12 }}
middle
{{! kubernetes 1.13- }}
new
{{! end }}
last
`

describe('lines of a template for a Kubernetes version', () => {
  it.each([
    ['1.8', 'old'],
    ['1.9', 'old'],
    ['1.10', 'ten'],
    ['1.11', 'middle'],
    ['1.12', 'middle'],
    ['1.13', 'new'],
    ['1.100', 'new'],
  ])('%s keeps %s, and what stands outside', (version, line) => {
    expect(linesForVersion(TEXT, version, 't')).toBe(`first\n${line}\nlast\n`)
  })

  it('leaves a text without ranges as it is, with or without a version', () => {
    const text = 'a\n{{! end }}\n  {{! kubernetes-ish }}\n'
    expect(linesForVersion(text, undefined, 't')).toBe(text)
    expect(linesForVersion(text, '1.30', 't')).toBe(text)
  })

  it.each(['-', '1.x', '1.24-1.25-1.26', '2.0', '1.24,1.25'])('refuses the range %s', (range) => {
    const text = `{{! kubernetes ${range} }}\na\n{{! end }}\n`
    expect(() => linesForVersion(text, '1.24', 'kubelet-config')).toThrow(PipelineError)
    expect(() => linesForVersion(text, '1.24', 'kubelet-config')).toThrow(/kubelet-config.*range/)
  })

  it('refuses a range for a variant without Kubernetes', () => {
    expect(() => linesForVersion(TEXT, undefined, 'motd')).toThrow(/motd/)
  })
})
