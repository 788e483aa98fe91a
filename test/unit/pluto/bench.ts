/** Runs of pluto in memory: metadata and AWS by the server of our own, apiclient by a table. */
import { parseFault } from '../../../src/imds-server/faults.ts'
import { createMetadataHandler, httpOverHandler } from '../../../src/imds-server/handler.ts'
import { completeMetadata, type AwsFacts, type MetadataFacts } from '../../../src/lib/facts.ts'
import { PATHS } from '../../../src/lib/paths.ts'
import type { HttpRequest, RunRequest } from '../../../src/lib/ports.ts'
import { pluto } from '../../../src/pluto/program.ts'
import {
  runToEnd,
  scriptedRunner,
  testHost,
  type Ending,
  type ProgramRun,
  type TestHost,
} from '../../support/test-host.ts'
import { virtualClock, type VirtualClock } from '../../support/virtual-clock.ts'

export interface Case {
  readonly settings?: object
  readonly imds?: Partial<MetadataFacts>
  /** Absent: the account denies everything. */
  readonly aws?: AwsFacts
  readonly faults?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly table?: string | undefined
  readonly apiclient?: (request: RunRequest) => Ending | undefined
}

export interface Result extends ProgramRun {
  readonly host: TestHost
  readonly clock: VirtualClock
  /** Data requests to the metadata service without their version, and the other calls as METHOD URL. */
  readonly asked: string[]
  readonly requests: HttpRequest[]
  readonly commands: (readonly string[])[]
  /** The generated settings, if any were sent. */
  readonly sent: unknown
}

export const KEYS = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' }
const EXAMPLE: Partial<MetadataFacts> = {
  macs: [{ mac: '0a:1b:2c:3d:4e:5f', vpcIpv4CidrBlocks: ['10.2.0.0/16', '100.64.0.0/16'], ipv6s: [] }],
  localIpv4: '10.2.3.4',
  instanceType: 'm5.xlarge',
  instanceId: 'i-0abc',
  availabilityZone: 'us-west-2b',
}

export function recorded(given: Case): {
  host: TestHost
  clock: VirtualClock
  requests: HttpRequest[]
  commands: RunRequest[]
} {
  const clock = virtualClock(Date.now())
  const requests: HttpRequest[] = []
  const facts = { imds: completeMetadata({ ...EXAMPLE, ...given.imds }), aws: given.aws ?? {} }
  const http = httpOverHandler(createMetadataHandler(facts, { clock, faults: (given.faults ?? []).map(parseFault) }))
  const runner = scriptedRunner((request) => {
    const told = given.apiclient?.(request)
    if (told !== undefined || request.command[1] !== 'get') return told
    return { stdout: JSON.stringify({ settings: given.settings ?? {} }) }
  })
  const host = testHost({
    clock,
    runner,
    http: {
      request: (request) => {
        requests.push(request)
        return http.request(request)
      },
    },
  })
  host.fs.makeDirectory('/usr/share/eks')
  if (!('table' in given)) host.fs.writeFile(PATHS.eniMaxPods, '# comment\nm5.large 29\nm5.xlarge 58\n')
  else if (given.table !== undefined) host.fs.writeFile(PATHS.eniMaxPods, given.table)
  return { host, clock, requests, commands: runner.requests }
}

export async function run(given: Case): Promise<Result> {
  const { host, clock, requests, commands } = recorded(given)
  const result = await runToEnd(pluto, ['ignored'], host, { env: { ...KEYS, ...given.env } })
  const patch = commands.find(({ command }) => command[1] === 'raw')?.command.at(-1)
  return {
    ...result,
    host,
    clock,
    requests,
    asked: requests
      .filter(({ method }) => method !== 'PUT')
      .map(({ method, url }) =>
        url.replace('http://metadata.invalid/2021-07-15/', '').replace(/^https/, `${method} https`),
      ),
    commands: commands.map(({ command }) => command),
    sent: patch === undefined ? undefined : JSON.parse(patch),
  }
}

export const kubernetes = (members: object, others: object = {}): object => ({ kubernetes: members, ...others })
export const REGION = { aws: { region: 'us-west-2' } }
export const SET = {
  'cluster-dns-ip': '10.100.0.10',
  'node-ip': '10.0.0.1',
  'max-pods': 10,
  'provider-id': 'aws:///a/b',
  'hostname-override': 'name',
}
export const without = (key: keyof typeof SET): object =>
  Object.fromEntries(Object.entries(SET).filter(([name]) => name !== key))
