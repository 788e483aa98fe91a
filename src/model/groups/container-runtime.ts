import { boolean, i32 } from '../combinators.ts'
import { record } from '../combinators-containers.ts'
import type { Group } from '../types.ts'

export const containerRuntime: Group = {
  name: 'container-runtime',
  description: 'The container runtime of Kubernetes nodes.',
  type: record({
    'max-container-log-line-size': {
      type: i32,
      description: 'Longest line of a container log in bytes, -1 for no limit.',
      examples: [16384n],
    },
    'max-concurrent-downloads': {
      type: i32,
      description: 'How many layers of an image are downloaded at the same time.',
      examples: [3n],
    },
    'enable-unprivileged-ports': {
      type: boolean,
      description: 'Whether containers may bind ports below 1024 without a capability.',
      examples: [true],
    },
    'enable-unprivileged-icmp': {
      type: boolean,
      description: 'Whether containers may send pings without a capability.',
      examples: [true],
    },
  }),
}
