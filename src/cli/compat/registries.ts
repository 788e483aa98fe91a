/** Registry settings that the release itself writes broken files for. */
import type { Diagnostic } from '../../lib/diagnostics.ts'
import { JsonSyntaxError, parseJson } from '../../lib/json-parse.ts'
import { isJsonArray, jsonEquals, jsonObject, member, type JsonObject, type JsonValue } from '../../lib/json.ts'
import { escapeOf } from './reference-text.ts'

/** A finding before its place is known. */
export type Finding = Pick<Diagnostic, 'code' | 'message' | 'hint'> & {
  /** From `settings` on. */
  readonly path: readonly string[]
  /** Where the other one of two stands. */
  readonly other?: { readonly path: readonly string[]; readonly message: string }
}

const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')

function entriesOf(settings: JsonObject, list: string): readonly JsonValue[] {
  const found = member(member(settings, 'container-registry'), list)
  return isJsonArray(found) ? found : []
}

/** Names under which an entry is written to the files that have a table for each registry. */
function tableName(list: string, registry: string): string {
  return list === 'credentials' && registry === 'docker.io' ? 'registry-1.docker.io' : registry
}

/**
 * Entries of one list that lead to the same table: here the last one counts, there the file is broken.
 *
 * @param files the files that have such tables
 */
export function repeatedRegistries(settings: JsonObject, files: readonly string[]): Finding[] {
  if (files.length === 0) return []
  return ['mirrors', 'credentials'].flatMap((list) => {
    const seen = new Map<string, number>()
    return entriesOf(settings, list).flatMap((entry, i): Finding[] => {
      const name = tableName(list, textOf(member(entry, 'registry')))
      const before = seen.get(name)
      seen.set(name, i)
      if (before === undefined) return []
      const pathOf = (position: number): string[] => [
        'settings',
        'container-registry',
        list,
        String(position),
        'registry',
      ]
      return [
        {
          code: 'COMPAT_REGISTRY_REPEATED',
          path: pathOf(i),
          message: `this leads to the same table as an entry before it, which makes ${files.join(', ')} unreadable; here the last one counts`,
          hint: 'keep one entry for each registry',
          other: { path: pathOf(before), message: 'the entry that it repeats' },
        },
      ]
    })
  })
}

const DOCKER_HUB = 'https://index.docker.io/v1/'

/** What the release puts together, by its own rule: only a password brings the closing brace of its entry. */
function releaseAuthData(credentials: readonly JsonValue[]): string {
  const entries = credentials.map((entry) => {
    const registry = textOf(member(entry, 'registry'))
    const name = registry === 'docker.io' ? DOCKER_HUB : registry.replace(/[&<>"'`=]/g, escapeOf)
    const field = (key: string, end = ''): string => {
      const value = textOf(member(entry, key))
      return value === '' ? '' : `,"${key}": "${value}"${end}`
    }
    return `"${name}":{"email": "."${field('auth')}${field('username')}${field('password', '}')}`
  })
  return `{${entries.join(',')}}}`
}

function authData(credentials: readonly JsonValue[]): JsonObject {
  const data = jsonObject()
  for (const entry of credentials) {
    const registry = textOf(member(entry, 'registry'))
    const fields = ['auth', 'username', 'password']
      .map((key): [string, string] => [key, textOf(member(entry, key))])
      .filter(([, value]) => value !== '')
    data[registry === 'docker.io' ? DOCKER_HUB : registry] = jsonObject({ email: '.', ...Object.fromEntries(fields) })
  }
  return data
}

function isRead(text: string, expected: JsonObject): boolean {
  try {
    return jsonEquals(parseJson(text), expected)
  } catch (error) {
    if (error instanceof JsonSyntaxError) return false
    throw error
  }
}

/** Credentials for which the ECS agent of the release gets text that is no JSON, or means something else. */
export function unreadableAuthData(settings: JsonObject, file: string): Finding[] {
  const credentials = entriesOf(settings, 'credentials')
  if (credentials.length === 0 || isRead(releaseAuthData(credentials), authData(credentials))) return []
  return [
    {
      code: 'COMPAT_ECS_AUTH_DATA',
      path: ['settings', 'container-registry', 'credentials'],
      message: `a host of release 1.24.1 writes ECS_ENGINE_AUTH_DATA in ${file} so that the agent cannot read it`,
      hint: 'there it is right for a single entry with `auth` alone; here every form is written as valid JSON',
    },
  ]
}

/** The setting that the release's template reads by another name. */
export function ignoredSpotDraining(settings: JsonObject, file: string): Finding[] {
  if (member(member(settings, 'ecs'), 'enable-spot-instance-draining') !== true) return []
  return [
    {
      code: 'COMPAT_ECS_SPOT_DRAINING',
      path: ['settings', 'ecs', 'enable-spot-instance-draining'],
      message: `a host of release 1.24.1 ignores this and writes false to ${file}`,
      hint: 'here the agent gets the value; on such a host, drain instances by other means',
    },
  ]
}
