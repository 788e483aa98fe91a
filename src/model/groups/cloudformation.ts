import { boolean } from '../combinators.ts'
import { record } from '../combinators-containers.ts'
import { singleLine } from '../scalars/strings.ts'
import type { Group } from '../types.ts'

export const cloudformation: Group = {
  name: 'cloudformation',
  description: 'Signal to AWS CloudFormation at the end of the first boot.',
  effect: 'first-boot',
  type: record({
    'should-signal': { type: boolean, description: 'Whether a signal is sent.', examples: [true] },
    'stack-name': { type: singleLine, description: 'Stack that waits for the signal.', examples: ['nodes'] },
    'logical-resource-id': {
      type: singleLine,
      description: 'Resource in the stack that waits for the signal.',
      examples: ['NodeGroup'],
    },
  }),
}
