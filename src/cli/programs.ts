import type { ProgramTable } from '../host/program-call.ts'

/** The on-host programs by name, each loaded when it is first run. */
export const PROGRAMS: ProgramTable = new Map([
  ['apiclient', async () => (await import('../apiclient/program.ts')).apiclient],
  ['bork', async () => (await import('../bork/program.ts')).bork],
  ['early-boot-config', async () => (await import('../early-boot/program.ts')).earlyBootConfig],
  [
    'local-defaults-user-data-provider',
    async () => (await import('../early-boot/providers/local-defaults.ts')).localDefaults,
  ],
  ['local-file-user-data-provider', async () => (await import('../early-boot/providers/local-file.ts')).localFile],
  [
    'ec2-identity-doc-user-data-provider',
    async () => (await import('../early-boot/providers/ec2-identity-doc.ts')).ec2IdentityDoc,
  ],
  ['ec2-imds-user-data-provider', async () => (await import('../early-boot/providers/ec2-imds.ts')).ec2Imds],
  [
    'vmware-cd-rom-user-data-provider',
    async () => (await import('../early-boot/providers/vmware-cd-rom.ts')).vmwareCdRom,
  ],
  [
    'vmware-guestinfo-user-data-provider',
    async () => (await import('../early-boot/providers/vmware-guestinfo.ts')).vmwareGuestinfo,
  ],
  [
    'local-overrides-user-data-provider',
    async () => (await import('../early-boot/providers/local-overrides.ts')).localOverrides,
  ],
  ['imds-hostname-detector', async () => (await import('../hostname-detectors/imds.ts')).imdsHostnameDetector],
  [
    'reverse-dns-hostname-detector',
    async () => (await import('../hostname-detectors/reverse-dns.ts')).reverseDnsHostnameDetector,
  ],
  ['migrator', async () => (await import('../migrator/program.ts')).migrator],
  ['netdog', async () => (await import('../netdog/program.ts')).netdog],
  ['pluto', async () => (await import('../pluto/program.ts')).pluto],
  ['prairiedog', async () => (await import('../prairiedog/program.ts')).prairiedog],
  ['schnauzer', async () => (await import('../schnauzer-v1/program.ts')).schnauzer],
  ['schnauzer-v2', async () => (await import('../schnauzer-v2/program.ts')).schnauzerV2],
  ['settings-committer', async () => (await import('../settings-committer/program.ts')).settingsCommitter],
  ['shibaken', async () => (await import('../shibaken/program.ts')).shibaken],
  ['storewolf', async () => (await import('../storewolf/program.ts')).storewolf],
  ['sundog', async () => (await import('../sundog/program.ts')).sundog],
  ['thar-be-settings', async () => (await import('../thar-be-settings/program.ts')).tharBeSettings],
])
