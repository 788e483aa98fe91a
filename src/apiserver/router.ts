/** From a request to its answer. The same for requests over a socket and for calls in this process. */
import { ROUTES, type RouteId } from '../api/contract.ts'
import { openApiDocument } from '../api/openapi.ts'
import type { Route } from '../api/route.ts'
import { messageOf, PipelineError } from '../lib/errors.ts'
import { printJson, type JsonValue } from '../lib/json.ts'
import type { Logger } from '../lib/log.ts'
import { DEFAULT_TRANSACTION } from '../lib/paths.ts'
import type { ApiRequest, ApiResponse } from '../lib/ports.ts'
import { pendingIn } from '../datastore/store.ts'
import type { SettingsModel } from '../model/models.ts'
import {
  getArea,
  getMetadata,
  getModel,
  getNamed,
  getOs,
  getSettingGenerators,
  getSettings,
  getTransaction,
} from './controller.ts'
import { defaultSettings, settingsCatalogue } from './catalogue.ts'
import * as changes from './changes.ts'
import { bindStorage, initStorage, listDirectories, listDisks } from './ephemeral-storage.ts'
import {
  ApiError,
  apiErrorAnswer,
  jsonAnswer,
  jsonBody,
  jsonText,
  NO_CONTENT,
  parameter,
  parseTarget,
  requiredParameter,
} from './http.ts'
import type { Query } from './http.ts'
import { cisReport, fipsReport, reboot, runUpdate } from './os-commands.ts'
import { getPreview } from './preview.ts'
import { areaPrefix, requestedKeys } from './selection.ts'
import { keypairsToPairs, settingsToPairs } from './settings.ts'
import { getUpdateStatus } from './update-status.ts'

export interface ApiOptions extends changes.ChangeOptions {
  readonly log?: Logger
}

export interface Api {
  handle(request: ApiRequest): Promise<ApiResponse>
}

interface Call {
  readonly options: ApiOptions
  readonly request: ApiRequest
  readonly query: Query
}

type Answer = ApiResponse | Promise<ApiResponse>
type Handler = (call: Call) => Answer

function transactionOf(query: Query): string {
  return parameter(query, 'tx') ?? DEFAULT_TRANSACTION
}

function writing(toPairs: (options: ApiOptions, body: JsonValue) => Map<string, string>): Handler {
  return ({ options, request, query }) => {
    const transaction = transactionOf(query)
    options.store.set(toPairs(options, jsonBody(request)), pendingIn(transaction))
    return NO_CONTENT
  }
}

const area =
  (name: 'services' | 'configuration-files'): Handler =>
  ({ options, query }) => {
    const names = parameter(query, 'names')
    return jsonAnswer(
      names === undefined
        ? getArea(options, name, parameter(query, 'prefix'))
        : getNamed(options, name, names.split(',')),
    )
  }

const metadata =
  (metadataKey: 'affected-services' | 'template'): Handler =>
  ({ options, query }) =>
    jsonAnswer(getMetadata(options, metadataKey, requiredParameter(query, 'keys').split(',')))

const update =
  (subcommand: 'refresh' | 'prepare' | 'activate' | 'deactivate'): Handler =>
  ({ options }) =>
    runUpdate(options.host.runner, subcommand)

const getSettingsRoute: Handler = ({ options, query }) => {
  const keys = parameter(query, 'keys')
  return jsonAnswer(
    keys === undefined
      ? getArea(options, 'settings', parameter(query, 'prefix'))
      : getSettings(options, requestedKeys(keys)),
  )
}

const UPGRADE_HEADERS = ['upgrade', 'connection', 'sec-websocket-version', 'sec-websocket-key']

const exec: Handler = ({ request: { headers = {} } }) => {
  if (!UPGRADE_HEADERS.every((name) => name in headers)) return { status: 400, headers: {}, body: '' }
  throw new ApiError(501, 'commands in host containers are not available here')
}

const openApiTexts = new WeakMap<SettingsModel, string>()

/** The document as text; it takes a while to make and never changes. */
function openApiText(model: SettingsModel): string {
  const text = openApiTexts.get(model) ?? printJson(openApiDocument(model))
  openApiTexts.set(model, text)
  return text
}

const REPORTS = '[{"name":"cis","description":"CIS Bottlerocket Benchmark"}]'

