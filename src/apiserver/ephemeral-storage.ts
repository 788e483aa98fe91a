/** The instance store: disks that are empty after every stop of the machine. */
import { messageOf } from '../lib/errors.ts'
import { isJsonArray, isJsonObject, member, printJson, toJson, type JsonValue } from '../lib/json.ts'
import type { ApiResponse, Host } from '../lib/ports.ts'
import { ApiError, bodyError, jsonText, NO_CONTENT, textAnswer, type Query } from './http.ts'
import { runChecked } from './os-commands.ts'

type StorageHost = Pick<Host, 'fs' | 'runner'>

const DISKS = '/dev/disk/ephemeral'
const ARRAY = '/dev/md/ephemeral'
const MOUNT_POINT = '/mnt/.ephemeral'
const MDADM = '/usr/sbin/mdadm'
const FILESYSTEMS: ReadonlyMap<JsonValue, string> = new Map([
  ['Xfs', 'xfs'],
  ['Ext4', 'ext4'],
])

/** All disks of the instance store, in byte order. */
function knownDisks({ fs }: StorageHost): string[] {
  if (fs.stat(DISKS) === undefined) return []
  return fs.readDirectory(DISKS).map(({ name }) => `${DISKS}/${name}`)
}

/** Directories of a variant that may lie on the instance store. */
export function allowedDirectories(variantId: string): string[] {
  return [
    '/var/lib/containerd',
    '/var/lib/host-containerd',
    ...(variantId.includes('k8s') ? ['/var/lib/kubelet', '/var/log/pods'] : []),
    ...(variantId.includes('ecs') ? ['/var/lib/docker', '/var/log/ecs'] : []),
  ]
}

function optionalStrings(body: JsonValue, name: string): readonly string[] | undefined {
  const value = member(body, name) ?? null
  if (value === null) return undefined
  if (isJsonArray(value) && value.every((item) => typeof item === 'string')) return value
  throw bodyError(400, `Json deserialize error: ${name} has to be a list of strings`)
}

function requireObject(body: JsonValue): void {
  if (!isJsonObject(body)) throw bodyError(400, 'Json deserialize error: expected an object')
}

const run = (host: StorageHost, ...command: string[]): ReturnType<typeof runChecked> =>
  runChecked(host.runner, command, 'action')

async function succeeds({ runner }: StorageHost, ...command: string[]): Promise<boolean> {
  const { exitCode, recorded } = await runner.run({ command, purpose: 'action' })
  return exitCode === 0 && !recorded
}

async function makeArray(host: StorageHost, disks: readonly string[]): Promise<void> {
  const { stdout } = await run(host, MDADM, '--detail', '--scan')
  if (stdout.length > 0) return
  const create = [MDADM, '--create', '--force', '--verbose', '--homehost=any', ARRAY, '--level=0', '--chunk=256']
  await run(host, ...create, '--name', 'ephemeral', '--raid-devices', String(disks.length), ...disks)
}

/** Formats the disks, as one array if there are several. @throws ApiError */
export async function initStorage(host: StorageHost, body: JsonValue): Promise<ApiResponse> {
  requireObject(body)
  const filesystem = member(body, 'filesystem') ?? null
  const type = filesystem === null ? 'xfs' : FILESYSTEMS.get(filesystem)
  if (type === undefined) throw bodyError(400, 'Json deserialize error: filesystem has to be Xfs or Ext4')
  const known = knownDisks(host)
  const disks = optionalStrings(body, 'disks') ?? known
  if (disks !== known) {
    if (disks.length === 0) throw new ApiError(500, 'the list of disks is empty')
    const unknown = disks.filter((disk) => !known.includes(disk))
    if (unknown.length > 0) throw new ApiError(500, `no disks of the instance store: ${unknown.join(', ')}`)
  }
  const [first] = disks
  if (first === undefined) return NO_CONTENT
  if (disks.length > 1) await makeArray(host, disks)
  const device = disks.length > 1 ? ARRAY : first
  if (!(await succeeds(host, '/usr/sbin/blkid', '--match-token', `TYPE=${type}`, device))) {
    await run(host, `/usr/sbin/mkfs.${type}`, device, '-L', 'ephemeral')
  }
  return NO_CONTENT
}

function makeDirectory({ fs }: StorageHost, directory: string): void {
  try {
    fs.makeDirectory(directory)
  } catch (error) {
    throw new ApiError(500, `${directory} cannot be made: ${messageOf(error)}`)
  }
}

/** Mounts directories from the instance store. @throws ApiError */
export async function bindStorage(host: StorageHost, body: JsonValue, variantId: string): Promise<ApiResponse> {
  requireObject(body)
  const targets = optionalStrings(body, 'targets')
  if (targets === undefined) throw bodyError(400, 'Json deserialize error: missing targets')
  const disks = knownDisks(host)
  const [first] = disks
  if (first === undefined) return NO_CONTENT
  const allowed = allowedDirectories(variantId)
  const refused = targets.filter((target) => !allowed.includes(target))
  if (refused.length > 0) throw new ApiError(500, `directories that cannot be bound: ${refused.join(', ')}`)
  makeDirectory(host, MOUNT_POINT)
  await run(host, '/usr/bin/mount', disks.length > 1 ? ARRAY : first, MOUNT_POINT)
  for (const target of targets) {
    const source = `${MOUNT_POINT}/.${target.replaceAll('/', '_')}`
    makeDirectory(host, source)
    makeDirectory(host, target)
    if (await succeeds(host, '/usr/bin/findmnt', target)) continue
    await run(host, '/usr/bin/mount', '--rbind', source, target)
  }
  for (const target of targets) await run(host, '/usr/bin/mount', '--make-rshared', target)
  return NO_CONTENT
}

function listAnswer(items: readonly string[], query: Query): ApiResponse {
  const format = query.get('format') ?? 'text'
  if (format === 'json') return jsonText(printJson(toJson(items)))
  if (format !== 'text') throw new ApiError(400, `'${format}' is no format; text and json are`)
  return textAnswer(items.map((item) => `${item}\n`).join(''))
}

/** Lists the disks. @throws ApiError 400 */
export function listDisks(host: StorageHost, query: Query): ApiResponse {
  return listAnswer(knownDisks(host), query)
}

/** Lists the directories that may be bound. @throws ApiError 400 */
export function listDirectories(variantId: string, query: Query): ApiResponse {
  return listAnswer(allowedDirectories(variantId), query)
}
