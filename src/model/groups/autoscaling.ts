import { boolean } from '../combinators.ts'
import { record } from '../combinators-containers.ts'
import type { Group } from '../types.ts'

export const autoscaling: Group = {
  name: 'autoscaling',
  description: 'Warm pools of EC2 Auto Scaling.',
  effect: 'first-boot',
  type: record({
    'should-wait': {
      type: boolean,
      description: 'Whether the node joins its cluster only after it has left the warm pool.',
      examples: [true],
    },
  }),
}
