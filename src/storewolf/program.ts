import path from 'node:path'
import { FilesystemStore } from '../datastore/filesystem.ts'
import { ownDatastores } from '../datastore/ownership.ts'
import { LIVE, type DataStore } from '../datastore/store.ts'
import { resolveDatastore, versionLinks } from '../datastore/versions.ts'
import { LOG_LEVEL_OPTION, logLevelOf, parseArgs, usageError, type ArgsSpec, type ParsedArgs } from '../lib/args.ts'
import { messageOf, PipelineError } from '../lib/errors.ts'
import { EXIT_OK, type ExitCode } from '../lib/exit-codes.ts'
import { unreadableFile, unwritableFile } from '../lib/file-errors.ts'
import type { JsonObject } from '../lib/json.ts'
import { createLogger, type Logger } from '../lib/log.ts'
import { FULL_VERSION, readOsRelease } from '../lib/os-release.ts'
import { PATHS } from '../lib/paths.ts'
import type { Host, Program, ProgramIo, RootFs } from '../lib/ports.ts'
import { parseKey } from '../model/key.ts'
import { parseTrustedToml } from '../toml/trusted-toml.ts'
import { knownDefaults } from '../variants/load.ts'
import { NOTHING, planPopulate, type Existing } from './plan-populate.ts'

const SPEC: ArgsSpec = {
  usage: `Usage: storewolf --data-store-base-path PATH --inventory-file-symlink-path PATH
                 [--inventory-file-path PATH] [--version X.Y.Z] [--log-level LEVEL]`,
  options: [
    { names: ['--data-store-base-path'], value: 'PATH', required: true, help: 'directory of the version links' },
    { names: ['--inventory-file-symlink-path'], value: 'PATH', required: true, help: 'link to make' },
    { names: ['--inventory-file-path'], value: 'PATH', help: 'what the link points to' },
    { names: ['--version'], value: 'X.Y.Z', help: 'version of a new datastore; that of the OS unless given' },
    LOG_LEVEL_OPTION,
  ],
}

const ID_LENGTH = 16

function readText(fs: RootFs, file: string): string {
  try {
    return fs.readText(file)
  } catch (cause) {
    throw unreadableFile(file, cause)
  }
}

function readDefaults(fs: RootFs): JsonObject {
  const text = readText(fs, PATHS.defaults)
  try {
    return knownDefaults(text) ?? parseTrustedToml(text)
  } catch (cause) {
    throw new PipelineError('STOREWOLF_DEFAULTS_INVALID', `${PATHS.defaults} is not TOML: ${messageOf(cause)}`, {
      cause,
    })
  }
}

function versionOf(args: ParsedArgs, host: Host): string {
  const given = args.value('--version')
  if (given === undefined) return readOsRelease(host).version_id
  if (!FULL_VERSION.test(given)) throw usageError(SPEC, `'${given}' is no full version`)
  return given
}

/** The value, or an empty text where it cannot be read. */
function orEmpty(read: () => string | undefined): string | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof PipelineError && error.code === 'DATASTORE_CORRUPT') return ''
    throw error
  }
}

function existingIn(store: DataStore): Existing {
  return {
    data: (name) => {
      const key = parseKey(name)
      return store.has(key, LIVE) ? orEmpty(() => store.get(key, LIVE)) : undefined
    },
    metadata: (name, metadataKey) => orEmpty(() => store.getMetadata(metadataKey, parseKey(name))),
  }
}

/** Whether a link has the text that the chain of a version gives it. The first one names a directory of any id. */
function isOfChain(fs: RootFs, link: string, text: string, version: string): boolean {
  if (fs.lstat(link)?.kind !== 'symlink') return false
  const found = fs.readLink(link)
  return found === text || (link.endsWith(`/v${version}`) && isDirectoryName(found, version))
}

function isDirectoryName(name: string, version: string): boolean {
  return name.startsWith(`v${version}_`) && /^[A-Za-z0-9]+$/.test(name.slice(version.length + 2))
}

/**
 * What a run that was cut off has left: a part of the chain, with a whole datastore behind it or with nothing.
 *
 * @returns the name of that datastore's directory, if there is one
 * @throws PipelineError `DATASTORE_LINKS_EXIST` for anything else
 */
function leftOver(
  fs: RootFs,
  base: string,
  version: string,
  links: readonly (readonly [string, string])[],
): string | undefined {
  const there = links.filter(([name]) => fs.lstat(`${base}/${name}`) !== undefined)
  const behind = there.filter(([name]) => fs.stat(`${base}/${name}`) !== undefined)
  const stranger = there.find(([name, text]) => !isOfChain(fs, `${base}/${name}`, text, version))
  const empty = behind.find(([name]) => fs.stat(`${base}/${name}/live`) === undefined)
  const bad = stranger ?? empty
  if (bad !== undefined) {
    throw new PipelineError('DATASTORE_LINKS_EXIST', `${base}/${bad[0]} exists, but there is no data behind it`)
  }
  return behind.length === 0 ? undefined : fs.readLink(`${base}/v${version}`)
}

