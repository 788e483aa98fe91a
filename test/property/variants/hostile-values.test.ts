/**
 * No value of a setting can break a rendered file or add anything to it. Every string setting of the models gets a mark
 * and a hostile text; the file with the hostile texts must read as the file with the marks does, the marks exchanged, or
 * fail with VALUE_UNREPRESENTABLE.
 *
 * `HOSTILE_CASES` is the number of cases over all templates; `.ci/run` asks for 10,000.
 */
import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { PipelineError } from '../../../src/lib/errors.ts'
import { jsonObject } from '../../../src/lib/json.ts'
import { parseTemplate, renderTemplate, type Template } from '../../../src/schnauzer/template.ts'
import { templatesOf, templateText } from '../../../src/variants/load.ts'
import { findVariant, listVariants } from '../../../src/variants/variant.ts'
import { hostileText, plainName } from '../../support/hostile-text.ts'
import { canonical, READERS, type Tree } from '../../support/readers.ts'
import { marksIn, markOf, placesOf, sampleSettings, SHAPES, withoutMarks } from '../../support/sample-settings.ts'
import type { Place, Shape } from '../../support/sample-settings.ts'

const CASES = Number(process.env['HOSTILE_CASES'] ?? 2000)

/** The whole file is the value: nothing can be added to it, and nothing is quoted in it. */
const FREE_TEXT = ['motd']
/** The whole file is the value, decoded. */
const DECODED = ['aws-config', 'aws-credentials', 'kubelet-server-crt', 'kubelet-server-key', 'kubernetes-ca-crt']

/** Files whose formats quote nothing, and whose values are names that the models check. */
const PLAIN_NAMES = ['hosts', 'modprobe-conf', 'modules-load']

/** Files that no string of the settings reaches. */
const CONSTANT = [
  'containerd-config-toml_basic',
  'containerd-cri-base-json',
  'log4j-hotpatch-enabled',
  'nvidia-container-runtime/nvidia-container-toolkit-config-k8s',
  'nvidia-k8s-device-plugin-exec-start-conf',
  'nvidia-oci-hooks-json',
  'oci-default-hooks-json',
  'pod-infra-container-image',
  'warm-pool-wait-toml',
]

/** String settings that no file holds. */
const IN_NO_FILE = [
  // an input of pluto, which sets hostname-override
  'kubernetes.hostname-override-source',
  // only whether it is set matters
  'kubernetes.pod-infra-container-image',
]

const OS = jsonObject({ arch: 'x86_64', build_id: 'b', pretty_name: 'p', variant_id: 'aws-ecs-2', version_id: '1' })
/** Every name resolves to nothing. */
const FACTS = { cpus: 2, efaAttached: false, resolve: { get: () => [] } as unknown as ReadonlyMap<string, string[]> }

/** Every text of a template that some variant has, by name and the first Kubernetes version with it. */
function allTemplates(): Map<string, Template> {
  const texts = new Map<string, string>()
  for (const variant of listVariants().map((name) => findVariant(name))) {
    for (const name of templatesOf(variant).values()) {
      const text = templateText(variant, name)
      if (![...texts].some(([known, other]) => known.split('@')[0] === name && other === text)) {
        texts.set([...texts.keys()].includes(name) ? `${name}@${String(variant.kubernetesVersion)}` : name, text)
      }
    }
  }
  return new Map([...texts].map(([name, text]) => [name, parseTemplate(name, text)]))
}

interface Case {
  readonly template: Template
  readonly shape: Shape
  readonly shapeNumber: number
  /** The file with marks. */
  readonly marked: Tree
  /** Places whose values the file holds. */
  readonly places: readonly Place[]
}

function textFor(template: Template, shape: Shape, choose: (place: Place) => string): string {
  const settings = sampleSettings(shape, choose)
  const result = renderTemplate(template, { settings, os: OS }, FACTS)
  if (result.kind === 'lookup') throw new Error(`asked for ${result.name}`)
  return result.text
}

