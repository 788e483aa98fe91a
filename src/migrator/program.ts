import path from 'node:path'
import { ownDatastores } from '../datastore/ownership.ts'
import { resolveDatastore } from '../datastore/versions.ts'
import { parseLogLevel, usageError, type ArgsSpec, type LogLevel } from '../lib/args.ts'
import { EXIT_OK, type ExitCode } from '../lib/exit-codes.ts'
import { messageOf, PipelineError } from '../lib/errors.ts'
import { createLogger, type Logger } from '../lib/log.ts'
import { readOsRelease } from '../lib/os-release.ts'
import type { Host, Program, ProgramIo } from '../lib/ports.ts'
import { migrateStore, syncStore } from './copy.ts'
import { currentVersion, flipLinks, newDirectoryName } from './links.ts'
import { selectMigrations, type MigrationPlan } from './manifest.ts'
import { KNOWN_RELEASES, type MigrationCatalogue } from './releases.ts'
import { isVersion } from './version.ts'

const SPEC: ArgsSpec = {
  usage: `Usage: migrator --datastore-path PATH --migration-directory PATH --root-path PATH --metadata-directory PATH
                (--migrate-to-version X.Y.Z | --migrate-to-version-from-os-release) [--log-level LEVEL]`,
  options: [],
}

/** Whether the version is that of the running OS. */
const FROM_OS_RELEASE = Symbol('from os-release')

interface Options {
  readonly datastorePath: string
  readonly target: string | typeof FROM_OS_RELEASE
  readonly logLevel: LogLevel
}

const PATH_OPTIONS = ['--datastore-path', '--migration-directory', '--root-path', '--metadata-directory']

/**
 * Reads the command line from left to right.
 *
 * @returns the path of a datastore that is missing as soon as it is named; whatever follows does not count then
 * @throws PipelineError `USAGE`
 */
function readOptions(argv: readonly string[], host: Pick<Host, 'fs'>): Options | { readonly missing: string } {
  const paths = new Map<string, string>()
  let target: Options['target'] | undefined
  let logLevel: LogLevel = 'info'
  const rest = [...argv]
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    if (name === '--migrate-to-version-from-os-release') {
      target = FROM_OS_RELEASE
      continue
    }
    const value = rest.shift()
    if (![...PATH_OPTIONS, '--migrate-to-version', '--log-level'].includes(name)) {
      throw usageError(SPEC, `unknown argument '${name}'`)
    }
    if (value === undefined) throw usageError(SPEC, `${name} needs a value`)
    if (name === '--migrate-to-version') {
      if (!isVersion(value)) throw usageError(SPEC, `'${value}' is no full version`)
      target = value
    } else if (name === '--log-level') {
      const level = parseLogLevel(value)
      if (level === undefined) throw usageError(SPEC, `'${value}' is no log level`)
      logLevel = level
    } else paths.set(name, value)
    if (name === '--datastore-path' && host.fs.stat(value) === undefined) return { missing: value }
  }
  const lacking = PATH_OPTIONS.find((name) => !paths.has(name))
  if (lacking !== undefined) throw usageError(SPEC, `missing ${lacking}`)
  if (target === undefined) throw usageError(SPEC, 'missing --migrate-to-version')
  return { datastorePath: paths.get('--datastore-path') as string, target, logLevel }
}

interface Move {
  readonly host: Host
  readonly log: Logger
  /** The directory of the version links. */
  readonly base: string
  readonly target: string
  readonly catalogue: MigrationCatalogue
}

/** Runs the migrations one after another, each to a datastore of its own. @returns the directory of the last one */
async function runMigrations(move: Move, plan: MigrationPlan, original: string): Promise<string> {
  const { host, log, base, target, catalogue } = move
  const os = readOsRelease(host)
  let source = original
  for (const name of plan.names) {
    const migration = catalogue.migrations.get(name)
    if (migration === undefined) {
      throw new PipelineError('MIGRATION_FAILED', `the migration ${name} is not there`)
    }
    const made = `${base}/${newDirectoryName(target, host.entropy)}`
    log.info({ name, direction: plan.direction }, 'migrating')
    const note = (message: string): void => {
      log.debug({ name }, message)
    }
    try {
      await migrateStore(host.fs, os, migration, plan.direction, source, made, { host, note })
    } catch (cause) {
      throw new PipelineError('MIGRATION_FAILED', `the migration ${name} failed: ${messageOf(cause)}`, {
        cause,
        hint: 'the datastore is as it was; what was made so far is left beside it',
      })
    }
    if (source !== original) removeIntermediate(host, source, log)
    source = made
  }
  return source
}

function removeIntermediate(host: Host, directory: string, log: Logger): void {
  try {
    host.fs.removeTree(directory)
  } catch (error) {
    log.warn({ directory, reason: messageOf(error) }, 'a datastore between two migrations could not be removed')
  }
}

async function migrate(move: Move, datastore: string, version: string): Promise<void> {
  const { host, log, base, target, catalogue } = move
  const plan = selectMigrations(catalogue.entries, version, target)
  const made = await runMigrations(move, plan, datastore)
  if (made !== datastore) await syncStore(host.fs, made)
  flipLinks(host.fs, base, target, path.posix.basename(made), host.entropy, (reason) => {
    log.warn({ reason }, 'the links may not be on the disk yet')
  })
  log.info({ from: version, to: target, migrations: plan.names }, 'the datastore is of the new version')
}

/** The program over some releases. */
export function createMigrator(catalogue: MigrationCatalogue): Program {
  const run = async (argv: readonly string[], io: ProgramIo, host: Host): Promise<ExitCode> => {
    const options = readOptions(argv, host)
    if ('missing' in options) {
      io.stderr.write(`migrator: there is no datastore at ${options.missing}, so there is nothing to migrate\n`)
      return EXIT_OK
    }
    const { stdout, stderr } = io
    const log = createLogger({ program: 'migrator', level: options.logLevel, sink: 'split', stdout, stderr })
    const target = options.target === FROM_OS_RELEASE ? readOsRelease(host).version_id : options.target
    const datastore = resolveDatastore(host.fs, options.datastorePath)
    const base = path.posix.dirname(datastore)
    const version = currentVersion(host.fs, base)
    if (version === target) {
      log.info({ version }, 'the datastore is of this version')
      return EXIT_OK
    }
    const lock = await ownDatastores(host, base, 'migrator')
    try {
      await migrate({ host, log, base, target, catalogue }, datastore, version)
    } finally {
      await lock.release()
    }
    return EXIT_OK
  }
  return { name: 'migrator', run }
}

/** Moves the datastore to the version of the OS. */
export const migrator: Program = createMigrator(KNOWN_RELEASES)
