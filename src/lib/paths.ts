/** Every absolute path of the target host that the programs use. A root goes in front of each. */
export const PATHS = {
  apiSocket: '/run/api.sock',
  applyRecords: '/run/bottlerocket/apply.d',
  awsConfigDirectory: '/root/.aws',
  bootConfig: '/proc/bootconfig',
  bootRecordDirectory: '/run/bottlerocket/boot-record.d',
  currentIp: '/var/lib/netdog/current_ip',
  dataProviders: '/usr/libexec/early-boot-config/data-providers.d',
  dataProviderPrograms: '/usr/libexec/early-boot-config/bin',
  datastore: '/var/lib/bottlerocket/datastore',
  datastoreCurrent: '/var/lib/bottlerocket/datastore/current',
  defaults: '/etc/storewolf/defaults.toml',
  earlyBootConfigMarker: '/var/lib/bottlerocket/early-boot-config.ran',
  eniMaxPods: '/usr/share/eks/eni-max-pods',
  hostnameDetectors: '/usr/libexec/hostname-detectors',
  identityDocument: '/etc/early-boot-config/identity-document',
  inventory: '/usr/share/bottlerocket/application-inventory.json',
  inventoryLink: '/var/lib/bottlerocket/inventory/application.json',
  localDefaults: '/local/user-data-defaults.toml',
  localOverrides: '/local/user-data-overrides.toml',
  localUserData: '/var/lib/bottlerocket/user-data.toml',
  lspci: '/usr/bin/lspci',
  osRelease: '/usr/lib/os-release',
  templates: '/usr/share/templates',
  vmwareRpctool: '/usr/bin/vmware-rpctool',
  tryBackups: '/run/bottlerocket/try.d',
} as const

/** Base URL of the EC2 instance metadata service. */
export const IMDS_URL = 'http://169.254.169.254'
/** The transaction that everything at boot writes to. */
export const LAUNCH_TRANSACTION = 'bottlerocket-launch'
/** The API's transaction for requests without `tx`. */
export const DEFAULT_TRANSACTION = 'default'
