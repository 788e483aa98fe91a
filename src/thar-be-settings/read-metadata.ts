/** The requests that a run needs, and their answers as data. */
import { encodeQuery, type ApiClient } from '../api/client.ts'
import { PipelineError } from '../lib/errors.ts'
import { JsonSyntaxError, parseJson } from '../lib/json-parse.ts'
import { isJsonArray, isJsonObject, type JsonValue } from '../lib/json.ts'
import { decodeUtf8 } from '../lib/utf8.ts'
import { readConfigurationFiles, readServices, type ConfigurationFile, type Service } from '../model/metadata.ts'

/** Servers limit a request's head, often to 16 KiB in all; longer lists of keys are asked for in parts. */
const MAX_QUERY_BYTES = 8000

const isStringList = (value: JsonValue | undefined): value is readonly string[] =>
  isJsonArray(value) && value.every((item) => typeof item === 'string')

/** Reads the JSON array of key names from standard input. @throws PipelineError `APPLY_INVALID_KEYS` */
export function decodeChangedKeys(stdin: Uint8Array): readonly string[] {
  let keys: JsonValue
  try {
    keys = parseJson(decodeUtf8(stdin))
  } catch (cause) {
    const reason = cause instanceof JsonSyntaxError ? cause.message : 'not UTF-8'
    throw new PipelineError('APPLY_INVALID_KEYS', `standard input is no JSON array of keys: ${reason}`, { cause })
  }
  if (!isStringList(keys)) throw new PipelineError('APPLY_INVALID_KEYS', 'standard input is no JSON array of strings')
  return keys
}

/** Cuts a list into parts whose joined, encoded text stays short enough for one request. One part for an empty list. */
export function queryParts(items: readonly string[], maxBytes: number = MAX_QUERY_BYTES): string[][] {
  const parts: string[][] = [[]]
  let size = 0
  for (const item of items) {
    const length = encodeQuery(item).length + encodeQuery(',').length
    if (size > 0 && size + length > maxBytes) {
      parts.push([])
      size = 0
    }
    parts.at(-1)?.push(item)
    size += length
  }
  return parts
}

const listQuery = (items: readonly string[]): string => items.map(encodeQuery).join(',')

/**
 * The services that each of these keys affects; keys that affect none are left out.
 *
 * @throws PipelineError `API_BAD_STATUS` (also for an empty list of keys), `API_INVALID_RESPONSE`
 */
export async function fetchAffectedServices(
  api: ApiClient,
  keys: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const affected = new Map<string, readonly string[]>()
  for (const part of queryParts(keys)) {
    const uri = `/metadata/affected-services?keys=${listQuery(part)}`
    const answer = await api.getJson(uri)
    const entries = isJsonObject(answer) ? Object.entries(answer) : undefined
    if (entries === undefined || !entries.every(([, names]) => isStringList(names))) {
      throw new PipelineError('API_INVALID_RESPONSE', `GET ${uri} did not answer lists of services`)
    }
    for (const [key, names] of entries) affected.set(key, names as readonly string[])
  }
  return affected
}

async function fetchNamed<T>(
  api: ApiClient,
  area: string,
  names: readonly string[],
  read: (tree: JsonValue) => ReadonlyMap<string, T>,
): Promise<ReadonlyMap<string, T>> {
  const found = read(await api.getJson(`/${area}?names=${listQuery(names)}`))
  return new Map(
    names.map((name) => {
      const entry = found.get(name)
      if (entry === undefined) throw new PipelineError('API_INVALID_RESPONSE', `GET /${area} did not answer ${name}`)
      return [name, entry]
    }),
  )
}

/** These services. @throws PipelineError `API_BAD_STATUS` for an unknown name, `API_INVALID_RESPONSE`, `METADATA_INVALID` */
export function fetchServices(api: ApiClient, names: readonly string[]): Promise<ReadonlyMap<string, Service>> {
  return fetchNamed(api, 'services', names, readServices)
}

/** These files. @throws PipelineError `API_BAD_STATUS` for an unknown name, `API_INVALID_RESPONSE`, `METADATA_INVALID` */
export function fetchFiles(api: ApiClient, names: readonly string[]): Promise<ReadonlyMap<string, ConfigurationFile>> {
  return fetchNamed(api, 'configuration-files', names, readConfigurationFiles)
}

/** Every service. @throws PipelineError `API_BAD_STATUS`, `API_INVALID_RESPONSE`, `METADATA_INVALID` */
export async function fetchAllServices(api: ApiClient): Promise<ReadonlyMap<string, Service>> {
  return readServices(await api.getJson('/services'))
}

/** Every configuration file. @throws PipelineError `API_BAD_STATUS`, `API_INVALID_RESPONSE`, `METADATA_INVALID` */
export async function fetchAllFiles(api: ApiClient): Promise<ReadonlyMap<string, ConfigurationFile>> {
  return readConfigurationFiles(await api.getJson('/configuration-files'))
}
