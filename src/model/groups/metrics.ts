import { boolean } from '../combinators.ts'
import { list, record } from '../combinators-containers.ts'
import { url } from '../scalars/network-names.ts'
import { freeText } from '../scalars/strings.ts'
import type { Group } from '../types.ts'

export const metrics: Group = {
  name: 'metrics',
  description: 'Health reports to the makers of the system.',
  type: record({
    'metrics-url': {
      type: url,
      description: 'Where reports are sent.',
      examples: ['https://metrics.example/v1/metrics'],
    },
    'send-metrics': { type: boolean, description: 'Whether reports are sent.', examples: [false] },
    'service-checks': {
      type: list(freeText),
      description: 'Units whose state is reported.',
      examples: [['apiserver', 'containerd']],
    },
  }),
}
