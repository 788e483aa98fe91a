/**
 * The HTTP interface of the API server as data: what there is to ask, and how each question is answered. The server's
 * router is driven by it, and its documentation is made from it.
 */

/** Largest JSON body in bytes. */
export const MAX_BODY_BYTES = 2_097_152

interface QueryParameter {
  readonly name: string
  readonly meaning: string
  readonly required?: boolean
}

/** What a body or an answer holds. */
export type Content =
  | { readonly type: 'application/json'; readonly meaning: string }
  | { readonly type: 'application/text'; readonly meaning: string }

export interface Route {
  readonly id: string
  readonly method: 'GET' | 'PATCH' | 'POST' | 'DELETE'
  readonly path: string
  readonly summary: string
  readonly query: readonly QueryParameter[]
  /** The request body, if the route reads one. */
  readonly body?: Content
  /** Status of success, with what it holds. */
  readonly success: { readonly status: 101 | 200 | 204; readonly content?: Content }
  /** Statuses of failure, beside the ones every route may give: 405 for another method, and 500. */
  readonly failures: readonly number[]
}

const TX: QueryParameter = { name: 'tx', meaning: 'name of the transaction; `default` unless given' }
const PREFIX: QueryParameter = { name: 'prefix', meaning: 'only keys that start with this text' }
const KEYS: QueryParameter = { name: 'keys', meaning: 'only these keys, separated by commas' }
const NAMES: QueryParameter = { name: 'names', meaning: 'only these entries, separated by commas' }
const FORMAT: QueryParameter = { name: 'format', meaning: 'format of the report' }
const LIST_FORMAT: QueryParameter = { name: 'format', meaning: '`text` (one per line, the default) or `json`' }

const json = (meaning: string): Content => ({ type: 'application/json', meaning })
const text = (meaning: string): Content => ({ type: 'application/text', meaning })
const ok = (content: Content): Route['success'] => ({ status: 200, content })
const done: Route['success'] = { status: 204 }

const UPDATE_FAILURES = [404, 409, 423] as const
const KEY_LIST = json('list of key names')
const SETTINGS = json('tree of settings')

