import { boolean } from '../combinators.ts'
import { record } from '../combinators-containers.ts'
import { deviceIdStrategy, deviceListStrategy } from '../scalars/kubernetes-choices.ts'
import type { Group } from '../types.ts'

const nvidia = record({
  'pass-device-specs': {
    type: boolean,
    description: 'Whether the kubelet is told the device nodes and permissions of what it allocates.',
    examples: [true],
  },
  'device-id-strategy': {
    type: deviceIdStrategy,
    description: 'Whether GPUs are told apart by their UUID or by their index.',
    examples: ['index'],
  },
  'device-list-strategy': {
    type: deviceListStrategy,
    description: 'How a container is told its GPUs: by an environment variable or by volume mounts.',
    examples: ['volume-mounts'],
  },
})

export const kubeletDevicePlugins: Group = {
  name: 'kubelet-device-plugins',
  description: 'How devices such as GPUs are offered to pods.',
  type: record({
    nvidia: {
      type: nvidia,
      description: 'The device plugin for NVIDIA GPUs.',
      examples: [{ 'pass-device-specs': true, 'device-id-strategy': 'uuid' }],
    },
  }),
}
