/** All settings models, each for a family of variants, in alphabetical order. Apart from the models, which need zod. */
export const MODEL_NAMES = [
  'aws-dev',
  'aws-ecs-1',
  'aws-ecs-2',
  'aws-k8s',
  'aws-k8s-nvidia',
  'metal-dev',
  'metal-k8s',
  'vmware-dev',
  'vmware-k8s',
] as const

/** The model of a family of variants. */
export type ModelName = (typeof MODEL_NAMES)[number]
