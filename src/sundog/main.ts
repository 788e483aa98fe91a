import type { ProgramTable } from '../host/program-call.ts'
import { runMain } from '../host/run-main.ts'
import { sundog } from './program.ts'

/** Generators of ours, and what they run; each is loaded when it is first run. */
const programs: ProgramTable = new Map([
  ['bork', async () => (await import('../bork/program.ts')).bork],
  ['netdog', async () => (await import('../netdog/program.ts')).netdog],
  ['imds-hostname-detector', async () => (await import('../hostname-detectors/imds.ts')).imdsHostnameDetector],
  [
    'reverse-dns-hostname-detector',
    async () => (await import('../hostname-detectors/reverse-dns.ts')).reverseDnsHostnameDetector,
  ],
  ['prairiedog', async () => (await import('../prairiedog/program.ts')).prairiedog],
  ['schnauzer-v2', async () => (await import('../schnauzer-v2/program.ts')).schnauzerV2],
  ['shibaken', async () => (await import('../shibaken/program.ts')).shibaken],
])

runMain(sundog, { step: () => 'sundog', programs })
