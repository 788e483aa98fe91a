/** User data with a marked value in every secret setting, in every form in which people write it. */
import fc from 'fast-check'
import { stringify } from 'yaml'
import { jsonObject, printJson, printJsonPretty, toJson, type JsonObject, type JsonValue } from '../../src/lib/json.ts'
import { printToml } from '../../src/toml/trusted-toml.ts'

const LETTERS = Array.from('abcdefghijkmnpqrstuvwxyz23456789')
const WILD = [...LETTERS, ...LETTERS, ...Array.from('ABCDEFGHJKLMNPQRSTUVWXYZ'), ...Array.from('"\\<>&\'$ =#%,{}`:')]

const textOf = (characters: readonly string[], length: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...characters), { minLength: length, maxLength: length }).map((list) => list.join(''))

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64')

export interface MarkedSettings {
  readonly settings: JsonObject
  /** Every secret in it, encoded and decoded. */
  readonly secrets: readonly string[]
}

/** @param family what the variant runs: `kubernetes`, `ecs`, or nothing */
export function markedSettings(family: 'kubernetes' | 'ecs'): fc.Arbitrary<MarkedSettings> {
  return fc
    .record({
      token: fc.tuple(textOf(LETTERS, 6), textOf(LETTERS, 16)).map(([a, b]) => `${a}.${b}`),
      password: textOf(WILD, 24).map((text) => text.trim() || 'x'),
      identity: textOf(WILD, 24),
      auth: fc.tuple(textOf(LETTERS, 12), textOf(WILD, 20)).map((pair) => pair.join(':')),
      texts: fc.array(textOf(WILD, 40), { minLength: 4, maxLength: 4 }),
    })
    .map(({ token, password, identity, auth, texts }) => {
      const [key = '', credentials = '', admin = '', setup = ''] = texts.map(base64)
      const settings = {
        ...(family === 'kubernetes'
          ? {
              kubernetes: {
                'cluster-name': 'demo',
                'api-server': 'https://k8s.example:6443',
                'cluster-certificate': 'LS0tLS1CRUdJTg==',
                'bootstrap-token': token,
                'server-key': key,
                'max-pods': 30,
                'node-labels': { 'example.com/team': 'platform' },
              },
            }
          : { ecs: { cluster: 'demo' } }),
        aws: { credentials },
        'host-containers': { admin: { enabled: true, 'user-data': admin } },
        'bootstrap-containers': {
          setup: { source: 'registry.example/setup:v1', mode: 'once', 'user-data': setup },
        },
        'container-registry': {
          credentials: [
            { registry: 'docker.io', username: 'reader', password },
            { registry: 'a.example', auth: base64(auth) },
            { registry: 'b.example', identitytoken: identity },
          ],
        },
      }
      const kubernetes = family === 'kubernetes' ? [token, key] : []
      return {
        settings: toJson(settings) as JsonObject,
        secrets: [
          ...kubernetes,
          credentials,
          admin,
          setup,
          password,
          identity,
          auth,
          base64(auth),
          ...texts.slice(family === 'kubernetes' ? 0 : 1),
        ],
      }
    })
}

/** As people write it: a heading for each table, each credential below a heading of its own, literal strings. */
function headedToml({ 'container-registry': registry, ...others }: JsonObject): string {
  const credentials = (registry as { credentials: JsonObject[] }).credentials
  const value = (text: JsonValue): string =>
    typeof text === 'string' && !text.includes("'") ? `'${text}'` : printJson(text)
  const tables = credentials.map((credential) =>
    [
      '[[settings.container-registry.credentials]]',
      ...Object.entries(credential).map(([name, each]) => `${name}=${value(each)}`),
    ].join('\n'),
  )
  return `${printToml({ settings: others })}\n${tables.join('\n\n')}\n`
}

export interface MarkedDocument {
  readonly file: string
  readonly text: string
}

