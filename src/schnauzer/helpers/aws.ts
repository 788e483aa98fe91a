/** Registry and repository addresses by AWS region. */
import { single, stringOf, type TextHelper } from '../helper.ts'

const FALLBACK_REGION = 'us-east-1'
const MAIN_ACCOUNT = '328549459982'

/** Accounts of the registry that holds Bottlerocket's images. */
const ACCOUNTS = new Map<string, string>([
  ...[
    'ap-northeast-1',
    'ap-northeast-2',
    'ap-northeast-3',
    'ap-south-1',
    'ap-southeast-1',
    'ap-southeast-2',
    'ca-central-1',
    'eu-central-1',
    'eu-north-1',
    'eu-west-1',
    'eu-west-2',
    'eu-west-3',
    'sa-east-1',
    'us-east-1',
    'us-east-2',
    'us-west-1',
    'us-west-2',
  ].map((region): [string, string] => [region, MAIN_ACCOUNT]),
  ['af-south-1', '917644944286'],
  ['ap-east-1', '375569722642'],
  ['ap-south-2', '764716012617'],
  ['ap-southeast-3', '386774335080'],
  ['ap-southeast-4', '731751899352'],
  ['ap-southeast-5', '851725293737'],
  ['ca-west-1', '253897149516'],
  ['cn-north-1', '183470599484'],
  ['cn-northwest-1', '183901325759'],
  ['eu-central-2', '861738308508'],
  ['eu-isoe-west-1', '589460436674'],
  ['eu-south-1', '586180183710'],
  ['eu-south-2', '620625777247'],
  ['il-central-1', '288123944683'],
  ['me-central-1', '553577323255'],
  ['me-south-1', '509306038620'],
  ['us-gov-east-1', '388230364387'],
  ['us-gov-west-1', '347163068887'],
])

const DOMAINS: Readonly<Record<string, string>> = {
  'cn-north-1': 'amazonaws.com.cn',
  'cn-northwest-1': 'amazonaws.com.cn',
  'eu-isoe-west-1': 'cloud.adc-e.uk',
}

/** `ecr-prefix REGION`: host of the registry; that of us-east-1 for a region that is not known. */
export const ECR_PREFIX: TextHelper = {
  kind: 'text',
  count: 1,
  run: ([given]) => {
    const asked = stringOf(given, 'the region')
    const region = ACCOUNTS.has(asked) ? asked : FALLBACK_REGION
    const account = ACCOUNTS.get(region) ?? MAIN_ACCOUNT
    return single(`${account}.dkr.ecr.${region}.${DOMAINS[region] ?? 'amazonaws.com'}`)
  },
}

/** Regions that have their own update repository, and its host's end. */
const REPOSITORIES = new Map([
  ['cn-north-1', 's3.dualstack.cn-north-1.amazonaws.com.cn'],
  ['cn-northwest-1', 's3.dualstack.cn-northwest-1.amazonaws.com.cn'],
  ['eu-isoe-west-1', 's3.eu-isoe-west-1.cloud.adc-e.uk'],
])

/** `tuf-prefix REGION`: base address of the update repository. */
export const TUF_PREFIX: TextHelper = {
  kind: 'text',
  count: 1,
  run: ([given]) => {
    const region = stringOf(given, 'the region')
    const host = REPOSITORIES.get(region)
    return single(
      host === undefined ? 'https://updates.bottlerocket.aws' : `https://bottlerocket-updates-${region}.${host}/latest`,
    )
  },
}

/** `metadata-prefix REGION`: what stands before the repository's metadata. */
export const METADATA_PREFIX: TextHelper = {
  kind: 'text',
  count: 1,
  run: ([given]) => (REPOSITORIES.has(stringOf(given, 'the region')) ? single('/metadata') : { pieces: [] }),
}
