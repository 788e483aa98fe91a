/** What libyaml makes of hostile values: the kubelet's parser of YAML 1.1 is a translation of it. */
import { spawnSync } from 'node:child_process'
import { fc } from '@fast-check/vitest'
import { beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/lib/json.ts'
import { hostileText } from '../support/hostile-text.ts'
import { canonical, READERS, treeOf, type Tree } from '../support/readers.ts'
import { render } from '../support/render-template.ts'
import { markOf, sampleSettings, SHAPES, withoutMarks, type Shape } from '../support/sample-settings.ts'

const SAMPLES = 100
const SEED = 20_261_123
const TEMPLATES = [
  'kubelet-config@1.24',
  'kubelet-config@1.30',
  'credential-provider-config-yaml@1.30',
  'kubelet-kubeconfig',
  'kubelet-bootstrap-kubeconfig',
  'nvidia-k8s-device-plugin-conf',
]

const texts = fc.sample(hostileText, { seed: SEED, numRuns: 5000 })
const textAt = (n: number): string => texts[n % texts.length] as string

interface Sample {
  readonly template: string
  readonly n: number
  readonly text: string
  readonly expected: string
}

const samples: readonly Sample[] = TEMPLATES.flatMap((template) =>
  Array.from({ length: SAMPLES }, (_, n): Sample => {
    const shape = SHAPES[n % 2] as Shape
    const valueOf = (number: number): string => textAt(n * 53 + number)
    const [old] = READERS.yaml(render(template, sampleSettings(shape, markOf))) as readonly [Tree]
    const settings: JsonObject = sampleSettings(shape, ({ number }) => valueOf(number))
    const expected = canonical(old, (text) => withoutMarks(text, valueOf))
    return { template, n, text: render(template, settings), expected }
  }),
)

describe('libyaml', () => {
  let documents: readonly unknown[]

  beforeAll(() => {
    const script =
      'import json, sys, yaml; print(json.dumps([yaml.load(text, Loader=yaml.CSafeLoader) for text in json.load(sys.stdin)]))'
    const input = JSON.stringify(samples.map(({ text }) => text))
    const result = spawnSync('/usr/bin/python3', ['-c', script], { encoding: 'utf8', input, maxBuffer: 1 << 28 })
    expect(result.status, result.stderr).toBe(0)
    documents = JSON.parse(result.stdout) as unknown[]
  })

  it.each(samples.map((sample, i) => [sample.template, sample.n, i] as const))('reads %s, sample %i', (_, __, i) => {
    expect(canonical(treeOf(documents[i]))).toBe(samples[i]?.expected)
  })
})
