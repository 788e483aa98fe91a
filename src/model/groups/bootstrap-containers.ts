import { boolean } from '../combinators.ts'
import { map, record } from '../combinators-containers.ts'
import { bootstrapMode } from '../scalars/bootstrap.ts'
import { url } from '../scalars/network-names.ts'
import { base64, identifier } from '../scalars/strings.ts'
import type { Group } from '../types.ts'

export const bootstrapContainers: Group = {
  name: 'bootstrap-containers',
  description: 'Containers that run to their end before the orchestrator starts.',
  effect: 'next-boot',
  type: map(
    identifier,
    record({
      source: {
        type: url,
        description: 'Image that the container is made from.',
        examples: ['registry.example/setup:v1'],
      },
      mode: {
        type: bootstrapMode,
        description: 'When it runs: never, at the next boot only, or at every boot.',
        examples: ['once'],
      },
      'user-data': {
        type: base64,
        description: 'Data that the container finds in a file, in base64.',
        examples: ['aGVsbG8='],
        secret: true,
      },
      essential: {
        type: boolean,
        description: 'Whether the boot stops when the container fails.',
        examples: [true],
      },
    }),
  ),
}
