/**
 * No value of a setting can break a rendered file or add anything to it: a file rendered with hostile values reads as the
 * file rendered with harmless ones, with the values exchanged.
 */
import { parse as parseToml } from '@iarna/toml'
import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { parse as parseYaml } from 'yaml'
import {
  isJsonArray,
  isJsonObject,
  jsonObject,
  toJson,
  type JsonObject,
  type JsonValue,
} from '../../../src/lib/json.ts'
import { render } from '../../support/render-template.ts'
import { environmentFile, unitSettings, unitWords } from '../../support/systemd-readers.ts'

/** Settings in which every string that holds `@` may be anything at all. */
const SETTINGS = toJson({
  motd: '@1',
  updates: {
    'metadata-base-url': '@1',
    'targets-base-url': '@2',
    seed: 5,
    'version-lock': '@3',
    'ignore-waves': false,
  },
  network: { 'https-proxy': 'http://@1', 'no-proxy': ['x@2', 'y@3z'], hostname: 'h@4' },
  metrics: { 'metrics-url': '@1', 'send-metrics': true, 'service-checks': ['@2', '@3'] },
  aws: { region: 'r@4', profile: 'p@5' },
  kernel: { lockdown: 'l@1', sysctl: { 'a@2': '@3' } },
  'host-containers': { 'c@1': { source: '@2', enabled: true, 'user-data': '@3' } },
  'bootstrap-containers': { 'c@1': { source: '@2', mode: '@3', 'user-data': '@4', essential: true } },
  'bootstrap-commands': { 'c@1': { commands: [['@2', '@3'], ['@4']], mode: '@5' } },
  pki: { 'b@1': { trusted: true, data: '@2' } },
  boot: { 'reboot-to-reconcile': true, kernel: { 'k@1': ['@2', '@3'] }, init: { 'i@4': ['@5'] } },
  cloudformation: { 'should-signal': true, 'stack-name': '@1', 'logical-resource-id': '@2' },
  dns: { 'name-servers': ['@1', '@2'], 'search-list': ['@3'] },
  autoscaling: { 'should-wait': true },
  'oci-hooks': { 'log4j-hotpatch-enabled': true },
  'container-runtime': { 'max-concurrent-downloads': 3 },
  'container-registry': {
    mirrors: [
      { registry: 'm@1', endpoint: ['@2', '@3'] },
      { registry: 'docker.io', endpoint: ['@4'] },
    ],
    credentials: [
      { registry: 'c@1', username: 'u@2', password: 'p@3', auth: 'a@4', identitytoken: 'i@5' },
      { registry: 'docker.io', username: 'u@4', password: '@3' },
    ],
  },
  'oci-defaults': {
    capabilities: { chown: true },
    'resource-limits': { 'max-open-files': { 'hard-limit': 2, 'soft-limit': 1 } },
  },
  ecs: {
    cluster: '@1',
    loglevel: '@2',
    'logging-drivers': ['@3', 'x@4'],
    'backend-host': '@5',
    'image-pull-behavior': '@1',
    'container-stop-timeout': '@2',
    'instance-attributes': { 'k@3': '@4' },
  },
  'nvidia-container-runtime': { 'visible-devices-as-volume-mounts': true },
  'kubelet-device-plugins': { nvidia: { 'device-id-strategy': 'd@1', 'device-list-strategy': '@2' } },
  kubernetes: {
    'api-server': 'https://h.example.com/@1',
    'authentication-mode': 'aws',
    'bootstrap-token': 't@2',
    'cloud-provider': 'c@3',
    'cluster-name': 'n@4',
    'cluster-domain': 'd@1',
    'cluster-dns-ip': ['@2', '@3'],
    'hostname-override': 'h@5',
    'log-level': 2,
    'node-ip': '@1',
    'node-labels': { 'l@2': '@3' },
    'node-taints': { 't@4': ['@5', '@1'] },
    'provider-id': 'p@1',
    'eviction-hard': { 'k@1': '@2' },
    'eviction-soft': { 'k@3': '@4' },
    'eviction-soft-grace-period': { 'k@5': '@1' },
    'allowed-unsafe-sysctls': ['@1', '@2'],
    'container-log-max-size': 's@3',
    'cpu-manager-policy': '@1',
    'cpu-manager-policy-options': ['o@4'],
    'cpu-manager-reconcile-period': 'r@2',
    'kube-reserved': { cpu: '@1', memory: 'm@2', 'ephemeral-storage': '@3' },
    'system-reserved': { 's@4': '@5' },
    'max-pods': 9,
    'memory-manager-policy': 'p@2',
    'memory-manager-reserved-memory': { 'n@1': { enabled: true, memory: 'm@2', 'hugepages-2Mi': 'h@3' } },
    'reserved-cpus': 'c@5',
    'server-tls-bootstrap': true,
    'shutdown-grace-period': 's@1',
    'shutdown-grace-period-for-critical-pods': 's@2',
    'topology-manager-policy': 't@3',
    'topology-manager-scope': 't@4',
    'static-pods': { 's@1': { enabled: true, manifest: '@2' } },
    'credential-providers': {
      'p@1': {
        enabled: true,
        'image-patterns': ['@2', '@3'],
        'cache-duration': '@4',
        environment: { 'E@5': '@1' },
      },
    },
  },
}) as JsonObject

const HARMLESS = ['one', 'two', 'three', 'four', 'five']

const exchange = (text: string, values: readonly string[]): string =>
  text.replace(/@([1-5])/g, (_, n: string) => values[Number(n) - 1] as string)

