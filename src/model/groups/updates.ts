import { boolean, u32 } from '../combinators.ts'
import { record } from '../combinators-containers.ts'
import { url } from '../scalars/network-names.ts'
import { friendlyVersion } from '../scalars/version.ts'
import type { Group } from '../types.ts'

export const updates: Group = {
  name: 'updates',
  description: 'Where system updates come from, and when this host takes them.',
  type: record({
    'metadata-base-url': {
      type: url,
      description: 'Base URL of the repository metadata.',
      examples: ['https://updates.example/2020-07-07/metadata/'],
    },
    'targets-base-url': {
      type: url,
      description: 'Base URL of the update images.',
      examples: ['https://updates.example/targets/'],
    },
    seed: {
      type: u32,
      description: 'Place of this host in the waves of an update, between 0 and 2047.',
      examples: [42n],
    },
    'version-lock': {
      type: friendlyVersion,
      description: 'Version that updates lead to: a fixed one, or always the latest.',
      examples: ['latest', 'v1.24.1'],
    },
    'ignore-waves': {
      type: boolean,
      description: 'Whether an update is taken at once instead of in the wave of this host.',
      examples: [false],
    },
  }),
}