function read(template: Template, text: string): Tree {
  if (template.outputFormat === 'ini' || template.outputFormat === 'shell') throw new Error('no file has this format')
  return READERS[template.outputFormat](text)
}

const templates = allTemplates()
const cases: Case[] = [...templates.values()].flatMap((template) =>
  SHAPES.map((shape, shapeNumber) => {
    const marked = read(template, textFor(template, shape, markOf))
    const used = marksIn(canonical(marked))
    return { template, shape, shapeNumber, marked, places: placesOf(shape).filter(({ number }) => used.has(number)) }
  }),
)
const live = cases.filter(({ places }) => places.length > 0)
const runs = Math.ceil(CASES / live.length)

const baseName = ({ template }: Case): string => template.name.split('@')[0] as string
/** A value for each place. Names of hosts differ, since one that another entry has is left out of the first lines. */
function valuesFor(one: Case): fc.Arbitrary<string[]> {
  const length = { minLength: one.places.length, maxLength: one.places.length }
  return PLAIN_NAMES.includes(baseName(one)) ? fc.uniqueArray(plainName, length) : fc.array(hostileText, length)
}

/** Files of lines separate words by any white space; a line break becomes a space. */
const spaced = (text: string): string => text.replace(/[ \t\r\n\v\f]+/g, ' ').trim()

/** What no environment, command line or C string holds. */
const NOT_FOR_SYSTEMD = /\p{Noncharacter_Code_Point}|\u0000/u

/** Whether a format cannot hold a value at a place. */
function isImpossible(format: string, { pattern }: Place, value: string): boolean {
  if (format !== 'toml') return NOT_FOR_SYSTEMD.test(value)
  const inKey = pattern.endsWith('{}') || pattern.endsWith('.registry')
  return inKey && value.includes('"') && /['\u0000-\u0008\u000a-\u001f\u007f]/.test(value)
}

describe.each(live)('$template.name, shape $shapeNumber', (one) => {
  const { template, shape, marked, places } = one
  const numbers = new Map(places.map(({ number }, i) => [number, i]))

  test.prop([valuesFor(one)], { numRuns: runs })('reads back hostile values, or fails', (values) => {
    const valueOf = (number: number): string => values[numbers.get(number) ?? -1] ?? `zq${String(number)}qz`
    let text: string
    try {
      text = textFor(template, shape, ({ number }) => valueOf(number))
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error
      expect(error.code).toBe('VALUE_UNREPRESENTABLE')
      expect(error.details['settingsPath']).toMatch(/^settings\./)
      expect(['env', 'systemd', 'lines', 'toml']).toContain(template.outputFormat)
      const impossible = places.filter((place, i) => isImpossible(template.outputFormat, place, values[i] ?? ''))
      expect(impossible).not.toEqual([])
      return
    }
    const finish = template.outputFormat === 'lines' ? spaced : (value: string): string => value
    expect(canonical(read(template, text), finish)).toBe(
      canonical(marked, (value) => finish(withoutMarks(value, valueOf))),
    )
  })
})

describe('nothing is left out', () => {
  test('every string setting reaches a file, or is known to reach none', () => {
    const reached = new Set(live.flatMap(({ places }) => places.map(({ pattern }) => pattern)))
    const known = new Set(SHAPES.flatMap((shape) => placesOf(shape).map(({ pattern }) => pattern)))
    expect([...known].filter((pattern) => !reached.has(pattern)).sort()).toEqual(IN_NO_FILE)
    expect(known.size).toBeGreaterThan(90)
  })

  test('every template holds a string, or is known to hold none', () => {
    const dead = [...templates.keys()].filter((name) => !live.some(({ template }) => template.name === name))
    expect(dead.sort()).toEqual(CONSTANT)
  })

  test('plain text is for listed files alone', () => {
    const plain = [...templates.values()].filter(({ outputFormat }) => outputFormat === 'text').map(({ name }) => name)
    expect(plain.sort()).toEqual([...DECODED, ...FREE_TEXT].sort())
  })
})
