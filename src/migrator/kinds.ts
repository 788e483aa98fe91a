/** The kinds of migrations that releases are made of. Key names are in their canonical form. */
import { PipelineError } from '../lib/errors.ts'
import { isJsonArray, jsonEquals, printJson, type JsonValue } from '../lib/json.ts'
import { nothing, type Migration, type MigrationContext, type MigrationData } from './migration.ts'

/** A value that changes with the release: what it was, and what it is from then on. */
interface Replacement<T> {
  readonly old: T
  readonly new: T
}

const reversed = <T extends Replacement<unknown>>(replacement: T): T => ({
  ...replacement,
  old: replacement.new,
  new: replacement.old,
})

/** A release that has new settings: the way back removes them. */
export function addSettings(keys: readonly string[]): Migration {
  const remove = ({ data }: MigrationData): void => {
    for (const key of keys) data.delete(key)
  }
  return { forward: nothing, backward: remove }
}

/** A release that has new groups of settings: the way back removes every key that starts with one of the texts. */
export function addPrefixes(prefixes: readonly string[]): Migration {
  const remove = ({ data }: MigrationData): void => {
    for (const key of [...data.keys()]) if (prefixes.some((prefix) => key.startsWith(prefix))) data.delete(key)
  }
  return { forward: nothing, backward: remove }
}

/** A release that lacks settings of the one before. They do not come back on the way back. */
export function removeSettings(keys: readonly string[]): Migration {
  return { forward: addSettings(keys).backward, backward: nothing }
}

function replaceValue(
  found: JsonValue | undefined,
  name: string,
  { old, new: value }: Replacement<JsonValue>,
  { note }: MigrationContext,
): JsonValue | undefined {
  if (found === undefined) note(`${name} is not set`)
  else if (jsonEquals(found, old)) return value
  else note(`${name} holds something else and stays`)
  return undefined
}

/** A text that is replaced if nobody has changed it. */
export function replaceString(key: string, replacement: Replacement<string>): Migration {
  const replace =
    (each: Replacement<string>) =>
    ({ data }: MigrationData, context: MigrationContext): void => {
      const value = replaceValue(data.get(key), key, each, context)
      if (value !== undefined) data.set(key, value)
    }
  return { forward: replace(replacement), backward: replace(reversed(replacement)) }
}

interface ListReplacement extends Replacement<readonly string[]> {
  readonly key: string
}

/** A list is compared only if it is one of texts. @throws PipelineError `MIGRATION_FAILED` */
function checkList(name: string, value: JsonValue | undefined): void {
  if (!isJsonArray(value) || value.every((item) => typeof item === 'string')) return
  throw new PipelineError(
    'MIGRATION_FAILED',
    `${name} holds a list with something else than texts: ${printJson(value)}`,
  )
}

/** Lists that are replaced if they are exactly, in the same order, what they were made as. */
export function replaceLists(replacements: readonly ListReplacement[]): Migration {
  const replace =
    (all: readonly ListReplacement[]) =>
    ({ data }: MigrationData, context: MigrationContext): void => {
      for (const each of all) {
        checkList(each.key, data.get(each.key))
        const value = replaceValue(data.get(each.key), each.key, each, context)
        if (value !== undefined) data.set(each.key, value)
      }
    }
  return { forward: replace(replacements), backward: replace(replacements.map(reversed)) }
}

interface MetadataNames {
  readonly key: string
  readonly names: readonly string[]
}

/** A release that has new metadata: the way back removes it. */
export function addMetadata(entries: readonly MetadataNames[]): Migration {
  const remove = ({ metadata }: MigrationData): void => {
    for (const { key, names } of entries) for (const name of names) metadata.get(key)?.delete(name)
  }
  return { forward: nothing, backward: remove }
}

/** A release that lacks metadata of the one before. */
export function removeMetadata(entries: readonly MetadataNames[]): Migration {
  return { forward: addMetadata(entries).backward, backward: nothing }
}

interface MetadataReplacement<T> extends Replacement<T> {
  readonly key: string
  readonly metadata: string
}

function replaceMetadataValues<T extends string | readonly string[]>(
  replacements: readonly MetadataReplacement<T>[],
  check: (name: string, value: JsonValue | undefined) => void,
): Migration {
  const replace =
    (all: readonly MetadataReplacement<T>[]) =>
    ({ metadata }: MigrationData, context: MigrationContext): void => {
      for (const each of all) {
        const entries = metadata.get(each.key)
        const name = `${each.metadata} of ${each.key}`
        check(name, entries?.get(each.metadata))
        const value = replaceValue(entries?.get(each.metadata), name, each, context)
        if (value !== undefined) entries?.set(each.metadata, value)
      }
    }
  return { forward: replace(replacements), backward: replace(replacements.map(reversed)) }
}

/** Metadata texts that are replaced if they are what they were made as. */
export function replaceMetadata(replacements: readonly MetadataReplacement<string>[]): Migration {
  return replaceMetadataValues(replacements, () => undefined)
}

/** Metadata lists that are replaced if they are exactly what they were made as. */
export function replaceMetadataLists(replacements: readonly MetadataReplacement<readonly string[]>[]): Migration {
  return replaceMetadataValues(replacements, checkList)
}

/** A release that needs a datastore of its own, but changes nothing in it. */
export const noChange: Migration = { forward: nothing, backward: nothing }
