/** The two AWS calls of pluto. */
import { messageOf, PipelineError } from '../lib/errors.ts'
import type { Host, ProgramIo } from '../lib/ports.ts'
import { Waiting } from '../lib/waiting.ts'
import { CALL_BUDGET_MS, CallBudget, describeAwsError, fibonacciDelayMs, withSdkRetries } from './aws-retry.ts'
import { findCredentials } from './credentials.ts'
import { parseProxy, proxyFor, type ProxySettings } from './proxy.ts'
import { createRequestHandler } from './request-handler.ts'

const PROGRAM = 'pluto'

export interface AwsContext {
  readonly io: ProgramIo
  readonly host: Host
  readonly region: string
  readonly proxy: ProxySettings
}

/** Works within the time that one AWS answer may take; what is waited for is told meanwhile. */
async function withinBudget<T>(
  target: string,
  { io, host }: AwsContext,
  work: (budget: CallBudget) => Promise<T>,
): Promise<T> {
  const startMs = host.clock.monotonic()
  const leftMs = (): number => CALL_BUDGET_MS - (host.clock.monotonic() - startMs)
  const waiting = new Waiting({ host, program: PROGRAM, target, leftMs, stderr: io.stderr })
  const budget = new CallBudget({
    clock: host.clock,
    entropy: host.entropy,
    signal: io.signal,
    onWait: (reason, ms, retry) => {
      waiting.note(`last answer: ${reason}`)
      const wait = { program: PROGRAM, target, reason, startMs: host.clock.monotonic(), ms, retry }
      host.events.emit({ kind: 'wait', wait })
    },
  })
  try {
    return await work(budget)
  } finally {
    waiting.end()
  }
}

/** A proxy that is set up wrong fails a call, even where it would not be used. @throws PipelineError `PLUTO_PROXY_INVALID` */
function checkProxy({ proxy }: AwsContext): void {
  if (proxy.httpsProxy !== undefined) parseProxy(proxy.httpsProxy)
}

/** What may be a part of a host's name (https://www.rfc-editor.org/rfc/rfc1123#section-2.1). */
const HOST_LABEL = /^(?!-)[A-Za-z0-9-]{1,63}(?<!-)$/

/** A region that no endpoint can have is no reason to wait: no request could be sent. @throws PipelineError `PLUTO_EC2_FAILED` */
function checkRegion({ region }: AwsContext): void {
  if (HOST_LABEL.test(region)) return
  throw new PipelineError('PLUTO_EC2_FAILED', `EC2 cannot be asked: ${JSON.stringify(region)} is no name of a region`, {
    hint: 'correct settings.aws.region, for example "us-west-2"',
  })
}

/**
 * What both SDK clients are given. Everything that they would look for in files of the user is explicit: a unit has no home
 * directory, and a developer's own files are nobody's business here.
 */
function clientConfig(context: AwsContext, budget: CallBudget) {
  const { io, host, region, proxy } = context
  const endpoint = io.env['AWS_ENDPOINT_URL']
  return {
    region,
    ignoreConfiguredEndpointUrls: true,
    ...(endpoint === undefined || endpoint === '' ? {} : { endpoint }),
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    // attempts are counted here, on the host's clock
    maxAttempts: 1,
    retryMode: 'standard',
    defaultsMode: 'standard' as const,
    authSchemePreference: [],
    userAgentAppId: '',
    disableClockSkewCorrection: false,
    credentials: () => findCredentials(io.env, host, budget, async () => (await import('./sdk-chain.ts')).sdkChain),
    requestHandler: createRequestHandler({
      http: host.http,
      signal: io.signal,
      remainingMs: () => budget.remainingMs(),
      proxyFor: (url) => proxyFor(url, proxy),
    }),
  }
}

/** The IPv4 service range of an EKS cluster. @throws SDK errors, PipelineError `PLUTO_PROXY_INVALID` */
export async function fetchServiceCidr(context: AwsContext, clusterName: string): Promise<string | undefined> {
  checkProxy(context)
  const { describeServiceCidr } = await import('./sdk-eks.ts')
  return withinBudget(`EKS, cluster ${clusterName}`, context, (budget) => {
    const config = clientConfig(context, budget)
    return withSdkRetries(budget, () => describeServiceCidr(config, clusterName))
  })
}

/**
 * The private DNS name of an instance. Whatever goes wrong is tried again until the time is up: permissions and names of
 * new instances can take a while to get around.
 *
 * @throws PipelineError `PLUTO_EC2_FAILED`, `PLUTO_PROXY_INVALID`
 */
export async function fetchPrivateDnsName(context: AwsContext, instanceId: string): Promise<string> {
  checkProxy(context)
  checkRegion(context)
  const { describePrivateDnsName } = await import('./sdk-ec2.ts')
  return withinBudget(`EC2, private DNS name of ${instanceId}`, context, (budget) => {
    const config = clientConfig(context, budget)
    return askForName(context, budget, instanceId, () => describePrivateDnsName(config, instanceId))
  })
}

async function askForName(
  context: AwsContext,
  budget: CallBudget,
  instanceId: string,
  ask: () => Promise<string | undefined>,
): Promise<string> {
  for (let failures = 0; ; failures++) {
    let reason: unknown
    try {
      const name = await withSdkRetries(budget, ask)
      if (name !== undefined && name !== '') return name
      reason = new Error('the answer has no private DNS name')
    } catch (error) {
      context.io.signal.throwIfAborted()
      if (error instanceof PipelineError && error.code === 'PLUTO_PROXY_INVALID') throw error
      reason = error
    }
    if (budget.remainingMs() > 0 && (await budget.pause(fibonacciDelayMs(failures), reason))) continue
    throw new PipelineError(
      'PLUTO_EC2_FAILED',
      `EC2 gave no private DNS name of ${instanceId} within ${String(CALL_BUDGET_MS / 1000)} s and ` +
        `${String(failures + 1)} calls; the last one ended with: ${describeAwsError(reason)}`,
      { cause: reason },
    )
  }
}

/** Why a call to EKS did not help, for people. */
export function describeCallFailure(error: unknown): string {
  return error instanceof PipelineError ? messageOf(error) : describeAwsError(error)
}
