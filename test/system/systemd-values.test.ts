/**
 * What systemd itself makes of the drop-ins and environment files: services with the rendered files are started by a
 * booted systemd, and their arguments and environment must be the settings, whatever characters these hold.
 */
import { fc } from '@fast-check/vitest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jsonObject } from '../../src/lib/json.ts'
import { parseTemplate, renderTemplate } from '../../src/schnauzer/template.ts'
import { templateText } from '../../src/variants/load.ts'
import { bootServices, recordingService, type Booted } from '../support/booted-systemd.ts'
import { hostileText } from '../support/hostile-text.ts'
import { canonical, READERS, type Tree } from '../support/readers.ts'
import { temporaryDirectory } from '../support/run-tool.ts'
import { markOf, sampleSettings, SHAPES, withoutMarks, type Place, type Shape } from '../support/sample-settings.ts'

const SAMPLES = 120
const SEED = 20_261_123
const OS = jsonObject({ arch: 'x86_64', build_id: 'b', pretty_name: 'p', variant_id: 'aws-ecs-2', version_id: '1' })
const FACTS = { cpus: 2, efaAttached: false, resolve: new Map() }
/** Refused while rendering, so nothing for this test. */
const IMPOSSIBLE = /\p{Noncharacter_Code_Point}|\u0000/gu

/** What is special to systemd, alone and at each end of a value; then anything. */
const EDGES = [
  '%',
  '$',
  '"',
  "'",
  '\\',
  '#',
  ';',
  '=',
  '`',
  '\n',
  '\r',
  '\t',
  ' ',
  '{{',
  '\u0001',
  '\u007f',
  'é',
  '\u{1f980}',
]
const FIXED = EDGES.flatMap((edge) => [edge, `${edge}a`, `a${edge}`, `a${edge}b`, edge.repeat(3)]).concat([
  ...[
    '%n',
    '%%',
    '%i',
    '$X',
    '${X}',
    '$$',
    '${HOME}',
    '\\n',
    '\\x41',
    '\\"',
    "\\'",
    'a\\',
    'a\\\nB=c',
    'a"\nB="c',
    "a'\nB='c",
  ],
  ...[
    'a\n[Service]\nB=c',
    '"a"',
    "'a'",
    '"a',
    "'a",
    ' a ',
    '-a',
    ';',
    '@a',
    ':a',
    '+a',
    '!a',
    '|a',
    '\ufeffa',
    'export A',
  ],
])

const values: readonly string[] = [...FIXED, ...fc.sample(hostileText, { seed: SEED, numRuns: 4000 })]
  .map((text) => text.replace(IMPOSSIBLE, ''))
  .filter((text) => text !== '')

interface Sample {
  readonly name: string
  readonly shape: Shape
  readonly choose: (place: Place) => string
  readonly valueOf: (number: number) => string
}

/** Sample `n` has the values from the nth on, so that each value comes to every place once in a while. */
const samples: readonly Sample[] = Array.from({ length: SAMPLES }, (_, n) => {
  const valueOf = (number: number): string => values[(n * 37 + number) % values.length] as string
  const shape = SHAPES[n % 2] as Shape
  return { name: String(n), shape, valueOf, choose: ({ number }) => valueOf(number) }
})

function render(name: string, kubernetesVersion: string | undefined, shape: Shape, choose: Sample['choose']): string {
  const text = templateText(kubernetesVersion === undefined ? {} : { kubernetesVersion }, name)
  const settings = sampleSettings(shape, choose)
  const result = renderTemplate(parseTemplate(name, text), { settings, os: OS }, FACTS)
  if (result.kind === 'lookup') throw new Error(`asked for ${result.name}`)
  return result.text
}

/** A drop-in and the environment files of a service, and where they lie for sample `n`. */
interface Kind {
  readonly service: string
  readonly dropIn: string
  readonly kubernetesVersion?: string
  readonly environmentFiles: readonly string[]
}

const KINDS: readonly Kind[] = [
  { service: 'ecs', dropIn: 'ecs-base-conf', environmentFiles: ['proxy-env', 'hostname-env'] },
  ...['1.24', '1.30'].map((kubernetesVersion) => ({
    service: `kubelet${kubernetesVersion.replace('.', '')}`,
    dropIn: 'kubelet-exec-start-conf',
    kubernetesVersion,
    environmentFiles: ['proxy-env', 'kubelet-env'],
  })),
]

