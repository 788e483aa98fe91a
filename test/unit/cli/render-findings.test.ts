/** Values for which a host of the release itself writes a broken or different file, and values that a file cannot hold. */
import { describe, expect, test } from 'vitest'
import { readDocument } from '../../../src/cli/document.ts'
import { renderFindings } from '../../../src/cli/render-findings.ts'
import type { Diagnostic } from '../../../src/lib/diagnostics.ts'
import { findVariant, listVariants } from '../../../src/variants/variant.ts'

async function findings(variant: string, toml: string): Promise<Diagnostic[]> {
  const read = readDocument(Buffer.from(toml), 'u.toml')
  if (!read.ok) throw new Error(read.diagnostics[0]?.message)
  const { settings, sourceMap } = read.document
  return renderFindings(findVariant(variant), { settings, sourceMap, at: ['settings'] })
}

/** Each finding as `line:column CODE path`. */
async function brief(variant: string, toml: string): Promise<string[]> {
  const found = await findings(variant, toml)
  expect(found.every(({ severity }) => severity === 'warning')).toBe(true)
  return found.map(({ at, code, path }) => `${String(at?.line)}:${String(at?.column)} ${code} ${path ?? ''}`)
}

const K8S = 'aws-k8s-1.30'
const ECS = 'aws-ecs-2'

describe('HTML escapes', () => {
  test.each([
    [K8S, '[settings]\nmotd = "a=b"', '2:8 COMPAT_HTML_ESCAPED settings.motd'],
    [
      ECS,
      '[settings.network]\nhttps-proxy = "http://u:p&q@proxy:80"',
      '2:15 COMPAT_HTML_ESCAPED settings.network.https-proxy',
    ],
    [ECS, '[settings.network]\nno-proxy = ["a", "b=1"]', '2:18 COMPAT_HTML_ESCAPED settings.network.no-proxy.1'],
    [
      K8S,
      '[settings.kubernetes]\napi-server = "https://h/?a=b"',
      '2:14 COMPAT_HTML_ESCAPED settings.kubernetes.api-server',
    ],
    [
      ECS,
      '[settings.updates]\nmetadata-base-url = "https://h/?a=b"',
      '2:21 COMPAT_HTML_ESCAPED settings.updates.metadata-base-url',
    ],
    [
      ECS,
      '[[settings.container-registry.mirrors]]\nregistry = "a=b"\nendpoint = ["https://m.example"]',
      '2:12 COMPAT_HTML_ESCAPED settings.container-registry.mirrors.0.registry',
    ],
  ])('%s %j', async (variant, toml, expected) => {
    expect(await brief(variant, toml)).toEqual([expected])
  })

  test('name the characters and every file, once', async () => {
    const [found] = await findings(ECS, '[settings.network]\nhttps-proxy = "http://u:p=&@proxy:80"')
    expect(found?.message).toBe(
      'a host of release 1.24.1 writes & as &amp;, = as &#x3D; in this value to /etc/network/proxy.env, /etc/updog.toml',
    )
    expect(found?.hint).toContain('Avoid these characters')
  })

  test.each([
    ['base64 that the release puts in raw', '[settings.host-containers.x]\nsource = "e.example/x"\nuser-data = "YQ=="'],
    ['a certificate', '[settings.pki.a]\ntrusted = true\ndata = "YQ=="'],
    ['a pod', '[settings.kubernetes.static-pods.a]\nenabled = true\nmanifest = "YQ=="'],
    ['a credential', '[[settings.container-registry.credentials]]\nregistry = "r.example"\nauth = "YTpiPQ=="'],
    [
      'a mirror',
      '[[settings.container-registry.mirrors]]\nregistry = "r.example"\nendpoint = ["https://m.example/?a=b"]',
    ],
    ['what a helper writes', '[settings.kubernetes.node-labels]\na = "b"'],
  ])('are none in %s', async (_, toml) => {
    expect(await brief(K8S, toml)).toEqual([])
  })
})

describe('values without quotes or escapes', () => {
  const credential = (value: string): string =>
    `[[settings.container-registry.credentials]]\nregistry = "r.example"\npassword = ${value}`

  test.each([
    [K8S, credential(`'a"b'`), '3:12 COMPAT_UNQUOTED settings.container-registry.credentials.0.password'],
    [K8S, credential(`'a\\b'`), '3:12 COMPAT_UNQUOTED settings.container-registry.credentials.0.password'],
    [K8S, '[settings.kernel.sysctl]\na = \'x "y"\'', '2:5 COMPAT_UNQUOTED settings.kernel.sysctl.a'],
    [
      K8S,
      '[settings.kubernetes]\ncontainer-log-max-size = "1e6"',
      '2:26 COMPAT_UNQUOTED settings.kubernetes.container-log-max-size',
    ],
    [K8S, '[settings.kubernetes]\nreserved-cpus = "3"', '2:17 COMPAT_UNQUOTED settings.kubernetes.reserved-cpus'],
    [ECS, '[settings.ecs]\ncluster = "a%b"', '2:11 COMPAT_UNQUOTED settings.ecs.cluster'],
    [ECS, "[settings.ecs.instance-attributes]\na = 'b\\c'", '2:5 COMPAT_UNQUOTED settings.ecs.instance-attributes.a'],
    [ECS, "[settings.boot.kernel]\na = ['b\"c']", '2:5 COMPAT_UNQUOTED settings.boot.kernel.a'],
  ])('%s %j', async (variant, toml, expected) => {
    expect(await brief(variant, toml)).toEqual([expected])
  })

  test.each([
    ['an address', '[settings.kubernetes]\ncluster-dns-ip = "10.100.0.10"'],
    ['a word', '[settings.kubernetes]\nprovider-id = "aws:///us-west-2a/i-0123"'],
    ['a size with a unit', '[settings.kubernetes]\ncontainer-log-max-size = "40M"'],
    ['a number that the template quotes', '[settings.kubernetes.kube-reserved]\nmemory = "1024"'],
    [
      'a command, which the release encodes',
      `[settings.bootstrap-commands.a]\ncommands = [["apiclient", 'a"b']]\nmode = "once"`,
    ],
    ['sysctls', '[settings.kubernetes]\nallowed-unsafe-sysctls = ["net.core.somaxconn", "kernel.msg*"]'],
  ])('are not meant where it is %s', async (_, toml) => {
    expect(await brief(K8S, toml)).toEqual([])
  })
})

