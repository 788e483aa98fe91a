/** The SDK's chain of credential sources; loaded only for profiles of shared files and web identities. */
import { defaultProvider } from '@aws-sdk/credential-provider-node'
import type { SdkProfileInit } from './credentials.ts'
import type { AwsCredentials } from './instance-role.ts'

/** Credentials of a profile or a web identity. @throws SDK errors */
export function sdkChain(init: SdkProfileInit): Promise<AwsCredentials> {
  return defaultProvider(init)()
}