const HANDLERS: Readonly<Record<RouteId, Handler>> = {
  'get-model': ({ options, query }) => jsonAnswer(getModel(options, parameter(query, 'prefix'))),
  'get-settings': getSettingsRoute,
  'patch-settings': writing(settingsToPairs),
  'patch-keypairs': writing(keypairsToPairs),
  'get-default-settings': ({ options, query }) =>
    jsonAnswer(defaultSettings(options.host, options.model, areaPrefix('settings', parameter(query, 'prefix') ?? ''))),
  'get-settings-catalogue': ({ options }) => jsonAnswer(settingsCatalogue(options.model)),
  'get-transaction': ({ options, query }) => jsonAnswer(getTransaction(options, transactionOf(query))),
  'delete-transaction': ({ options, query }) => jsonAnswer(options.store.deleteTransaction(transactionOf(query))),
  'list-transactions': ({ options }) => jsonAnswer(options.store.transactions()),
  commit: ({ options, query }) => jsonAnswer(changes.commitForGood(options, transactionOf(query))),
  apply: ({ options, query }) => changes.apply(options, parameter(query, 'keys')?.split(',')),
  'commit-and-apply': ({ options, query }) => changes.commitAndApply(options, transactionOf(query)),
  preview: ({ options, query }) => jsonAnswer(getPreview(options, transactionOf(query))),
  'dry-run': async ({ options, query }) => jsonAnswer(await changes.dryRun(options, transactionOf(query))),
  try: ({ options, query }) => changes.tryChange(options, transactionOf(query), requiredParameter(query, 'seconds')),
  confirm: ({ options, query }) => jsonAnswer(options.tries.confirm(parameter(query, 'id'))),
  'get-apply-status': async ({ options, query }) => jsonAnswer(await changes.applyStatus(options, query)),
  'get-os': ({ options, query }) => jsonAnswer(getOs(options, parameter(query, 'prefix'))),
  'get-affected-services': metadata('affected-services'),
  'get-setting-generators': ({ options }) => jsonAnswer(getSettingGenerators(options)),
  'get-templates': metadata('template'),
  'get-services': area('services'),
  'get-configuration-files': area('configuration-files'),
  reboot: ({ options }) => reboot(options.host.runner),
  'refresh-updates': update('refresh'),
  'prepare-update': update('prepare'),
  'activate-update': update('activate'),
  'deactivate-update': update('deactivate'),
  'init-ephemeral-storage': ({ options, request }) => initStorage(options.host, jsonBody(request)),
  'bind-ephemeral-storage': ({ options, request }) =>
    bindStorage(options.host, jsonBody(request), options.osRelease().variant_id),
  'list-ephemeral-disks': ({ options, query }) => listDisks(options.host, query),
  'list-ephemeral-directories': ({ options, query }) => listDirectories(options.osRelease().variant_id, query),
  'get-update-status': ({ options }) => getUpdateStatus(options.host),
  exec,
  'get-openapi': ({ options }) => jsonText(openApiText(options.model)),
  'list-reports': () => jsonText(REPORTS),
  'get-cis-report': ({ options, query }) => cisReport(options.host.runner, query),
  'get-fips-report': ({ options, query }) => fipsReport(options.host.runner, query),
}

/** Statuses of errors that the request, not the server, is to blame for. */
const REQUEST_FAULTS: Readonly<Record<string, number>> = { DATASTORE_KEY_TOO_LONG: 400 }

function errorAnswer(error: unknown, request: ApiRequest): ApiResponse {
  if (error instanceof ApiError) return apiErrorAnswer(error, request)
  const status = error instanceof PipelineError ? (REQUEST_FAULTS[error.code] ?? 500) : 500
  return { status, headers: {}, body: messageOf(error) }
}

/** Notes a request: what it was for and how it ended, no value and nothing of a body. */
function note(options: ApiOptions, route: Route, { query }: Call, status: number, start: number, error: unknown): void {
  const { log, host } = options
  if (log === undefined) return
  const fault = error instanceof PipelineError ? error : undefined
  // what is said about a stored value could hold a part of it
  const reason = fault?.code === 'DATASTORE_INVALID_VALUE' ? undefined : fault?.message
  const fields = {
    method: route.method,
    path: route.path,
    status,
    ms: Math.round(host.clock.monotonic() - start),
    ...(route.query.some(({ name }) => name === 'tx') ? { tx: query.get('tx') ?? DEFAULT_TRANSACTION } : {}),
    ...(fault === undefined ? {} : { code: fault.code }),
    ...(reason === undefined ? {} : { reason }),
  }
  if (status >= 500) log.error(fields, 'request failed')
  else if (route.method === 'GET') log.debug(fields, 'request')
  else log.info(fields, 'request')
}

/** The API over a datastore. Between reading a request's body and its effect on the store nothing else happens. */
export function createApi(options: ApiOptions): Api {
  const answer = async (request: ApiRequest): Promise<ApiResponse> => {
    const start = options.host.clock.monotonic()
    const { path, query } = parseTarget(request.uri)
    const routes = ROUTES.filter((route) => route.path === path)
    if (routes.length === 0) return { status: 404, headers: {}, body: '' }
    const route = routes.find(({ method }) => method === request.method)
    if (route === undefined) {
      return { status: 405, headers: { allow: routes.map(({ method }) => method).join(', ') }, body: '' }
    }
    const call: Call = { options, request, query }
    try {
      const response = await HANDLERS[route.id](call)
      note(options, route, call, response.status, start, undefined)
      return response
    } catch (error) {
      const response = errorAnswer(error, request)
      note(options, route, call, response.status, start, error)
      return response
    }
  }
  return { handle: answer }
}