describe('registries', () => {
  test('that lead to one table', async () => {
    const toml = `[[settings.container-registry.credentials]]
registry = "docker.io"
auth = "YTpi"
[[settings.container-registry.credentials]]
registry = "registry-1.docker.io"
auth = "YTpj"
[[settings.container-registry.mirrors]]
registry = "docker.io"
endpoint = []
[[settings.container-registry.mirrors]]
registry = "registry-1.docker.io"
endpoint = []`
    const found = await findings(K8S, toml)
    expect(found.map(({ code, path, at }) => [code, path, at?.line])).toEqual([
      ['COMPAT_REGISTRY_REPEATED', 'settings.container-registry.credentials.1.registry', 5],
    ])
    expect(found[0]?.message).toContain('/etc/containerd/config.toml, /etc/host-containers/host-ctr.toml')
    expect(found[0]?.related?.map(({ at }) => at.line)).toEqual([2])
  })

  test('and a twin make two findings, also on variants without Kubernetes', async () => {
    const mirror = '[[settings.container-registry.mirrors]]\nregistry = "a.example"\nendpoint = []\n'
    expect(await brief('metal-dev', mirror.repeat(3))).toEqual([
      '5:12 COMPAT_REGISTRY_REPEATED settings.container-registry.mirrors.1.registry',
      '8:12 COMPAT_REGISTRY_REPEATED settings.container-registry.mirrors.2.registry',
    ])
  })

  const entries = (...fields: string[]): string =>
    fields
      .map((text, i) => `[[settings.container-registry.credentials]]\nregistry = "${String(i)}.example"\n${text}\n`)
      .join('')

  test.each([
    ['one with auth', entries('auth = "YTpi"'), 0],
    ['user and password', entries('username = "u"\npassword = "p"'), 1],
    ['two with auth', entries('auth = "YTpi"', 'auth = "YTpj"'), 1],
    ['a password, then auth', entries('username = "u"\npassword = "p"', 'auth = "YTpj"'), 0],
    ['nothing but a name', entries(''), 0],
  ])('for the ECS agent: %s', async (_, toml, count) => {
    const found = await brief(ECS, toml)
    expect(found).toEqual(
      Array<string>(count).fill('1:31 COMPAT_ECS_AUTH_DATA settings.container-registry.credentials'),
    )
    expect(await brief(K8S, toml)).toEqual([])
  })
})

describe('draining of spot instances', () => {
  test.each([
    ['true', ['2:31 COMPAT_ECS_SPOT_DRAINING settings.ecs.enable-spot-instance-draining']],
    ['false', []],
  ])('%s', async (value, expected) => {
    expect(await brief(ECS, `[settings.ecs]\nenable-spot-instance-draining=${value}`)).toEqual(expected)
  })
})

describe('files that cannot be rendered', () => {
  test.each([
    [
      ECS,
      '[settings.network]\nno-proxy = ["a\\u0000b"]',
      '2:13 VALUE_UNREPRESENTABLE settings.network.no-proxy.0',
      '/etc/network/proxy.env cannot be rendered: systemd cannot read',
    ],
    [
      K8S,
      `[[settings.container-registry.mirrors]]\nregistry = "a\\"b'c"\nendpoint = []`,
      '2:12 VALUE_UNREPRESENTABLE settings.container-registry.mirrors.0.registry',
      '/etc/containerd/config.toml, /etc/host-containers/host-ctr.toml cannot be rendered: a name with',
    ],
  ])('because of a value that they cannot hold: %s %j', async (variant, toml, expected, message) => {
    const found = await findings(variant, toml)
    expect(await brief(variant, toml)).toContain(expected)
    expect(found.find(({ code }) => code === 'VALUE_UNREPRESENTABLE')?.message).toContain(message)
  })

  test('because of a member that is missing', async () => {
    const [found, ...more] = await findings(ECS, '[settings.pki.broken]\ntrusted = true')
    expect(more).toEqual([])
    expect(found).toMatchObject({
      code: 'TEMPLATE_VALUE_MISSING',
      path: 'settings.pki.broken.data',
      message: "/etc/certdog.toml cannot be rendered: it needs 'data' here",
      at: { line: 1 },
    })
  })

  test('but not because of settings that a host finds out', async () => {
    expect(await brief(K8S, '[settings.kubernetes]\ncluster-name = "c"')).toEqual([])
  })
})

test('the defaults of every variant are fine', async () => {
  for (const name of listVariants()) expect(await brief(name, '[settings]\nmotd = "hi"'), name).toEqual([])
}, 60_000)
