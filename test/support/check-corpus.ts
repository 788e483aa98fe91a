/** A repository of launch templates, node classes, plans and user data, some of it faulty, with all that lies beside them. */
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** A file and what is in it. */
export interface CorpusFile {
  readonly name: string
  readonly text: string
  /** How many documents of settings it holds. */
  readonly documents: number
}

const lines = (...all: string[]): string => `${all.join('\n')}\n`
const indented = (text: string, by: number): string => text.replace(/^(?=.)/gm, ' '.repeat(by))

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** Every so many documents have a fault, others something that is worth a warning. */
const FAULTY_EVERY = 23
const ODD_EVERY = 31

function kubernetes(i: number): string {
  const fault = i % FAULTY_EVERY === 5 ? ['max-pods = "110"', 'cluster-nam = "x"'] : ['max-pods = 110']
  return lines(
    ...(i % ODD_EVERY === 7 ? ['registry-qps = 0', ''] : []),
    '[settings.kubernetes]',
    `cluster-name = "cluster-${String(i)}"`,
    `api-server = "https://${String(i).padStart(32, 'A')}.gr7.us-west-2.eks.amazonaws.com"`,
    'cluster-certificate = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSURCVENDQWUyZ0F3SUJBZ0lJ"',
    'cluster-dns-ip = "10.100.0.10"',
    ...fault,
    'image-gc-high-threshold-percent = 85',
    '',
    '[settings.kubernetes.node-labels]',
    ...Array.from({ length: 4 + (i % 5) }, (_, n) => `"example.com/label-${String(n)}" = "value-${String(i)}"`),
    '',
    '[settings.kubernetes.node-taints]',
    '"example.com/dedicated" = ["batch:NoSchedule"]',
    '',
    '[settings.kubernetes.eviction-hard]',
    '"memory.available" = "5%"',
    '"nodefs.available" = "10%"',
    '',
    '[settings.kubernetes.kube-reserved]',
    'cpu = "100m"',
    'memory = "600Mi"',
    '',
    '[settings.kernel.sysctl]',
    '"net.core.somaxconn" = "4096"',
    '"vm.max_map_count" = "262144"',
    '"fs.inotify.max_user_watches" = "524288"',
    '',
    '[[settings.container-registry.mirrors]]',
    'registry = "docker.io"',
    `endpoint = ["https://mirror-${String(i % 5)}.example.com"]`,
    '',
    '[settings.bootstrap-containers.setup]',
    'source = "public.ecr.aws/example/setup:v1"',
    'mode = "once"',
    `user-data = "${base64(`#!/bin/sh\necho node ${String(i)}\n`)}"`,
    '',
    '[settings.metrics]',
    'send-metrics = false',
    '',
    '[settings.host-containers.admin]',
    `enabled = ${String(i % 2 === 0)}`,
    '',
    '[settings.ntp]',
    'time-servers = ["169.254.169.123"]',
  )
}

function ecs(i: number): string {
  return lines(
    '[settings.ecs]',
    `cluster = "cluster-${String(i)}"`,
    'enable-spot-instance-draining = true',
    ...(i % FAULTY_EVERY === 9 ? ['logging-drivers = "awslogs"'] : ['logging-drivers = ["awslogs"]']),
    '',
    '[settings.ecs.instance-attributes]',
    `team = "team-${String(i % 7)}"`,
    '',
    '[settings.host-containers.control]',
    'enabled = true',
  )
}

const oneNodeClass = (name: string, i: number): string[] => [
  'apiVersion: karpenter.k8s.aws/v1',
  'kind: EC2NodeClass',
  'metadata:',
  `  name: ${name}-${String(i)}`,
  'spec:',
  '  role: KarpenterNodeRole',
  '  amiSelectorTerms:',
  '    - alias: bottlerocket@v1.24.1',
  '  userData: |',
  indented(kubernetes(i), 4).trimEnd(),
  '---',
]

function nodeClass(i: number): string {
  return lines(
    // one that outlives an upgrade of the cluster
    '# bottlerocket: variant=aws-k8s-1.29, aws-k8s-1.30',
    ...oneNodeClass('general', i),
    ...oneNodeClass('batch', i + 1),
    'apiVersion: karpenter.sh/v1',
    'kind: NodePool',
    'metadata:',
    `  name: pool-${String(i)}`,
    'spec:',
    '  template:',
    '    spec:',
    '      requirements:',
    '        - { key: karpenter.sh/capacity-type, operator: In, values: [spot, on-demand] }',
  )
}

