import { boolean } from '../combinators.ts'
import { map, record } from '../combinators-containers.ts'
import { capabilityName, limitValue, resourceLimitName } from '../scalars/oci.ts'
import type { Group } from '../types.ts'

const limit = record({
  'hard-limit': {
    type: limitValue,
    required: true,
    description: 'Ceiling of the soft limit, -1 for none.',
    examples: [1048576n],
  },
  'soft-limit': {
    type: limitValue,
    required: true,
    description: 'Limit in force, -1 for none.',
    examples: [65536n, 'unlimited'],
  },
})

export const ociDefaults: Group = {
  name: 'oci-defaults',
  description: 'What containers get unless they ask for something else.',
  type: record({
    capabilities: {
      type: map(capabilityName, boolean),
      description: 'Linux capabilities, on or off.',
      examples: [{ 'net-raw': false }],
    },
    'resource-limits': {
      type: map(resourceLimitName, limit),
      description: 'Resource limits; hard and soft limit are always given together.',
      examples: [{ 'max-open-files': { 'hard-limit': 1048576n, 'soft-limit': 65536n } }],
    },
  }),
}
