import { boolean } from '../combinators.ts'
import { map, record } from '../combinators-containers.ts'
import { url } from '../scalars/network-names.ts'
import { base64, identifier } from '../scalars/strings.ts'
import type { Group } from '../types.ts'

export const hostContainers: Group = {
  name: 'host-containers',
  description: 'Containers that run beside the orchestrator, such as admin and control.',
  type: map(
    identifier,
    record({
      source: {
        type: url,
        description: 'Image that the container is made from.',
        examples: ['registry.example/admin:v0.11.14'],
      },
      enabled: { type: boolean, description: 'Whether the container runs.', examples: [true] },
      superpowered: {
        type: boolean,
        description: 'Whether the container gets elevated rights on the host.',
        examples: [false],
      },
      'user-data': {
        type: base64,
        description: 'Data that the container finds in a file, in base64.',
        examples: ['aGVsbG8='],
        secret: true,
      },
    }),
  ),
}
