/** Starting files of `bottlerocket init`: nothing is missing in them, and whatever is uncommented is accepted. */
import { parse } from 'yaml'
import { describe, expect, it } from 'vitest'
import { completeFacts } from '../../src/cli/options.ts'
import { startingFile } from '../../src/cli/init/starting-file.ts'
import { renderOffline, type RenderResult } from '../../src/cli/render.ts'
import { checkInputs } from '../../src/cli/validate/check-inputs.ts'
import { renderFindings } from '../../src/cli/render-findings.ts'
import { systemClock } from '../../src/host/node-ports.ts'
import { createMetadataHandler, httpOverHandler } from '../../src/imds-server/handler.ts'
import type { Diagnostic } from '../../src/lib/diagnostics.ts'
import { isJsonObject, jsonObject, type JsonObject, type JsonValue } from '../../src/lib/json.ts'
import { findKey } from '../support/find-key.ts'
import { loadModel } from '../../src/model/models.ts'
import { buildTree, flattenTree } from '../../src/model/pairs.ts'
import { parseUserToml } from '../../src/toml/user-toml.ts'
import { splitKey } from '../../src/model/catalogue.ts'
import { variantCatalogue } from '../../src/variants/catalogue.ts'
import { neededOn, USUAL } from '../../src/variants/starting-settings.ts'
import { findVariant, listVariants, type Variant } from '../../src/variants/variant.ts'

const variants = listVariants().map((name) => findVariant(name))

/** One variant for each set of settings and defaults. */
const distinct = [
  ...new Map(variants.map((each) => [`${each.modelName} ${each.defaultsSet} ${each.platform}`, each])).values(),
]

