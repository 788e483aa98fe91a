import { boolean } from '../combinators.ts'
import { record } from '../combinators-containers.ts'
import type { Group } from '../types.ts'

export const ociHooks: Group = {
  name: 'oci-hooks',
  description: 'Hooks that run when a container starts.',
  type: record({
    'log4j-hotpatch-enabled': {
      type: boolean,
      description: 'Without function since release 1.15; still accepted.',
      examples: [false],
      deprecated: true,
    },
  }),
}
