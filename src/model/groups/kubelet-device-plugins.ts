import { boolean } from '../combinators.ts'
import { record } from '../combinators-containers.ts'
import { deviceIdStrategy, deviceListStrategy } from '../scalars/kubernetes-choices.ts'
import type { Group } from '../types.ts'

const nvidia = record({
  'pass-device-specs': {
    type: boolean,
    description: 'Whether device specifications are passed to the kubelet.',
    examples: [true],
  },
  'device-id-strategy': { type: deviceIdStrategy, description: 'How devices are identified.', examples: ['index'] },
  'device-list-strategy': {
    type: deviceListStrategy,
    description: 'How the list of devices reaches the container runtime.',
    examples: ['volume-mounts'],
  },
})

export const kubeletDevicePlugins: Group = {
  name: 'kubelet-device-plugins',
  description: 'Device plugins of the kubelet.',
  type: record({
    nvidia: {
      type: nvidia,
      description: 'The NVIDIA device plugin.',
      examples: [{ 'pass-device-specs': true, 'device-id-strategy': 'uuid' }],
    },
  }),
}