function filesOf({ service, dropIn, kubernetesVersion, environmentFiles }: Kind, one: Sample): [string, string][] {
  const unit = `${service}-${one.name}`
  const paths = environmentFiles.map((name) => [`/etc/probe/${unit}/${name}`, name] as const)
  return [
    [`/etc/systemd/system/${unit}.service`, recordingService(paths.map(([file]) => `EnvironmentFile=${file}`))],
    [`/etc/systemd/system/${unit}.service.d/10.conf`, render(dropIn, kubernetesVersion, one.shape, one.choose)],
    ...paths.map(([file, name]): [string, string] => [file, render(name, undefined, one.shape, one.choose)]),
  ]
}

const marked: Sample = { name: 'marked', shape: SHAPES[0] as Shape, choose: markOf, valueOf: (n) => `zq${String(n)}qz` }

interface Expected {
  readonly environment: readonly (readonly [string, Tree])[]
  /** Of the last command, without the program. */
  readonly args: readonly string[]
}

/** What the marks say that the service gets. */
function expectation({ dropIn, kubernetesVersion, environmentFiles }: Kind, { shape, valueOf }: Sample): Expected {
  const exchange = (text: string): string => withoutMarks(text, valueOf)
  const files = environmentFiles.flatMap(
    (name) => READERS.env(render(name, undefined, shape, markOf)) as readonly (readonly [string, string])[],
  )
  const unit = READERS.systemd(render(dropIn, kubernetesVersion, shape, markOf)) as readonly (readonly [
    string,
    string,
    readonly Tree[],
  ])[]
  const environment = [
    ...files.map(([name, value]) => [name, exchange(value)] as const),
    ...unit.flatMap(([, name, words]) =>
      name === 'Environment'
        ? words.map((word): readonly [string, Tree] => {
            if (typeof word !== 'string') return word as unknown as readonly [string, Tree]
            const at = word.indexOf('=')
            return [word.slice(0, at), exchange(word.slice(at + 1))]
          })
        : [],
    ),
  ]
  const variables = new Map(environment)
  const command = (unit.filter(([, name]) => name === 'ExecStart').at(-1)?.[2] ?? []) as readonly string[]
  const args = command
    .slice(1)
    .map((word) => exchange(word.replace(/<variable \{(\w+)\}>/g, (_, name: string) => variables.get(name) as string)))
  return { environment, args }
}

const directory = temporaryDirectory()
let booted: Booted

beforeAll(() => {
  const all = [marked, ...samples]
  booted = bootServices(directory.path, {
    services: KINDS.flatMap(({ service }) => all.map(({ name }) => `${service}-${name}`)),
    files: new Map(KINDS.flatMap((kind) => all.flatMap((one) => filesOf(kind, one)))),
    programs: ['kubelet'],
  })
}, 120_000)
afterAll(() => {
  directory.remove()
})

describe.each(KINDS)('$service with $dropIn', (kind) => {
  it.each([marked, ...samples])('gets the settings of sample $name', (one) => {
    const service = booted.started.get(`${kind.service}-${one.name}`)
    const expected = expectation(kind, one)
    expect(service).toBeDefined()
    expect(service?.args).toEqual(expected.args)
    for (const [name, value] of expected.environment) {
      const actual = service?.environment.get(name) ?? ''
      if (typeof value === 'string') expect(actual, name).toBe(value)
      else {
        const exchange = (text: string): string => withoutMarks(text, one.valueOf)
        expect(canonical(READERS.json(actual)), name).toBe(canonical(value, exchange))
      }
    }
  })

  it('gives no service a variable that the others do not have', () => {
    const names = (one: Sample): string[] =>
      [...(booted.started.get(`${kind.service}-${one.name}`)?.environment.keys() ?? [])].sort()
    for (const one of samples) expect(names(one), one.name).toEqual(names(marked))
  })
})

describe('systemd', () => {
  it('has nothing to say about any of the units', () => {
    expect(booted.log.split('\n').filter((line) => /(?:ecs|kubelet)/.test(line))).toEqual([])
  })

  it('holds every setting that these files have', () => {
    expect(expectation(KINDS[0] as Kind, marked).environment.length).toBeGreaterThan(20)
    expect(expectation(KINDS[1] as Kind, marked).args.length).toBeGreaterThan(20)
  })
})
