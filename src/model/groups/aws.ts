import { record } from '../combinators-containers.ts'
import { base64, singleLine } from '../scalars/strings.ts'
import type { Group } from '../types.ts'

export const aws: Group = {
  name: 'aws',
  description: 'AWS region, profile and credentials of the host.',
  type: record({
    region: { type: singleLine, description: 'AWS region.', examples: ['eu-central-1'] },
    config: { type: base64, description: 'AWS configuration file, in base64.', examples: ['W2RlZmF1bHRdCg=='] },
    credentials: {
      type: base64,
      description: 'AWS credentials file, in base64.',
      examples: ['W2RlZmF1bHRdCg=='],
      secret: true,
    },
    profile: { type: singleLine, description: 'Profile in these files that is used.', examples: ['default'] },
  }),
}