function cloudFormation(i: number): string {
  return lines(
    '# bottlerocket: variant=aws-ecs-2',
    'AWSTemplateFormatVersion: "2010-09-09"',
    'Parameters:',
    '  Cluster: { Type: String }',
    'Resources:',
    '  Template:',
    '    Type: AWS::EC2::LaunchTemplate',
    '    Properties:',
    '      LaunchTemplateData:',
    '        InstanceType: m5.large',
    '        UserData:',
    '          Fn::Base64: !Sub |',
    indented(ecs(i), 12).trimEnd(),
    '  Bastion:',
    '    Type: AWS::EC2::Instance',
    '    Properties:',
    '      UserData:',
    '        Fn::Base64: |',
    '          #!/bin/bash',
    '          yum update -y',
  )
}

function eksctl(i: number): string {
  const group = (n: number): string[] => [
    `  - name: group-${String(n)}`,
    '    amiFamily: Bottlerocket',
    '    bottlerocket:',
    '      settings:',
    `        motd: "group ${String(n)} of ${String(i)}"`,
    '        kubernetes:',
    i % FAULTY_EVERY === 13 ? '          max-pods: many' : '          max-pods: 110',
  ]
  return lines(
    '# bottlerocket: variant=aws-k8s-1.30',
    'apiVersion: eksctl.io/v1alpha5',
    'kind: ClusterConfig',
    `metadata: { name: cluster-${String(i)}, region: us-west-2 }`,
    'managedNodeGroups:',
    ...group(1),
    ...group(2),
  )
}

function plan(i: number): string {
  const resource = (n: number): object => ({
    address: `aws_launch_template.nodes[${String(n)}]`,
    type: 'aws_launch_template',
    values: {
      name: `nodes-${String(i)}-${String(n)}`,
      instance_type: 'm5.large',
      tags: { team: 'platform', cost: String(n) },
      user_data: base64(kubernetes(i + n)),
    },
  })
  const root = { resources: [0, 1, 2, 3].map(resource) }
  return `${JSON.stringify({ format_version: '1.2', planned_values: { root_module: root } }, undefined, 2)}\n`
}

const launchTemplate = (i: number): string =>
  `${JSON.stringify({ LaunchTemplateData: { ImageId: 'ami-0', UserData: base64(ecs(i)) } }, undefined, 2)}\n`

const deployment = (i: number): string =>
  lines(
    'apiVersion: apps/v1',
    'kind: Deployment',
    `metadata: { name: app-${String(i)} }`,
    'spec:',
    '  replicas: 2',
    '  template: { spec: { containers: [{ name: app, image: "example.com/app:1" }] } }',
  )

const numbered = (i: number): string => String(i).padStart(5, '0')

const KINDS: readonly ((i: number) => CorpusFile)[] = [
  (i) => ({
    name: `user-data/k8s-${numbered(i)}.toml`,
    text: `# bottlerocket: variant=aws-k8s-1.30\n${kubernetes(i)}`,
    documents: 1,
  }),
  (i) => ({ name: `karpenter/class-${numbered(i)}.yaml`, text: nodeClass(i), documents: 2 }),
  (i) => ({ name: `plans/plan-${numbered(i)}.json`, text: plan(i), documents: 4 }),
  (i) => ({ name: `cloudformation/stack-${numbered(i)}.yaml`, text: cloudFormation(i), documents: 1 }),
  (i) => ({ name: `user-data/k8s-${numbered(i)}.toml`, text: kubernetes(i), documents: 1 }),
  (i) => ({ name: `karpenter/class-${numbered(i)}.yaml`, text: nodeClass(i), documents: 2 }),
  (i) => ({ name: `user-data/ecs-${numbered(i)}.toml`, text: ecs(i), documents: 1 }),
  (i) => ({ name: `templates/ecs-${numbered(i)}.json`, text: launchTemplate(i), documents: 1 }),
  (i) => ({ name: `eksctl/cluster-${numbered(i)}.yaml`, text: eksctl(i), documents: 2 }),
  (i) => ({ name: `apps/app-${numbered(i)}.yaml`, text: deployment(i), documents: 0 }),
]

/** What says for which variant the files are that do not say it themselves. */
export const CORPUS_VARIANTS: readonly string[] = [
  ...['--variant', 'plans/*.json=aws-k8s-1.{29,30}'],
  ...['--variant', 'ecs-*=aws-ecs-2'],
  ...['--variant', 'k8s-*.toml=aws-k8s-1.30'],
]

/** That many files, always the same. */
export function corpus(count: number): CorpusFile[] {
  return Array.from({ length: count }, (_, i) => (KINDS[i % KINDS.length] as (n: number) => CorpusFile)(i))
}

/** Writes them under a directory. */
export function writeCorpus(directory: string, count: number): readonly CorpusFile[] {
  const files = corpus(count)
  for (const { name, text } of files) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true })
    writeFileSync(path.join(directory, name), text)
  }
  return files
}
