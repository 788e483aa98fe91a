/** Every program of the package: the name of its `bin` entry and the file that starts it. */
export const entries = {
  bottlerocket: 'src/cli/main.ts',
  apiclient: 'src/apiclient/main.ts',
  apiserver: 'src/apiserver/main.ts',
  bork: 'src/bork/main.ts',
  'early-boot-config': 'src/early-boot/main.ts',
  'local-defaults-user-data-provider': 'src/early-boot/providers/local-defaults.main.ts',
  'local-file-user-data-provider': 'src/early-boot/providers/local-file.main.ts',
  'ec2-identity-doc-user-data-provider': 'src/early-boot/providers/ec2-identity-doc.main.ts',
  'ec2-imds-user-data-provider': 'src/early-boot/providers/ec2-imds.main.ts',
  'vmware-cd-rom-user-data-provider': 'src/early-boot/providers/vmware-cd-rom.main.ts',
  'vmware-guestinfo-user-data-provider': 'src/early-boot/providers/vmware-guestinfo.main.ts',
  'local-overrides-user-data-provider': 'src/early-boot/providers/local-overrides.main.ts',
  'imds-hostname-detector': 'src/hostname-detectors/imds.main.ts',
  'reverse-dns-hostname-detector': 'src/hostname-detectors/reverse-dns.main.ts',
  migrator: 'src/migrator/main.ts',
  netdog: 'src/netdog/main.ts',
  pluto: 'src/pluto/main.ts',
  prairiedog: 'src/prairiedog/main.ts',
  schnauzer: 'src/schnauzer-v1/main.ts',
  'schnauzer-v2': 'src/schnauzer-v2/main.ts',
  'settings-committer': 'src/settings-committer/main.ts',
  shibaken: 'src/shibaken/main.ts',
  storewolf: 'src/storewolf/main.ts',
  sundog: 'src/sundog/main.ts',
  'thar-be-settings': 'src/thar-be-settings/main.ts',
}

/** Commands of a program that have a main file of their own, which is started in its place: they load less. */
export const commands = {
  bottlerocket: {
    validate: 'src/cli/validate.main.ts',
    check: 'src/cli/check.main.ts',
    settings: 'src/cli/browse.main.ts',
    variants: 'src/cli/browse.main.ts',
    schema: 'src/cli/browse.main.ts',
    init: 'src/cli/browse.main.ts',
  },
}
