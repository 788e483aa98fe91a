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
  dnsSettings: '/etc/netdog.toml',
  earlyBootConfigMarker: '/var/lib/bottlerocket/early-boot-config.ran',
  eniMaxPods: '/usr/share/eks/eni-max-pods',
  hostnameDetectors: '/usr/libexec/hostname-detectors',
  identityDocument: '/etc/early-boot-config/identity-document',
  inventory: '/usr/share/bottlerocket/application-inventory.json',
  inventoryLink: '/var/lib/bottlerocket/inventory/application.json',
  kernelCommandLine: '/proc/cmdline',
  localDefaults: '/local/user-data-defaults.toml',
  localOverrides: '/local/user-data-overrides.toml',
  localUserData: '/var/lib/bottlerocket/user-data.toml',
  lspci: '/usr/bin/lspci',
  netToml: '/var/lib/bottlerocket/net.toml',
  netTomlOverride: '/var/lib/netdog/net.toml',
  networkInterfaces: '/sys/class/net',
  networkdConfig: '/etc/systemd/network',
  osRelease: '/usr/lib/os-release',
  ownOsRelease: '/usr/share/bottlerocket/os-release',
  primaryInterface: '/var/lib/netdog/primary_interface',
  primaryMacAddress: '/var/lib/netdog/primary_mac_address',
  primarySysctls: '/etc/sysctl.d/90-primary_interface.conf',
  primarySysctlsSet: '/run/netdog/primary_sysctls_set',
  resolvConf: '/etc/resolv.conf',
  resolvConfLink: '/run/netdog/resolv.conf',
  resolvedConfig: '/etc/systemd/resolved.conf.d',
  resolvedResolvConf: '/run/systemd/resolve/resolv.conf',
  templates: '/usr/share/templates',
  vmwareRpctool: '/usr/bin/vmware-rpctool',
  tryBackups: '/run/bottlerocket/try.d',
  wickedConfig: '/etc/wicked/ifconfig',
} as const

/** Base URL of the EC2 instance metadata service. */
export const IMDS_URL = 'http://169.254.169.254'
/** The transaction that everything at boot writes to. */
export const LAUNCH_TRANSACTION = 'bottlerocket-launch'
/** The API's transaction for requests without `tx`. */
export const DEFAULT_TRANSACTION = 'default'
