import { boolean } from '../combinators.ts'
import { record } from '../combinators-containers.ts'
import type { Group } from '../types.ts'

export const nvidiaContainerRuntime: Group = {
  name: 'nvidia-container-runtime',
  description: 'How containers get at NVIDIA devices.',
  type: record({
    'visible-devices-as-volume-mounts': {
      type: boolean,
      description: 'Whether devices may be requested by volume mounts.',
      examples: [true],
    },
    'visible-devices-envvar-when-unprivileged': {
      type: boolean,
      description: 'Whether unprivileged containers may request devices by an environment variable.',
      examples: [false],
    },
  }),
}
