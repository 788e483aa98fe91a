import type { ProgramTable } from '../host/program-call.ts'
import { runMain } from '../host/run-main.ts'
import { earlyBootConfig } from './program.ts'

/** Providers of every image, and those of EC2. */
const programs: ProgramTable = new Map([
  ['local-defaults-user-data-provider', async () => (await import('./providers/local-defaults.ts')).localDefaults],
  ['local-file-user-data-provider', async () => (await import('./providers/local-file.ts')).localFile],
  ['ec2-identity-doc-user-data-provider', async () => (await import('./providers/ec2-identity-doc.ts')).ec2IdentityDoc],
  ['ec2-imds-user-data-provider', async () => (await import('./providers/ec2-imds.ts')).ec2Imds],
  ['local-overrides-user-data-provider', async () => (await import('./providers/local-overrides.ts')).localOverrides],
])

runMain(earlyBootConfig, { step: () => 'early-boot-config', programs })