/** Every route of the API. */
export const ROUTES = [
  {
    id: 'get-model',
    method: 'GET',
    path: '/',
    summary: 'Settings, services, configuration files and OS data',
    query: [PREFIX],
    success: ok(json('object with `settings`, `services`, `configuration-files`, `os`')),
    failures: [400, 404],
  },
  {
    id: 'get-settings',
    method: 'GET',
    path: '/settings',
    summary: 'Settings that are in force',
    query: [KEYS, PREFIX],
    success: ok(SETTINGS),
    failures: [400, 404],
  },
  {
    id: 'patch-settings',
    method: 'PATCH',
    path: '/settings',
    summary: 'Writes settings to a transaction',
    query: [TX],
    body: SETTINGS,
    success: done,
    failures: [400, 413],
  },
  {
    id: 'patch-keypairs',
    method: 'PATCH',
    path: '/settings/keypair',
    summary: 'Writes `KEY=VALUE` texts to a transaction',
    query: [TX],
    body: json('object with `request_payload`, a list of `KEY=VALUE` texts'),
    success: done,
    failures: [400, 413],
  },
  {
    id: 'get-transaction',
    method: 'GET',
    path: '/tx',
    summary: 'Settings that wait in a transaction',
    query: [TX],
    success: ok(SETTINGS),
    failures: [400],
  },
  {
    id: 'delete-transaction',
    method: 'DELETE',
    path: '/tx',
    summary: 'Drops a transaction',
    query: [TX],
    success: ok(KEY_LIST),
    failures: [400],
  },
  {
    id: 'list-transactions',
    method: 'GET',
    path: '/tx/list',
    summary: 'Transactions that exist',
    query: [],
    success: ok(json('list of transaction names')),
    failures: [],
  },
  {
    id: 'commit',
    method: 'POST',
    path: '/tx/commit',
    summary: 'Puts the settings of a transaction in force',
    query: [TX],
    success: ok(KEY_LIST),
    failures: [400, 422],
  },
  {
    id: 'apply',
    method: 'POST',
    path: '/tx/apply',
    summary: 'Renders files and restarts services, of all settings or of some keys',
    query: [KEYS],
    success: done,
    failures: [400],
  },
  {
    id: 'commit-and-apply',
    method: 'POST',
    path: '/tx/commit_and_apply',
    summary: 'Commits a transaction and applies what it changed',
    query: [TX],
    success: ok(KEY_LIST),
    failures: [400, 422],
  },
  {
    id: 'preview',
    method: 'GET',
    path: '/tx/preview',
    summary: 'Everything, as it would be with a transaction committed',
    query: [TX],
    success: ok(json('object with `settings`, `services`, `configuration-files`, `os`')),
    failures: [400, 404],
  },
  {
    id: 'dry-run',
    method: 'POST',
    path: '/tx/dry_run',
    summary: 'Tells what committing and applying a transaction would change; changes nothing',
    query: [TX],
    success: ok(json('object with `keys`, `files`, `commands`, `notRendered`')),
    failures: [400, 422],
  },
  {
    id: 'try',
    method: 'POST',
    path: '/tx/try',
    summary: 'Commits and applies a transaction, and takes it back unless it is confirmed in time',
    query: [TX, { name: 'seconds', meaning: 'time to confirm, 1 to 86400', required: true }],
    success: ok(json('object with `id`, `seconds`, `deadline`, `keys`')),
    failures: [400, 422],
  },
  {
    id: 'confirm',
    method: 'POST',
    path: '/tx/confirm',
    summary: 'Makes a change stay that would be taken back',
    query: [{ name: 'id', meaning: 'only this change; all that wait unless given' }],
    success: ok(KEY_LIST),
    failures: [400, 422],
  },
  {
    id: 'get-apply-status',
    method: 'GET',
    path: '/apply/status',
    summary: 'What became of the last changes that were applied, and which wait to be confirmed',
    query: [{ name: 'id', meaning: 'only this run of the applier' }],
    success: ok(json('object with `applies`, `tries`, `endedTries`')),
    failures: [400, 404],
  },
  {
    id: 'get-os',
    method: 'GET',
    path: '/os',
    summary: 'Release, variant and architecture',
    query: [PREFIX],
    success: ok(json('object with `arch`, `build_id`, `pretty_name`, `variant_id`, `version_id`')),
    failures: [400],
  },
  {
    id: 'get-affected-services',
    method: 'GET',
    path: '/metadata/affected-services',
    summary: 'Services that depend on settings',
    query: [{ ...KEYS, required: true }],
    success: ok(json('object from key to list of service names')),
    failures: [400],
  },
  {
    id: 'get-setting-generators',
    method: 'GET',
    path: '/metadata/setting-generators',
    summary: 'Commands that generate settings',
    query: [],
    success: ok(json('object from key to command')),
    failures: [],
  },
  {
    id: 'get-templates',
    method: 'GET',
    path: '/metadata/templates',
    summary: 'Templates of settings',
    query: [{ ...KEYS, required: true }],
    success: ok(json('object from key to template')),
    failures: [400],
  },
  {
    id: 'get-services',
    method: 'GET',
    path: '/services',
    summary: 'Services with their files and restart commands',
    query: [NAMES, PREFIX],
    success: ok(json('object from name to `configuration-files` and `restart-commands`')),
    failures: [400, 404],
  },
  {
    id: 'get-configuration-files',
    method: 'GET',
    path: '/configuration-files',
    summary: 'Rendered files with their templates',
    query: [NAMES, PREFIX],
    success: ok(json('object from name to `path`, `template-path`, `mode`')),
    failures: [400, 404],
  },
  {
    id: 'reboot',
    method: 'POST',
    path: '/actions/reboot',
    summary: 'Reboots',
    query: [],
    success: done,
    failures: [],
  },
  {
    id: 'refresh-updates',
    method: 'POST',
    path: '/actions/refresh-updates',
    summary: 'Looks for updates',
    query: [],
    success: done,
    failures: UPDATE_FAILURES,
  },
  {
    id: 'prepare-update',
    method: 'POST',
    path: '/actions/prepare-update',
    summary: 'Downloads the chosen update to the other partition',
    query: [],
    success: done,
    failures: UPDATE_FAILURES,
  },
  {
    id: 'activate-update',
    method: 'POST',
    path: '/actions/activate-update',
    summary: 'Makes the next boot use the prepared update',
    query: [],
    success: done,
    failures: UPDATE_FAILURES,
  },
  {
    id: 'deactivate-update',
    method: 'POST',
    path: '/actions/deactivate-update',
    summary: 'Makes the next boot use the running system again',
    query: [],
    success: done,
    failures: UPDATE_FAILURES,
  },
  {
    id: 'init-ephemeral-storage',
    method: 'POST',
    path: '/actions/ephemeral-storage/init',
    summary: 'Formats the instance store',
    query: [],
    body: json('object with `filesystem` (`Xfs`, `Ext4`) and `disks`, both optional'),
    success: done,
    failures: [400, 413],
  },
  {
    id: 'bind-ephemeral-storage',
    method: 'POST',
    path: '/actions/ephemeral-storage/bind',
    summary: 'Mounts directories from the instance store',
    query: [],
    body: json('object with `targets`, a list of directories'),
    success: done,
    failures: [400, 413],
  },
  {
    id: 'list-ephemeral-disks',
    method: 'GET',
    path: '/actions/ephemeral-storage/list-disks',
    summary: 'Disks of the instance store',
    query: [LIST_FORMAT],
    success: ok(text('one path per line, or a JSON list')),
    failures: [400],
  },
  {
    id: 'list-ephemeral-directories',
    method: 'GET',
    path: '/actions/ephemeral-storage/list-dirs',
    summary: 'Directories that may lie on the instance store',
    query: [LIST_FORMAT],
    success: ok(text('one path per line, or a JSON list')),
    failures: [400],
  },
  {
    id: 'get-update-status',
    method: 'GET',
    path: '/updates/status',
    summary: 'State of updates and of the last update command',
    query: [],
    success: ok(json('status object')),
    failures: [404, 423],
  },
  {
    id: 'exec',
    method: 'GET',
    path: '/exec',
    summary: 'Runs a command in a host container over a websocket',
    query: [],
    success: { status: 101 },
    failures: [400, 501],
  },
  {
    id: 'list-reports',
    method: 'GET',
    path: '/report',
    summary: 'Reports that exist',
    query: [],
    success: ok(json('list of objects with `name` and `description`')),
    failures: [],
  },
  {
    id: 'get-cis-report',
    method: 'GET',
    path: '/report/cis',
    summary: 'Checks against a CIS benchmark',
    query: [
      { name: 'level', meaning: 'level of the benchmark' },
      FORMAT,
      { name: 'type', meaning: '`kubernetes` for the Kubernetes benchmark' },
    ],
    success: ok(text('the report')),
    failures: [],
  },
  {
    id: 'get-fips-report',
    method: 'GET',
    path: '/report/fips',
    summary: 'Checks of FIPS mode',
    query: [FORMAT],
    success: ok(text('the report')),
    failures: [],
  },
] as const satisfies readonly Route[]

/** Name of a route. */
export type RouteId = (typeof ROUTES)[number]['id']
