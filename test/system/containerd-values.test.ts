/** What containerd itself makes of registries, mirrors and credentials, whatever characters they hold. */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { fc } from '@fast-check/vitest'
import { afterAll, describe, expect, it } from 'vitest'
import { getStaticTOMLValue, parseTOML } from 'toml-eslint-parser'
import { PipelineError } from '../../src/lib/errors.ts'
import { hostileText } from '../support/hostile-text.ts'
import { canonical, treeOf, type Tree } from '../support/readers.ts'
import { render } from '../support/render-template.ts'
import { temporaryDirectory } from '../support/run-tool.ts'

const SAMPLES = 150
const SEED = 20_261_123

const directory = temporaryDirectory()
afterAll(() => {
  directory.remove()
})

const TEXTS: readonly string[] = [
  ...[
    '[2001:db8::1]:5000',
    'a]b',
    'a[b',
    'a"b',
    'a\\b',
    "a'b",
    'a"\\b',
    'a#b',
    'a = b',
    'a.b',
    '*',
    'é',
    '\u{1f980}',
    ' a ',
  ],
  ...[
    '"',
    '\\',
    "'",
    '\\"',
    '] = 1',
    '"]\n[x]\n"',
    "'.x = 1",
    '{{x}}',
    'a\tb',
    'a\u0001b',
    '${X}',
    '\\u0041',
    '\ufeffa',
  ],
  ...fc.sample(hostileText, { seed: SEED, numRuns: SAMPLES * 5 }),
  // containerd writes, not reads, a name between quotes as if these were its own
].filter((text) => !/^".*"$/s.test(text))
const textAt = (n: number): string => TEXTS[n % TEXTS.length] as string

const samples = Array.from({ length: SAMPLES }, (_, n) => {
  const [registry, second, username, password, auth] = [0, 1, 2, 3, 4].map((k) => textAt(n + k * 31)) as [
    string,
    string,
    string,
    string,
    string,
  ]
  return {
    mirrors: [
      { registry, endpoint: [username, password] },
      { registry: `${second}-2`, endpoint: [] },
    ],
    credentials: [
      { registry: second, username, password, auth, identitytoken: `-${registry}` },
      { registry: `${registry}-2`, auth },
      { registry: 'docker.io', password },
    ],
  }
})

/** Registries of a config, with what containerd adds to each credential left out. */
function registriesOf(text: string): Tree {
  const config = getStaticTOMLValue(parseTOML(text, { tomlVersion: '1.0' })) as {
    plugins: {
      'io.containerd.grpc.v1.cri': { registry: { mirrors: object; configs: Record<string, { auth: object }> } }
    }
  }
  const { mirrors, configs } = config.plugins['io.containerd.grpc.v1.cri'].registry
  const credentials = Object.entries(configs).map(([name, { auth }]): [string, object] => [
    name,
    Object.fromEntries(Object.entries(auth).filter(([, value]) => value !== '')),
  ])
  return [treeOf(mirrors), treeOf(new Map(credentials))]
}

const rendered = (settings: object): string | undefined => {
  try {
    return render('containerd-config-toml_k8s_containerd_sock', { 'container-registry': settings })
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error
    expect(error.code).toBe('VALUE_UNREPRESENTABLE')
    return undefined
  }
}

describe('containerd', () => {
  it.each(samples.map((sample, n) => [n, sample] as const))('reads registries, sample %i', (n, sample) => {
    const text = rendered(sample)
    if (text === undefined) return
    const file = path.join(directory.path, `${String(n)}.toml`)
    writeFileSync(file, text)
    const dump = spawnSync('containerd', ['--config', file, 'config', 'dump'], { encoding: 'utf8' })
    expect(dump.status, dump.stderr).toBe(0)
    const ours = canonical(registriesOf(text))
    // it does not escape this one character when it writes
    const known = dump.stdout.replaceAll('\u007f', '\\u007f')
    expect(canonical(registriesOf(known))).toBe(ours)
    for (const { registry } of sample.mirrors) expect(ours).toContain(JSON.stringify(registry))
  })

  it('is given nearly all of them', () => {
    const given = samples.filter((sample) => rendered(sample) !== undefined).length
    expect(given).toBeGreaterThan(SAMPLES / 2)
    expect(given).toBeLessThan(SAMPLES)
  })
})
