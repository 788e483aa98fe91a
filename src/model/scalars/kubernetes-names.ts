/** Names, tokens and labels of Kubernetes. */
import { converted } from '../combinators-containers.ts'
import { choice, text } from '../combinators.ts'
import type { ConvertedType } from '../types.ts'

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
const LABEL_BODY = '[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?'

const LABEL_RULE =
  'up to 63 letters, digits, dots, underscores and hyphens, beginning and ending with a letter or digit'

export const labelKey = text(
  'KubernetesLabelKey',
  `a label key: ${LABEL_RULE}; optionally a domain and a slash before it`,
  new RegExp(`^(?:[A-Za-z0-9.-]{1,253}/)?${LABEL_BODY}$`),
)

export const labelValue = text(
  'KubernetesLabelValue',
  `a label value: empty, or ${LABEL_RULE}`,
  new RegExp(`^(?:${LABEL_BODY})?$`),
)

/** Reference: the effect is not compared with those that Kubernetes knows. */
export const taintValue = text(
  'KubernetesTaintValue',
  'a taint: value, colon and effect, such as "gpu:NoSchedule"',
  new RegExp(`^(?:${LABEL_BODY})?:[A-Za-z0-9]{1,253}$`),
)

export const clusterName = text('KubernetesClusterName', `a cluster name: ${LABEL_RULE}`, new RegExp(`^${LABEL_BODY}$`))

/** https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/#token-format */
export const bootstrapToken = text(
  'KubernetesBootstrapToken',
  'a bootstrap token: 6 characters, a dot, 16 characters, all lower-case letters or digits',
  /^[a-z0-9]{6}\.[a-z0-9]{16}$/,
)

export const authenticationMode = choice(['aws', 'tls'])

const NO_CLOUD_PROVIDER = '""'
const CLOUD_PROVIDERS = ['aws', 'external', '', NO_CLOUD_PROVIDER]

/** Reference: the empty string is stored as two quote characters, which is what the kubelet's unit needs. */
export const cloudProvider: ConvertedType = converted(
  text('KubernetesCloudProvider', '"aws", "external" or an empty string', (value) => CLOUD_PROVIDERS.includes(value), {
    shape: { words: CLOUD_PROVIDERS },
  }),
  (value) => (value === '' ? NO_CLOUD_PROVIDER : value),
)

const CPU_PIECE = '[0-9]+(?:(?:-[0-9]{2,})*-[0-9]+)?'

/** Reference: ranges are not checked for order, and chains such as `1-23-4` slip through. */
export const cpuSet = text(
  'KernelCpuSetValue',
  'a list of CPUs such as "0-3,7"',
  new RegExp(`^${CPU_PIECE}(?:,${CPU_PIECE})*$`),
)
