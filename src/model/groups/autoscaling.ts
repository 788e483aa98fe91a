import { boolean } from '../combinators.ts'
import { record } from '../combinators-containers.ts'
import type { Group } from '../types.ts'

export const autoscaling: Group = {
  name: 'autoscaling',
  description: 'Warm pools of EC2 Auto Scaling.',
  type: record({
    'should-wait': {
      type: boolean,
      description: 'Whether the boot waits until the instance has left the warm pool.',
      examples: [true],
    },
  }),
}
