/** The nested types of the kubernetes group. */
import { isJsonArray } from '../../lib/json.ts'
import { boolean } from '../combinators.ts'
import { converted, list, map, record, union } from '../combinators-containers.ts'
import { kubernetesDuration } from '../scalars/durations.ts'
import { evictionSignal, reservedResource } from '../scalars/kubernetes-choices.ts'
import { labelKey, labelValue, taintValue } from '../scalars/kubernetes-names.ts'
import { quantity, threshold } from '../scalars/quantities.ts'
import { base64, identifier, singleLine } from '../scalars/strings.ts'

export const evictionThresholds = map(evictionSignal, threshold)
export const evictionPeriods = map(evictionSignal, kubernetesDuration)
export const reservedResources = map(reservedResource, quantity)
export const nodeLabels = map(labelKey, labelValue)

/** One taint or several; always stored as a list. */
const taints = converted(
  union('a taint, or a list of taints', [taintValue, list(taintValue, { nonEmpty: true })]),
  (value) => (isJsonArray(value) ? value : [value]),
)

export const nodeTaints = map(labelKey, taints)

export const staticPods = map(
  identifier,
  record({
    enabled: { type: boolean, description: 'Whether the pod runs.', examples: [true] },
    manifest: {
      type: base64,
      description: 'Manifest of the pod in YAML or JSON, in base64.',
      examples: ['YXBpVmVyc2lvbjogdjEK'],
    },
  }),
)

/** Reference: the only record that ignores members it does not know. */
export const credentialProviders = map(
  identifier,
  record(
    {
      enabled: {
        type: boolean,
        required: true,
        description: 'Whether the kubelet uses the provider.',
        examples: [true],
      },
      'image-patterns': {
        type: list(singleLine),
        required: true,
        description: 'Patterns of the images that the provider is asked for.',
        examples: [['*.dkr.ecr.*.amazonaws.com']],
      },
      'cache-duration': {
        type: kubernetesDuration,
        description: 'How long a credential is used before it is asked for again.',
        examples: ['12h'],
      },
      environment: {
        type: map(singleLine, singleLine),
        description: 'Environment variables of the provider.',
        examples: [{ AWS_PROFILE: 'default' }],
      },
    },
    { unknownMembers: 'ignore' },
  ),
)

const memoryAmount = (
  what: string,
): { type: typeof quantity; refusesNull: true; description: string; examples: string[] } => ({
  type: quantity,
  refusesNull: true,
  description: `How much ${what} is set aside on the NUMA node.`,
  examples: ['1Gi'],
})

export const memoryReservations = map(
  identifier,
  record(
    {
      enabled: { type: boolean, required: true, description: 'Whether the reservation counts.', examples: [true] },
      memory: memoryAmount('memory'),
      'hugepages-2Mi': memoryAmount('memory in huge pages of 2 MiB'),
      'hugepages-1Gi': memoryAmount('memory in huge pages of 1 GiB'),
    },
    { positional: false },
  ),
)
