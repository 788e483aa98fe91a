import { sortedEntries } from '../../lib/byte-order.ts'
import { isJsonObject, jsonObject, type JsonObject, type JsonValue } from '../../lib/json.ts'
import { converted, list, map, record, union } from '../combinators-containers.ts'
import { url } from '../scalars/network-names.ts'
import { base64, singleLine } from '../scalars/strings.ts'
import type { Group } from '../types.ts'

const mirror = record({
  registry: { type: singleLine, description: 'Registry that is mirrored; `*` for all.', examples: ['docker.io'] },
  endpoint: {
    type: list(url),
    description: 'Mirrors, in the order they are tried.',
    examples: [['https://mirror.example']],
  },
})

const credential = record({
  registry: { type: singleLine, description: 'Registry that the credential is for.', examples: ['docker.io'] },
  username: { type: singleLine, description: 'User name at the registry.', examples: ['reader'] },
  password: {
    type: singleLine,
    description: 'Password that goes with the user name.',
    examples: ['example'],
    secret: true,
  },
  auth: {
    type: base64,
    description: 'User name and password joined by a colon, in base64.',
    examples: ['dTpw'],
    secret: true,
  },
  identitytoken: {
    type: singleLine,
    description: 'Token used instead of a password.',
    examples: ['example'],
    secret: true,
  },
})

/** Reference: the map form is stored as a list. */
function toMirrorList(mirrors: JsonValue): JsonValue {
  if (!isJsonObject(mirrors)) return mirrors
  return sortedEntries(mirrors).map(([registry, endpoint]): JsonObject => jsonObject({ registry, endpoint }))
}

const mirrors = converted(union('a list of mirrors', [list(mirror), map(singleLine, list(url))]), toMirrorList)

export const containerRegistry: Group = {
  name: 'container-registry',
  description: 'Mirrors of image registries and credentials for them.',
  type: record(
    {
      mirrors: {
        type: mirrors,
        refusesNull: true,
        description: 'Mirrors of registries: a list, or a table of registry names with lists of mirrors.',
        examples: [[{ registry: 'docker.io', endpoint: ['https://mirror.example'] }]],
      },
      credentials: {
        type: list(credential),
        aliases: ['creds'],
        description: 'Credentials for registries.',
        examples: [[{ registry: 'docker.io', username: 'reader', password: 'example' }]],
      },
    },
    { positional: { least: 0 } },
  ),
}