/** Every option uncommented, and no other comment. */
const withAll = (text: string): string => text.replace(/^#[ :\n].*/gm, '').replace(/^#/gm, '')

const OPTION = /^#(?=[^ #:])/

const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8')

async function findingsOf(text: string, variant: Variant): Promise<readonly Diagnostic[]> {
  const { verdicts } = await checkInputs([{ file: 'start.toml', bytes: bytes(text) }], [variant], (each, accepted) =>
    Promise.resolve(renderFindings(each, accepted)),
  )
  return verdicts.flatMap(({ diagnostics }) => diagnostics)
}

/** The errors of a document, by the model alone. */
async function errorsOf(text: string, variant: Variant): Promise<readonly string[]> {
  const { verdicts } = await checkInputs([{ file: 'start.toml', bytes: bytes(text) }], [variant])
  return verdicts.flatMap(({ diagnostics }) => diagnostics.map(({ path = '', message }) => `${path}: ${message}`))
}

const facts = completeFacts({})

const render = (text: string, variant: Variant): Promise<RenderResult> =>
  renderOffline({
    variant,
    userData: { file: 'start.toml', bytes: bytes(text) },
    changes: [],
    facts,
    http: httpOverHandler(createMetadataHandler(facts, { clock: systemClock })),
    io: { env: {}, signal: new AbortController().signal },
  })

function settingsIn(text: string): JsonObject {
  const parsed = parseUserToml(text, 'start.toml')
  if (!parsed.ok) throw new Error(parsed.diagnostics.map(({ message }) => message).join('; '))
  const settings = isJsonObject(parsed.tree) ? parsed.tree['settings'] : undefined
  return isJsonObject(settings) ? settings : jsonObject()
}

/** What a kubelet needs in its files to find its cluster and to join it, where it is missing. */
function missingForCluster({ files }: RenderResult): string[] {
  const content = (path: string): string => files.find((file) => file.path === path)?.content ?? ''
  const read = (path: string): JsonObject => parse(content(path)) as JsonObject
  const kubelet = '/etc/kubernetes/kubelet'
  const isBootstrapped = content('/etc/systemd/system/kubelet.service.d/exec-start.conf').includes('--bootstrap-kube')
  const logins = [`${kubelet}/kubeconfig`, ...(isBootstrapped ? [`${kubelet}/bootstrap-kubeconfig`] : [])]
  const wanted: [name: string, value: JsonValue | undefined][] = [
    ['ca', content('/etc/kubernetes/pki/ca.crt')],
    ...logins.flatMap((path): [string, JsonValue | undefined][] => [
      ['server', findKey(read(path), 'server')],
      ['user', findKey(read(path), 'user', (value) => isJsonObject(value))],
    ]),
  ]
  return [...new Set(wanted.flatMap(([name, value]) => (value === undefined || value === '' ? [name] : [])))]
}

describe.each(distinct.map((variant) => [variant.name, variant] as const))('the starting file of %s', (_, variant) => {
  const short = startingFile(variant, { given: jsonObject(), all: false }).text
  const { text, placeholders } = startingFile(variant, { given: jsonObject(), all: true })
  const lines = text.split('\n')

  it('is accepted without a warning, and every file is rendered', async () => {
    for (const each of [short, text]) {
      const findings = (await findingsOf(each, variant)).filter(
        ({ code }) => each === short || code !== 'USERDATA_TOO_LARGE',
      )
      expect(findings).toEqual([])
      expect(Object.keys(settingsIn(each)['kubernetes'] ?? {}).sort()).toEqual(
        expect.arrayContaining(placeholders.map((key) => key.replace('settings.kubernetes.', ''))),
      )
    }
    const { accepted, notRendered, files } = await render(text, variant)
    expect({ accepted, notRendered }).toEqual({ accepted: true, notRendered: [] })
    expect(files.length).toBeGreaterThan(15)
  })

  it('is accepted with any one of its options, and with all', async () => {
    const options = lines.flatMap((line, i) => (OPTION.test(line) ? [i] : []))
    expect(options.length).toBeGreaterThan(35)
    const bare = (chosen: number): string =>
      lines.map((line, i) => (i === chosen ? line.slice(1) : line.replace(/^#.*/, ''))).join('\n')
    const refused: string[] = []
    for (const i of options) {
      refused.push(...(await errorsOf(bare(i), variant)))
      expect(settingsIn(bare(i)), lines[i]).not.toEqual(settingsIn(text))
    }
    expect(refused).toEqual([])
    expect(await errorsOf(withAll(text), variant)).toEqual([])
  })

  it('holds what is given as it is given', () => {
    const normal = (settings: JsonObject): JsonObject => {
      const result = loadModel(variant.modelName).parse(settings)
      if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('; '))
      return buildTree(flattenTree(result.settings, []), [])
    }
    const given = normal(settingsIn(withAll(text)))
    expect(Object.keys(given).length).toBeGreaterThan(10)
    for (const all of [false, true]) {
      expect(normal(settingsIn(startingFile(variant, { given, all }).text))).toEqual(given)
    }
  })

  it('has every setting of the variant', () => {
    const catalogue = variantCatalogue(variant)
    const all = settingsIn(withAll(text))
    const isThere = (path: readonly string[], at: JsonValue | undefined): boolean => {
      const [step, ...rest] = path
      if (step === undefined) return at !== undefined
      if (!isJsonObject(at)) return false
      return step === '*' ? Object.values(at).some((inner) => isThere(rest, inner)) : isThere(rest, at[step])
    }
    const missing = catalogue.settings
      .filter(({ kind, writtenKey }) => kind === 'setting' && !isThere(splitKey(writtenKey), all))
      .map(({ key }) => key)
    // a credential provider that is there by default is shown as it is
    const environment = 'settings.kubernetes.credential-providers.<name>.environment'
    expect(missing.filter((key) => key !== environment)).toEqual([])
    expect(text.includes('  environment ') || !missing.includes(environment)).toBe(true)
  })
})

const clusters = ['aws-k8s-1.24', 'aws-k8s-1.30', 'aws-k8s-1.31-nvidia', 'metal-k8s-1.29', 'vmware-k8s-1.30']

describe.each(clusters.map((name) => [name, findVariant(name)] as const))('what %s needs', (_, variant) => {
  const { text } = startingFile(variant, { given: jsonObject(), all: false })
  const needed = Object.keys(neededOn(variant)).map((key) => key.replace('kubernetes.', ''))
  const without = (name: string): string => text.replace(new RegExp(`^${name} = .*`, 'm'), '')

  it('is enough to join a cluster', async () => {
    expect(missingForCluster(await render(text, variant))).toEqual([])
  })

  it.each(needed.map((name) => [name]))('is nothing without %s', async (name) => {
    const result = await render(without(name), variant)
    expect(result.accepted).toBe(true)
    const kubelet = result.files.find(({ path }) => path === '/etc/kubernetes/kubelet/config')?.content ?? ''
    const missing = [...missingForCluster(result), ...(kubelet.includes('clusterDNS') ? [] : ['dns'])]
    // pluto finds the address of the DNS service on AWS
    expect(missing.filter((each) => each !== 'dns' || variant.platform !== 'aws')).toHaveLength(1)
  })
})

describe('settings to start with', () => {
  it('exist', () => {
    const keys = new Set(variants.flatMap((variant) => variantCatalogue(variant).settings.map(({ key }) => key)))
    expect(USUAL.filter((key) => !keys.has(key))).toEqual([])
    for (const variant of variants) {
      const { settings } = variantCatalogue(variant)
      const needed = settings.filter((setting) => setting.needed !== undefined).map(({ path }) => path.join('.'))
      expect(needed.sort()).toEqual(Object.keys(neededOn(variant)).sort())
    }
  })
})
