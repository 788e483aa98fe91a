import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'vitest'
import { ROUTES } from '../../src/api/contract.ts'
import type { Route } from '../../src/api/route.ts'
import { SCHEMAS } from '../../src/api/schemas.ts'
import { parseTarget } from '../../src/apiserver/http.ts'
import { startApiServer } from '../../src/apiserver/start.ts'
import { directChannel } from '../../src/host/direct-channel.ts'
import { MemoryFs } from '../../src/host/memory-fs.ts'
import { socketTransports } from '../../src/host/node-http.ts'
import { RootedFs } from '../../src/host/rooted-fs.ts'
import { socketServer } from '../../src/host/socket-server.ts'
import { parseJson } from '../../src/lib/json-parse.ts'
import type { JsonValue } from '../../src/lib/json.ts'
import type { Logger } from '../../src/lib/log.ts'
import { PATHS } from '../../src/lib/paths.ts'
import type { ApiResponse, RootFs } from '../../src/lib/ports.ts'
import { loadModel, type ModelName } from '../../src/model/models.ts'
import { storewolf } from '../../src/storewolf/program.ts'
import { runToEnd, scriptedRunner, testHost, type ScriptedRunner, type TestHost } from './test-host.ts'

/** Defaults with a setting of every shape, and services that depend on them. */
export const DEFAULTS = `
[settings]
motd = "hi"
[settings.ntp]
time-servers = ["a.example", "b.example"]
options = ["iburst"]
[settings.network]
https-proxy = "http://proxy.example:3128"
[settings.kernel.sysctl]
"vm.max_map_count" = "262144"
[settings.kubernetes]
max-pods = 110
[settings.oci-defaults.resource-limits.max-open-files]
soft-limit = 65536
hard-limit = 1048576
[settings.updates]
ignore-waves = false
[metadata.settings.motd]
affected-services = ["motd"]
[metadata.settings.ntp]
affected-services = ["chronyd"]
[metadata.settings.ntp.options]
affected-services = ["chronyd", "options"]
[metadata.settings.network]
template = "{{settings.x}}"
[metadata.settings.updates]
seed.setting-generator = "bork seed"
[services.motd]
configuration-files = ["motd"]
restart-commands = []
[services.chronyd]
configuration-files = ["chrony-conf"]
restart-commands = ["/bin/systemctl try-restart chronyd.service"]
[configuration-files.motd]
path = "/etc/motd"
template-path = "/usr/share/templates/motd"
[configuration-files.chrony-conf]
path = "/etc/chrony.conf"
template-path = "/usr/share/templates/chrony-conf"
mode = "0600"
`

export const OS_RELEASE = `# comment
NAME=Bottlerocket
ID=bottlerocket
VERSION="1.24.1 (aws-k8s-1.30)"
PRETTY_NAME="Bottlerocket OS 1.24.1 (aws-k8s-1.30)"
VARIANT_ID=aws-k8s-1.30
VERSION_ID=1.24.1
BUILD_ID=abcdef0
`

/** Every setting of the defaults, as the API prints it. */
export const SETTINGS = {
  kernel: { sysctl: { 'vm.max_map_count': '262144' } },
  kubernetes: { 'max-pods': 110n },
  motd: 'hi',
  network: { 'https-proxy': 'http://proxy.example:3128' },
  ntp: { options: ['iburst'], 'time-servers': ['a.example', 'b.example'] },
  'oci-defaults': {
    'resource-limits': { 'max-open-files': { 'hard-limit': 1048576n, 'soft-limit': 65536n } },
  },
  updates: { 'ignore-waves': false },
}

interface Answer extends ApiResponse {
  /** The body as JSON; undefined if it is none. */
  readonly json: JsonValue | undefined
}

export interface ApiFixture {
  readonly host: TestHost
  readonly runner: ScriptedRunner
  /** One request; a body that is no string is sent as JSON. */
  send(method: string, uri: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>
  close(): Promise<void>
}

export interface FixtureOptions {
  readonly transport: 'socket' | 'in process'
  readonly model?: ModelName
  /** Commit the defaults; else they wait in the launch transaction. */
  readonly committed?: boolean
  readonly runner?: ScriptedRunner
  /** Puts something between the server and the files. */
  readonly wrapFs?: (fs: RootFs) => RootFs
  readonly socketPath?: string
  readonly log?: Logger
}

/** Holds an answer against the contract: its status is one that the route may give, its body what that status says. */
function expectDocumented(method: string, uri: string, { status, headers, body }: ApiResponse): void {
  const { path: asked } = parseTarget(uri)
  const route = (ROUTES as readonly Route[]).find((each) => each.method === method && each.path === asked)
  if (route === undefined) {
    expect([404, 405]).toContain(status)
    return
  }
  expect([route.success.status, ...route.failures, 500], `${method} ${uri}`).toContain(status)
  if (status !== route.success.status) return
  if (route.success.content === undefined) {
    expect(body).toBe('')
    return
  }
  const content = route.success.content.find(({ type }) => type === headers['content-type'])
  expect(content, `${method} ${uri} answered ${String(headers['content-type'])}`).toBeDefined()
  if (content === undefined || content.type !== 'application/json') return
  const checked = SCHEMAS[content.schema]().safeParse(JSON.parse(body))
  expect(checked.error?.issues ?? [], `${method} ${uri}: ${body}`).toEqual([])
}

function jsonOf(body: string): JsonValue | undefined {
  try {
    return parseJson(body)
  } catch {
    return undefined
  }
}

/** Starts a server over a new datastore, on a socket in a temporary directory or in this process. */
export async function startFixture(options: FixtureOptions): Promise<ApiFixture> {
  const { transport, model = 'aws-k8s', committed = true, runner = scriptedRunner(), socketPath } = options
  const root = transport === 'socket' ? mkdtempSync(path.join(tmpdir(), 'api-')) : undefined
  const files: RootFs = root === undefined ? new MemoryFs() : new RootedFs(root)
  for (const directory of ['/etc/storewolf', '/usr/lib', PATHS.datastore]) files.makeDirectory(directory)
  files.writeFile(PATHS.defaults, DEFAULTS)
  files.writeFile(PATHS.osRelease, OS_RELEASE)
  const setUp = testHost({ fs: files })
  const arguments_ = ['--data-store-base-path', PATHS.datastore, '--inventory-file-symlink-path', PATHS.inventoryLink]
  const populated = await runToEnd(storewolf, arguments_, setUp)
  if (populated.code !== 0) throw new Error(populated.stderr)
  const fs = options.wrapFs?.(files) ?? files
  const channel = root === undefined ? directChannel() : { server: socketServer(files), api: socketTransports(files) }
  const host = testHost({ fs, runner, ...channel })
  const server = await startApiServer(host, {
    model: loadModel(model),
    ...(socketPath === undefined ? {} : { socketPath }),
    ...(options.log === undefined ? {} : { log: options.log }),
  })
  const send: ApiFixture['send'] = async (method, uri, body, headers) => {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
    const response = await host.api(socketPath).request({
      method,
      uri,
      headers: headers ?? (text === undefined ? {} : { 'content-type': 'application/json' }),
      ...(text === undefined ? {} : { body: text }),
    })
    expectDocumented(method, uri, response)
    return { ...response, json: jsonOf(response.body) }
  }
  if (committed) {
    const { status, body } = await send('POST', '/tx/commit?tx=bottlerocket-launch')
    if (status !== 200) throw new Error(body)
  }
  return {
    host,
    runner,
    send,
    close: async () => {
      await server.close()
      if (root !== undefined) rmSync(root, { recursive: true, force: true })
    },
  }
}
