import { record } from '../combinators-containers.ts'
import { base64, singleLine } from '../scalars/strings.ts'
import type { Group } from '../types.ts'

export const aws: Group = {
  name: 'aws',
  description: 'AWS region, profile and credentials of the host.',
  type: record({
    region: {
      type: singleLine,
      description: 'Region that the host is in, or talks to AWS in.',
      examples: ['eu-central-1'],
    },
    config: {
      type: base64,
      description: 'Content of the AWS configuration file of the host, in base64.',
      examples: ['W2RlZmF1bHRdCg=='],
    },
    credentials: {
      type: base64,
      description: 'Content of the AWS credentials file of the host, in base64.',
      examples: ['W2RlZmF1bHRdCg=='],
      secret: true,
    },
    profile: {
      type: singleLine,
      description: 'Profile of the AWS configuration and credentials files that is used.',
      examples: ['default'],
    },
  }),
}
