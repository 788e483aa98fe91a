import { entry } from './entry.ts'

/** Network configuration, DNS and leases. */
export const NETWORK_CODES = {
  NET_BOND_INVALID: entry(
    'The interfaces or the monitoring of a bond do not fit together.',
    'The message names the key and what is possible.',
  ),
  NET_CMDLINE_INVALID: entry(
    "The kernel command line's network parameter is not understood.",
    'Write netdog.default-interface=NAME:OPTION[,OPTION] once, with dhcp4, dhcp4?, dhcp6 or dhcp6?.',
  ),
  NET_CONFIG_INVALID: entry('A net.toml does not describe a network.', 'Correct it at the places named.'),
  NET_DEVICE_SHADOWED: entry(
    'Two devices of a net.toml come out as one, so that one of them is lost.',
    'Keep one of the two, or give one another name.',
  ),
  NET_DNS_SETTINGS_INVALID: entry(
    'The file with the DNS settings is not understood.',
    'It is rendered from settings.dns; apply the settings again.',
  ),
  NET_FAMILIES_MIXED: entry(
    'One list of static addresses holds IPv4 and IPv6.',
    'Put IPv4 addresses in static4 and IPv6 addresses in static6.',
  ),
  NET_INVALID_NAME: entry(
    "A device's key is neither an interface name nor, from version 3 on, a MAC address.",
    'Names have 1 to 15 bytes, without dots, slashes and white space.',
  ),
  NET_INVALID_VALUE: entry('A value of a net.toml is not possible there.', 'The message says what is.'),
  NET_LEASE_INVALID: entry(
    'A lease of wicked is not the one expected, or cannot be understood.',
    'See the file that the message names.',
  ),
  NET_MISSING_KEY: entry('A key that is needed is missing in a net.toml.', 'Add the key that the message names.'),
  NET_NAME_UNUSABLE: entry(
    'systemd-networkd does not read a name as the name of that one interface.',
    'Use ASCII letters, digits, `_` and `-`, and not digits alone.',
  ),
  NET_NETWORKD_DIFFERS: entry(
    'systemd-networkd ignores a value, or takes it as something else.',
    'The message says what it does.',
  ),
  NET_NO_ADDRESSING: entry(
    'A device of a net.toml says nothing about its addresses.',
    'Give dhcp4, dhcp6, static4 or static6; dhcp4 = false for none.',
  ),
  NET_PRIMARY_REPEATED: entry('Several devices are marked as primary.', 'Keep one of the marks.'),
  NET_PRIMARY_UNKNOWN: entry(
    'The primary interface is not known, or there is none with its MAC address.',
    'Run netdog generate-net-config with a network configuration first.',
  ),
  NET_PRIMARY_UNMATCHED: entry(
    'The key of the primary interface is not its name in lower case, so some programs do not find it.',
    'Name the primary interface by its name, without capitals, or set settings.dns.name-servers.',
  ),
  NET_ROUTE_NOT_ALLOWED: entry(
    'A device has routes together with DHCP, or without static addresses.',
    'Routes belong to devices with static4 or static6 and without dhcp4 and dhcp6.',
  ),
  NET_STATUS_INVALID: entry(
    'The answer of networkctl cannot be understood, or holds no address.',
    'See networkctl status of the primary interface.',
  ),
  NET_UNKNOWN_KEY: entry('A net.toml has a key that does not exist there.', 'Check the spelling and the version.'),
  NET_VERSION_UNKNOWN: entry('A net.toml has no version, or one that does not exist.', 'Write version = 3.'),
  NET_VLAN_UNATTACHED: entry(
    'No file tells the interface below a VLAN to carry it.',
    'Let the VLAN stand on an interface or a bond.',
  ),
  NET_WORKER_REUSED: entry(
    'An interface of a bond is used elsewhere, too.',
    'An interface of a bond is used by that bond alone, once.',
  ),
  NET_WRONG_TYPE: entry('A value of a net.toml has the wrong type.', 'Write it as the type that the message names.'),
} as const
