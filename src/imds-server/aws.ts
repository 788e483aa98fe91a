/**
 * The AWS calls of a boot: EKS DescribeCluster and EC2 DescribeInstances. A call must be signed for its service; the
 * signature itself is not checked.
 *
 * https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeCluster.html
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
 */
import type { AwsFacts, MetadataFacts } from '../lib/facts.ts'
import { printJson, toJson } from '../lib/json.ts'
import { decodeUtf8Lossy } from '../lib/utf8.ts'
import type { WebAnswer, WebRequest } from '../lib/web.ts'
import { decodePercent, textAnswer } from './metadata.ts'

export type AwsService = 'eks' | 'ec2'

/** The AWS service that a request is for, by its form. */
export function awsServiceOf(request: WebRequest): AwsService | undefined {
  if (request.method === 'POST') return 'ec2'
  return request.target.startsWith('/clusters/') ? 'eks' : undefined
}

/** What an account has, when the facts do not say. */
function defaultAws(metadata: MetadataFacts): AwsFacts {
  return { eks: { serviceIpv4Cidr: '10.100.0.0/16' }, ec2: { privateDnsName: metadata.localHostname } }
}

/** Signature Version 4: `Credential=KEY/DATE/REGION/SERVICE/aws4_request`. */
function isSignedFor(request: WebRequest, service: AwsService): boolean {
  const scope = /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/[^/]+\/([^/]+)\/aws4_request/
  return scope.exec(request.headers['authorization'] ?? '')?.[1] === service
}

function eksError(status: number, code: string, message: string): WebAnswer {
  return textAnswer(status, printJson(toJson({ message })), {
    'content-type': 'application/json',
    'x-amzn-errortype': code,
  })
}

function answerEks(request: WebRequest, facts: AwsFacts, metadata: MetadataFacts): WebAnswer {
  if (!isSignedFor(request, 'eks')) return eksError(403, 'MissingAuthenticationTokenException', 'not signed for eks')
  if (facts.eks === undefined) return eksError(403, 'AccessDeniedException', 'eks:DescribeCluster is not allowed')
  const name = decodePercent((request.target.split('?', 1)[0] as string).slice('/clusters/'.length))
  const cluster = {
    name,
    arn: `arn:${metadata.partition}:eks:${metadata.region}:${metadata.accountId}:cluster/${name}`,
    kubernetesNetworkConfig: { serviceIpv4Cidr: facts.eks.serviceIpv4Cidr, ipFamily: 'ipv4' },
    status: 'ACTIVE',
  }
  return textAnswer(200, printJson(toJson({ cluster })), { 'content-type': 'application/json' })
}

const XML_ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escapeXml = (text: string): string => text.replace(/[&<>"]/g, (character) => XML_ESCAPES[character] as string)

const XML_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
const XML = { 'content-type': 'text/xml;charset=UTF-8' }

function ec2Error(status: number, code: string, message: string): WebAnswer {
  const error = `<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`
  return textAnswer(status, `${XML_HEAD}<Response><Errors>${error}</Errors><RequestID>0</RequestID></Response>`, XML)
}

function answerEc2(request: WebRequest, facts: AwsFacts, metadata: MetadataFacts): WebAnswer {
  if (!isSignedFor(request, 'ec2')) return ec2Error(401, 'AuthFailure', 'not signed for ec2')
  const form = new URLSearchParams(decodeUtf8Lossy(request.body))
  if (form.get('Action') !== 'DescribeInstances') {
    return ec2Error(400, 'InvalidAction', `${form.get('Action') ?? 'no action'} is not known here`)
  }
  if (facts.ec2 === undefined) return ec2Error(403, 'UnauthorizedOperation', 'ec2:DescribeInstances is not allowed')
  const id = form.get('InstanceId.1') ?? metadata.instanceId
  const instance =
    `<item><instanceId>${escapeXml(id)}</instanceId>` +
    `<privateDnsName>${escapeXml(facts.ec2.privateDnsName)}</privateDnsName></item>`
  return textAnswer(
    200,
    `${XML_HEAD}<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>0</requestId>` +
      `<reservationSet><item><reservationId>r-0a1b2c3d4e5f67890</reservationId><instancesSet>${instance}` +
      `</instancesSet></item></reservationSet></DescribeInstancesResponse>`,
    XML,
  )
}

/** Answers an AWS call. Without facts the account allows everything that a boot asks for. */
export function answerAws(
  service: AwsService,
  request: WebRequest,
  facts: AwsFacts | undefined,
  metadata: MetadataFacts,
): WebAnswer {
  const known = facts ?? defaultAws(metadata)
  return service === 'eks' ? answerEks(request, known, metadata) : answerEc2(request, known, metadata)
}