/** Makes the links of a chain that are not there, or lead nowhere. @param made gets what was made */
function linkChain(fs: RootFs, base: string, links: readonly (readonly [string, string])[], made: string[]): void {
  for (const [name, text] of links) {
    const link = `${base}/${name}`
    if (fs.lstat(link) !== undefined) {
      if (fs.readLink(link) === text) continue
      fs.remove(link)
    }
    fs.symlink(text, link)
    made.push(link)
  }
  fs.syncDirectory(base)
}

/**
 * Makes a datastore with the defaults and then the links that lead to it, so that a failure leaves nothing behind. Where
 * a run before was cut off after the datastore was made, only the links are.
 *
 * @returns whether the datastore is new
 * @throws PipelineError `DATASTORE_LINKS_EXIST`, `DATASTORE_UNWRITABLE`, `STOREWOLF_DEFAULTS_INVALID`
 */
function createDatastore(host: Host, base: string, version: string, defaults: JsonObject): boolean {
  const { fs } = host
  const changes = planPopulate(defaults, NOTHING)
  const fresh = `v${version}_${host.entropy.alphanumeric(ID_LENGTH)}`
  const finished = leftOver(fs, base, version, versionLinks(version, fresh))
  const made: string[] = []
  try {
    if (finished === undefined) {
      made.push(`${base}/${fresh}`)
      fs.makeDirectory(`${base}/${fresh}`)
      new FilesystemStore(fs, `${base}/${fresh}`).apply(changes)
      // a chain without live data behind it, as a power cut could leave it, would make every later run fail
      fs.syncDirectory(`${base}/${fresh}`)
    }
    linkChain(fs, base, versionLinks(version, finished ?? fresh), made)
    return finished === undefined
  } catch (cause) {
    for (const entry of made.reverse()) if (fs.lstat(entry) !== undefined) fs.removeTree(entry)
    if (cause instanceof PipelineError) throw cause
    throw new PipelineError('DATASTORE_UNWRITABLE', `the datastore could not be made: ${messageOf(cause)}`, { cause })
  }
}

/** The directory behind the `current` link, or undefined if there is none yet. */
function currentDatastore(fs: RootFs, base: string): string | undefined {
  return fs.stat(`${base}/current`)?.kind === 'directory' ? resolveDatastore(fs, `${base}/current`) : undefined
}

/** Makes the link to the software inventory anew. @throws PipelineError `HOST_FILE_UNWRITABLE` */
function linkInventory(fs: RootFs, link: string, target: string): void {
  try {
    fs.makeDirectory(path.posix.dirname(link))
    fs.remove(link)
    fs.symlink(target, link)
  } catch (cause) {
    throw unwritableFile(link, cause)
  }
}

/** Makes the directory of the datastores if there is none. @throws PipelineError `DATASTORE_UNWRITABLE` */
function makeBase(fs: RootFs, base: string): void {
  try {
    fs.makeDirectory(base)
  } catch (cause) {
    throw new PipelineError('DATASTORE_UNWRITABLE', `the datastore could not be made: ${messageOf(cause)}`, { cause })
  }
}

/** Makes the datastore, or completes the one that is there. */
async function populate(host: Host, base: string, version: string, log: Logger): Promise<void> {
  const { fs } = host
  const known = currentDatastore(fs, base)
  if (known !== undefined) {
    const old = new FilesystemStore(fs, known)
    old.dropTransactions()
    await old.close()
  }
  const defaults = readDefaults(fs)
  if (known === undefined || fs.stat(`${known}/live`) === undefined) {
    const isNew = createDatastore(host, base, version, defaults)
    log.info({ version, base, isNew }, 'made a datastore')
    if (isNew) return
  }
  const store = new FilesystemStore(fs, resolveDatastore(fs, `${base}/current`))
  const changes = planPopulate(defaults, existingIn(store))
  store.apply(changes)
  log.info({ changes: changes.length }, 'added missing defaults')
}

async function run(argv: readonly string[], io: ProgramIo, host: Host): Promise<ExitCode> {
  const args = parseArgs(SPEC, argv)
  const level = logLevelOf(SPEC, args)
  const log = createLogger({ program: 'storewolf', level, sink: 'split', stdout: io.stdout, stderr: io.stderr })
  const version = versionOf(args, host)
  const base = args.value('--data-store-base-path') as string
  makeBase(host.fs, base)
  const lock = await ownDatastores(host, base, 'storewolf')
  try {
    await populate(host, base, version, log)
  } finally {
    await lock.release()
  }
  const inventory = args.value('--inventory-file-path') ?? PATHS.inventory
  linkInventory(host.fs, args.value('--inventory-file-symlink-path') as string, inventory)
  return EXIT_OK
}

/** Makes the datastore and adds what it lacks of the variant's defaults. */
export const storewolf: Program = { name: 'storewolf', run }
