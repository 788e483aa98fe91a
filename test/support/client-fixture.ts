/** The client in this process, against a real server on a socket. */
import tls from 'node:tls'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { apiclient } from '../../src/apiclient/program.ts'
import { NodeHttp } from '../../src/host/node-http.ts'
import { printJsonPretty, toJson } from '../../src/lib/json.ts'
import type { ProgramIo } from '../../src/lib/ports.ts'
import { CERTIFICATE } from '../unit/pluto/certificate.ts'
import { startFixture, type ApiFixture } from './api-fixture.ts'
import { runToEnd, scriptedRunner, type Ending, type ProgramRun } from './test-host.ts'

type Io = Partial<ProgramIo> & { readonly stdin?: string | Uint8Array }

/** What the server starts for a change. */
export const APPLIER = '/usr/bin/thar-be-settings --daemon'

/** A value as the client prints it. */
export const pretty = (value: unknown): string => `${printJsonPretty(toJson(value))}\n`

export interface ClientFixture {
  readonly api: ApiFixture
  /** How the next command of the server ends; one test long. */
  ending: Ending
  readonly run: (argv: readonly string[], io?: Io) => Promise<ProgramRun>
  readonly settings: (prefix: string) => Promise<unknown>
  readonly transactions: () => Promise<unknown>
  /** Commands that the server has run in this test. */
  readonly commands: () => string[]
}

/** A server for all tests of the file. */
export function useClient(): ClientFixture {
  let api: ApiFixture | undefined
  const http = new NodeHttp(() => tls.createSecureContext({ ca: CERTIFICATE }))
  const started = (): ApiFixture => {
    if (api === undefined) throw new Error('not started yet')
    return api
  }
  const fixture: ClientFixture = {
    get api() {
      return started()
    },
    ending: {},
    run: (argv, io = {}) => runToEnd(apiclient, argv, { ...started().host, http }, io),
    settings: async (prefix) => (await started().send('GET', `/settings?prefix=${prefix}`)).json,
    transactions: async () => (await started().send('GET', '/tx/list')).json,
    commands: () => started().runner.requests.map(({ command }) => command.join(' ')),
  }
  beforeAll(async () => {
    api = await startFixture({ transport: 'socket', runner: scriptedRunner(() => fixture.ending) })
  })
  afterAll(() => api?.close())
  afterEach(() => {
    fixture.ending = {}
    started().runner.requests.length = 0
  })
  return fixture
}