function withValues(value: JsonValue, values: readonly string[]): JsonValue {
  if (typeof value === 'string') return exchange(value, values)
  if (isJsonArray(value)) return value.map((item) => withValues(item, values))
  if (!isJsonObject(value)) return value
  const object = jsonObject()
  for (const [name, item] of Object.entries(value)) object[exchange(name, values)] = withValues(item, values)
  return object
}

const MARKS = ['@1', '@2', '@3', '@4', '@5']

function rendered(name: string, values: readonly string[]): string {
  return render(name, withValues(SETTINGS, values) as JsonObject)
}

/** A parsed document in plain values, so that documents of different parsers compare. */
const plain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plain)
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key as unknown, plain(item)]))
  if (typeof value !== 'object' || value === null) return value
  return new Map(Object.entries(value).map(([key, item]) => [key, plain(item)]))
}

/** The same document with values in the place of the marks. */
const exchanged = (value: unknown, values: readonly string[]): unknown => {
  if (typeof value === 'string') return exchange(value, values)
  if (Array.isArray(value)) return value.map((item) => exchanged(item, values))
  if (!(value instanceof Map)) return value
  return new Map([...value].map(([key, item]) => [exchanged(key, values), exchanged(item, values)]))
}

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (!(value instanceof Map)) return value
  const entries = [...value].map(([key, item]): [string, unknown] => [String(key), sorted(item)])
  return entries.sort(([a], [b]) => (a < b ? -1 : 1))
}

const IN_JSON = /^(?:ECS_INSTANCE_ATTRIBUTES|ECS_AVAILABLE_LOGGING_DRIVERS|ECS_ENGINE_AUTH_DATA)=/

const systemd = (text: string): unknown =>
  unitSettings(text).map(([section, name, value]) => {
    const words = unitWords(value)
    if (name === 'Environment')
      return [section, name, ...words.map((word) => (IN_JSON.test(word) ? inJson(word) : word))]
    return [section, name, words.map(commandWord)]
  })

/** A word of a command line: `$$` is a dollar sign, a variable is marked as one. */
const commandWord = (word: string): string =>
  word.replace(/\$(\$|\{[A-Z_]+\})?/g, (_, rest?: string) => (rest === '$' ? '$' : `<variable ${rest ?? ''}>`))

const inJson = (word: string): unknown => {
  const at = word.indexOf('=')
  return [word.slice(0, at), plain(JSON.parse(word.slice(at + 1)))]
}

const READERS = {
  toml: (text: string) => plain(parseToml(text)),
  yaml: (text: string) =>
    (['1.1', '1.2'] as const).map((version) => plain(parseYaml(text, { mapAsMap: true, version }))),
  json: (text: string) => plain(JSON.parse(text)),
  env: (text: string) => plain(environmentFile(text)),
  systemd,
}

const TEMPLATES: readonly [keyof typeof READERS, readonly string[]][] = [
  [
    'toml',
    [
      'bootstrap-commands-toml',
      'bootstrap-containers-toml',
      'certdog-toml',
      'cfsignal-toml',
      'containerd-config-toml_k8s_containerd_sock',
      'containerd-config-toml_k8s_nvidia_containerd_sock',
      'corndog-toml',
      'host-containers-toml',
      'host-ctr-toml',
      'metricdog-toml',
      'netdog-toml',
      'prairiedog-toml',
      'static-pods-toml',
      'thar-be-updates-toml',
      'updog-toml',
    ],
  ],
  [
    'yaml',
    [
      'kubelet-config@1.24',
      'kubelet-config@1.28',
      'credential-provider-config-yaml@1.27',
      'kubelet-bootstrap-kubeconfig',
      'kubelet-kubeconfig',
      'nvidia-k8s-device-plugin-conf',
    ],
  ],
  ['json', ['docker-daemon-json', 'docker-daemon-nvidia-json']],
  ['env', ['hostname-env', 'kubelet-env', 'proxy-env']],
  ['systemd', ['ecs-base-conf', 'kubelet-exec-start-conf@1.24', 'kubelet-exec-start-conf@1.27']],
]

// what some format takes for a quote, an escape, a comment, a type, a line end or the end of a value
const hostile = fc.oneof(
  fc
    .array(
      fc.constantFrom(
        ...[
          '"',
          "'",
          '\\',
          '\n',
          '\r',
          '\t',
          ' ',
          '#',
          '%',
          '$',
          '=',
          ',',
          ':',
          '-',
          '[',
          ']',
          '{',
          '}',
          '`',
          '&',
          '<',
        ],
        ...[
          'a',
          '0',
          '\u0001',
          '\u007f',
          '\u0085',
          '\u2028',
          'é',
          '\u{1f980}',
          '"""',
          "'''",
          '{{x}}',
          '\\"',
          '\r\n',
          '---',
          '${X}',
          '%n',
        ],
      ),
      { minLength: 1, maxLength: 8 },
    )
    .map((parts) => parts.join('')),
  fc.constantFrom(
    'true',
    'null',
    '~',
    '1e6',
    '0x10',
    '1_000',
    '12:30:45',
    '2001-12-14',
    '.inf',
    'no',
    '<<',
    '*a',
    '&a',
    '!t',
    '? a',
    '- a',
  ),
)

const values = fc.tuple(hostile, hostile, hostile, hostile, hostile)

describe.each(TEMPLATES)('%s files', (format, names) => {
  const read = READERS[format]

  describe.each(names)('%s', (name) => {
    const marked = read(rendered(name, MARKS))

    test('reads back harmless values', () => {
      expect(sorted(read(rendered(name, HARMLESS)))).toEqual(sorted(exchanged(marked, HARMLESS)))
    })

    test.prop([values], { numRuns: 60 })('reads back hostile values', (given) => {
      expect(sorted(read(rendered(name, given)))).toEqual(sorted(exchanged(marked, given)))
    })
  })
})