/** The forms of a document. */
export function documentsOf(settings: JsonObject): readonly MarkedDocument[] {
  const toml = printToml({ settings })
  const headed = headedToml(settings)
  const nodeClass = {
    apiVersion: 'karpenter.k8s.aws/v1',
    kind: 'EC2NodeClass',
    metadata: { name: 'default' },
    spec: { amiFamily: 'Bottlerocket', userData: headed },
  }
  const plain = JSON.parse(printJson(settings)) as object
  const template = (userData: unknown): object => ({
    Resources: {
      Nodes: { Type: 'AWS::EC2::LaunchTemplate', Properties: { LaunchTemplateData: { UserData: userData } } },
    },
  })
  const plan = (values: object): object => ({
    format_version: '1.2',
    planned_values: { root_module: { resources: [{ address: 'aws_instance.a', type: 'aws_instance', values }] } },
  })
  return [
    { file: 'plain.toml', text: toml },
    { file: 'headed.toml', text: headed },
    { file: 'settings.json', text: printJsonPretty(jsonObject({ settings })) },
    { file: 'short.json', text: printJson(jsonObject({ settings })) },
    { file: 'class.yaml', text: stringify(nodeClass) },
    { file: 'class.json', text: JSON.stringify(nodeClass, undefined, 1) },
    {
      file: 'cluster.yaml',
      text: stringify({
        apiVersion: 'eksctl.io/v1alpha5',
        kind: 'ClusterConfig',
        metadata: { name: 'demo', region: 'eu-central-1' },
        nodeGroups: [{ name: 'a', amiFamily: 'Bottlerocket', bottlerocket: { settings: plain } }],
      }),
    },
    { file: 'template.json', text: JSON.stringify(template({ 'Fn::Base64': toml })) },
    { file: 'template.yaml', text: stringify(template({ 'Fn::Base64': headed })) },
    { file: 'encoded.json', text: JSON.stringify(template(base64(headed))) },
    { file: 'plan.json', text: JSON.stringify(plan({ user_data: headed })) },
    { file: 'encoded-plan.json', text: JSON.stringify(plan({ user_data_base64: base64(toml) })) },
    { file: 'base64.txt', text: base64(headed) },
    {
      file: 'main.tf',
      text: `resource "aws_instance" "a" {\n  user_data = base64encode(<<-EOT\n${headed.replace(/^(?=.)/gm, '    ')}  EOT\n  )\n}\n`,
    },
    { file: 'user-data.tftpl', text: `${toml}\n%{ for line in more ~}\n\${line}\n%{ endfor ~}\n` },
  ]
}

const NAMES = /auth|bootstrap-token|credentials|identitytoken|password|server-key|user-data/g

/** Where in a text something goes wrong: anywhere, or close to a secret. */
function placeIn(text: string, { where, offset, near }: Fault): number {
  const places = [...text.matchAll(NAMES)].map(({ index }) => index)
  const place = places[where % Math.max(places.length, 1)]
  if (!near || place === undefined) return where % Math.max(text.length, 1)
  return Math.max(0, Math.min(text.length - 1, place + offset))
}

interface Fault {
  readonly kind: number
  readonly where: number
  readonly offset: number
  readonly near: boolean
  readonly character: string
}

const fault: fc.Arbitrary<Fault> = fc.record({
  kind: fc.nat(8),
  where: fc.nat(1_000_000),
  offset: fc.integer({ min: -6, max: 60 }),
  near: fc.boolean(),
  character: fc.constantFrom(...Array.from('"\'=[]{}#,:x\\\n\t '), '"""', "'''", '{{ x }}', '${y}'),
})

function withFault(text: string, one: Fault): string {
  const at = placeIn(text, one)
  const line = text.lastIndexOf('\n', at) + 1
  const end = text.indexOf('\n', at) < 0 ? text.length : text.indexOf('\n', at)
  const replaced = (change: (found: string) => string): string =>
    text.slice(0, line) + change(text.slice(line, end)) + text.slice(end)
  switch (one.kind) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1)
    case 1:
      return text.slice(0, at) + one.character + text.slice(at)
    case 2:
      return text.slice(0, at) + one.character + text.slice(at + 1)
    case 3:
      return text.slice(0, at)
    case 4:
      return replaced((found) => `${found}\n${found}`)
    case 5:
      return replaced((found) => found.replace(/ ?= ?/, ': '))
    case 6:
      return replaced((found) => found.replace(/([=:] ?)(.*)$/, '$1[$2]'))
    case 7:
      return replaced((found) => `  ${found.toUpperCase().slice(0, 8)}${found.slice(8)}`)
    default:
      // the quotes are forgotten
      return replaced((found) => found.replace(/(= ?|: )(["'])(.*)\2$/, '$1$3'))
  }
}

/** A form of a document with up to some faults in it. */
export function faultyDocument(settings: JsonObject, faults: number): fc.Arbitrary<MarkedDocument> {
  return fc
    .tuple(fc.constantFrom(...documentsOf(settings)), fc.array(fault, { minLength: 1, maxLength: faults }))
    .map(([{ file, text }, list]) => ({ file, text: list.reduce(withFault, text) }))
}
