/**
 * Where AWS credentials come from: environment, shared files, web identity, container, instance role. Everything is read
 * through the ports. Only profiles in files and web identities, which need calls of their own, are left to the SDK.
 */
import { messageOf } from '../lib/errors.ts'
import { PATHS } from '../lib/paths.ts'
import type { Host, ProgramIo } from '../lib/ports.ts'
import type { CallBudget } from './aws-retry.ts'
import { instanceRoleCredentials, noCredentials, parseCredentials, type AwsCredentials } from './instance-role.ts'

const CONTAINER_HOST = 'http://169.254.170.2'
const CONTAINER_MS = 5000

type Environment = ProgramIo['env']

function setting(env: Environment, name: string): string | undefined {
  const value = env[name]
  return value === '' ? undefined : value
}

/** Keys of the environment. */
export function environmentCredentials(env: Environment): AwsCredentials | undefined {
  const accessKeyId = setting(env, 'AWS_ACCESS_KEY_ID')
  const secretAccessKey = setting(env, 'AWS_SECRET_ACCESS_KEY')
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined
  const sessionToken = setting(env, 'AWS_SESSION_TOKEN')
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) }
}

/** The shared files and the profile in them that are meant. Paths are the target's. */
interface ProfileSource {
  readonly credentialsFile: string
  readonly configFile: string
  readonly profile: string
}

function profileSource(env: Environment): ProfileSource {
  return {
    credentialsFile: setting(env, 'AWS_SHARED_CREDENTIALS_FILE') ?? `${PATHS.awsConfigDirectory}/credentials`,
    configFile: setting(env, 'AWS_CONFIG_FILE') ?? `${PATHS.awsConfigDirectory}/config`,
    profile: setting(env, 'AWS_PROFILE') ?? 'default',
  }
}

/** Whether an INI text has a section of the profile: `[name]`, or `[profile name]`. */
export function hasProfile(text: string, profile: string): boolean {
  return text.split('\n').some((line) => {
    const section = /^\s*\[\s*(?:profile\s+)?(.+?)\s*\]/.exec(line)?.[1]
    return section?.replace(/^(["'])(.*)\1$/, '$2') === profile
  })
}

function readIfAny(host: Pick<Host, 'fs'>, path: string): string {
  try {
    return host.fs.readText(path)
  } catch {
    return ''
  }
}

/** What the SDK is told, so that it need not look for itself. */
export interface SdkProfileInit {
  readonly profile?: string
  readonly filepath?: string
  readonly configFilepath?: string
  readonly webIdentityTokenFile?: string
  readonly roleArn?: string
  readonly roleSessionName?: string
}

/** What is left to the SDK: a profile that the shared files have, or a web identity; undefined if there is neither. */
export function sdkProfile(env: Environment, host: Pick<Host, 'fs'>): SdkProfileInit | undefined {
  const { credentialsFile, configFile, profile } = profileSource(env)
  const webIdentityTokenFile = setting(env, 'AWS_WEB_IDENTITY_TOKEN_FILE')
  const roleArn = setting(env, 'AWS_ROLE_ARN')
  const roleSessionName = setting(env, 'AWS_ROLE_SESSION_NAME')
  const inFiles = [credentialsFile, configFile].some((file) => hasProfile(readIfAny(host, file), profile))
  const isWeb = webIdentityTokenFile !== undefined && roleArn !== undefined
  if (!inFiles && !isWeb) return undefined
  return {
    profile,
    filepath: host.fs.hostPath(credentialsFile),
    configFilepath: host.fs.hostPath(configFile),
    ...(isWeb ? { webIdentityTokenFile: host.fs.hostPath(webIdentityTokenFile), roleArn } : {}),
    ...(roleSessionName === undefined ? {} : { roleSessionName }),
  }
}

/** The address of a container agent's credentials, if the environment names one. */
export function containerUrl(env: Environment): string | undefined {
  const relative = setting(env, 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI')
  return relative === undefined ? setting(env, 'AWS_CONTAINER_CREDENTIALS_FULL_URI') : `${CONTAINER_HOST}${relative}`
}

async function containerCredentials(
  url: string,
  env: Environment,
  host: Pick<Host, 'http' | 'fs'>,
  budget: CallBudget,
): Promise<AwsCredentials> {
  const tokenFile = setting(env, 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE')
  const token = tokenFile === undefined ? setting(env, 'AWS_CONTAINER_AUTHORIZATION_TOKEN') : readIfAny(host, tokenFile)
  try {
    const { status, body } = await host.http.request({
      method: 'GET',
      url,
      headers: { accept: 'application/json', ...(token === undefined ? {} : { authorization: token.trim() }) },
      timeoutMs: Math.max(1, Math.min(CONTAINER_MS, Math.ceil(budget.remainingMs()))),
      signal: budget.signal,
    })
    if (status !== 200) throw noCredentials(`the container agent answers ${String(status)}`)
    return parseCredentials(body, 'the container agent')
  } catch (cause) {
    budget.signal.throwIfAborted()
    throw noCredentials(`the container agent: ${messageOf(cause)}`, cause)
  }
}

/** Loads the SDK's own chain, for profiles and web identities. */
export type LoadSdkChain = () => Promise<(init: SdkProfileInit) => Promise<AwsCredentials>>

/** Finds credentials; the first source that is configured decides. @throws PipelineError `AWS_NO_CREDENTIALS` */
export async function findCredentials(
  env: Environment,
  host: Pick<Host, 'http' | 'fs' | 'imdsUrl'>,
  budget: CallBudget,
  loadSdkChain: LoadSdkChain,
): Promise<AwsCredentials> {
  const keys = environmentCredentials(env)
  if (keys !== undefined) return keys
  const profile = sdkProfile(env, host)
  if (profile !== undefined) {
    try {
      return await (
        await loadSdkChain()
      )(profile)
    } catch (cause) {
      throw noCredentials(messageOf(cause), cause)
    }
  }
  const url = containerUrl(env)
  if (url !== undefined) return containerCredentials(url, env, host, budget)
  return instanceRoleCredentials(host, budget)
}
