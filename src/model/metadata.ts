/**
 * Readers for the two trees that say what happens when a setting changes: services and configuration files.
 *
 * Plain code without a schema library: thar-be-settings reads these at every change and has to start quickly.
 */
import { sortedEntries } from '../lib/byte-order.ts'
import { PipelineError } from '../lib/errors.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../lib/json.ts'
import { hasLineBreak } from './line-breaks.ts'

/** A service: the files that are rendered for it, then the commands that make it read them. */
export interface Service {
  readonly 'configuration-files': readonly string[]
  readonly 'restart-commands': readonly string[]
}

/** A rendered file: where it lies, the template it comes from, its mode in octal digits if not 0644. */
export interface ConfigurationFile {
  readonly path: string
  readonly 'template-path': string
  readonly mode?: string
}

function invalid(area: string, name: string, what: string): PipelineError {
  return new PipelineError('METADATA_INVALID', `${area}.${name}: ${what}`)
}

function readEach<T>(
  area: string,
  tree: JsonValue,
  read: (name: string, entry: JsonObject) => T,
): ReadonlyMap<string, T> {
  if (!isJsonObject(tree)) throw new PipelineError('METADATA_INVALID', `${area} is not an object`)
  const entries = sortedEntries(tree).map(([name, entry]): [string, T] => {
    if (!isJsonObject(entry)) throw invalid(area, name, 'not an object')
    return [name, read(name, entry)]
  })
  return new Map(entries)
}

function onlyMembers(area: string, name: string, entry: JsonObject, known: readonly string[]): void {
  for (const member of Object.keys(entry)) {
    if (!known.includes(member)) throw invalid(area, name, `unknown member ${JSON.stringify(member)}`)
  }
}

function stringsOf(area: string, name: string, entry: JsonObject, member: string): readonly string[] {
  const value = entry[member]
  if (!isJsonArray(value) || !value.every((item) => typeof item === 'string')) {
    throw invalid(area, name, `${member} must be a list of strings`)
  }
  return value
}

function lineOf(area: string, name: string, entry: JsonObject, member: string): string {
  const value = entry[member]
  if (typeof value !== 'string' || hasLineBreak(value))
    throw invalid(area, name, `${member} must be a string of one line`)
  return value
}

/**
 * Reads the `services` tree, in byte order of the names.
 *
 * @throws PipelineError METADATA_INVALID for a missing, unknown or mistyped member
 */
export function readServices(tree: JsonValue): ReadonlyMap<string, Service> {
  const area = 'services'
  return readEach(area, tree, (name, entry) => {
    onlyMembers(area, name, entry, ['configuration-files', 'restart-commands'])
    return {
      'configuration-files': stringsOf(area, name, entry, 'configuration-files'),
      'restart-commands': stringsOf(area, name, entry, 'restart-commands'),
    }
  })
}

/**
 * Reads the `configuration-files` tree, in byte order of the names. Whether `mode` is octal shows when a file is made.
 *
 * @throws PipelineError METADATA_INVALID for a missing, unknown or mistyped member
 */
export function readConfigurationFiles(tree: JsonValue): ReadonlyMap<string, ConfigurationFile> {
  const area = 'configuration-files'
  return readEach(area, tree, (name, entry) => {
    onlyMembers(area, name, entry, ['path', 'template-path', 'mode'])
    const mode = entry['mode']
    if (mode !== undefined && mode !== null && typeof mode !== 'string')
      throw invalid(area, name, 'mode must be a string')
    return {
      path: lineOf(area, name, entry, 'path'),
      'template-path': lineOf(area, name, entry, 'template-path'),
      ...(typeof mode === 'string' && { mode }),
    }
  })
}
