/** Cases of net.toml: for every rule one that keeps it and one that breaks it. */

/** What is accepted, by the rule that it keeps. */
export const ACCEPTED: readonly (readonly [rule: string, netToml: string])[] = [
  ['version 1', 'version = 1\n[eth0]\ndhcp4 = true'],
  ['version 2', 'version = 2\n[eth0]\ndhcp4 = true'],
  ['version 3', 'version = 3\n[eth0]\ndhcp4 = true'],
  ['a version alone', 'version = 2'],
  ['a byte order mark and CR LF', '\uFEFFversion = 1\r\n[eth0]\r\ndhcp4 = true\r\n'],
  ['devices as inline tables', 'version = 1\neth0 = { dhcp4 = true }\neth1.dhcp6 = false'],
  ['a name of 15 bytes', 'version = 1\n[abcdefghijklmno]\ndhcp4 = true'],
  ['a name of 15 bytes with letters of two', 'version = 1\n["ééééééée"]\ndhcp4 = true'],
  ['a name with colon and capitals', 'version = 2\n["ETH0:1"]\ndhcp4 = true'],
  ['a name of digits', 'version = 2\n[7]\ndhcp4 = true'],
  ['a MAC address', 'version = 3\n["52:54:00:ab:cd:ef"]\ndhcp4 = true'],
  ['a MAC address with hyphens and capitals', 'version = 3\n["52-54:00-AB-CD-EF"]\ndhcp4 = true'],
  ['five groups as a name', 'version = 3\n["52:54:00:ab:cd"]\ndhcp4 = true'],
  [
    'two spellings of a MAC address',
    'version = 3\n[52-54-00-ab-cd-ef]\ndhcp4 = true\n["52:54:00:AB:CD:EF"]\ndhcp6 = true',
  ],
  ['dhcp4 = false', 'version = 1\n[eth0]\ndhcp4 = false'],
  [
    'dhcp as a table',
    'version = 1\n[a.dhcp4]\nenabled = true\noptional = true\nroute-metric = 4294967295\n[a.dhcp6]\nenabled = false',
  ],
  [
    'one primary device',
    'version = 1\n[a]\ndhcp4 = true\n[b]\nprimary = true\ndhcp4 = true\n[c]\nprimary = false\ndhcp6 = true',
  ],
  [
    'static addresses of both families',
    'version = 2\n[e.static4]\naddresses = ["010.0.0.1/08", "192.0.2.255/32"]\n[e.static6]\naddresses = ["FD00:0:0:0::1/064", "::/128", "1::/000"]',
  ],
  [
    'static addresses of the other family',
    'version = 2\n[e.static4]\naddresses = ["fd00::1/64"]\n[e.static6]\naddresses = ["10.0.0.1/8"]',
  ],
  ['no static addresses', 'version = 2\n[e.static4]\naddresses = []'],
  ['static addresses and DHCP', 'version = 2\n[e]\ndhcp4 = true\nstatic6 = { addresses = ["fd00::1/64"] }'],
  [
    'routes',
    'version = 2\n[e.static4]\naddresses = ["10.0.0.1/8"]\n[[e.route]]\nto = "DEFAULT"\nvia = "10.0.0.2"\n[[e.route]]\nto = "10.9.0.0/16"\nfrom = "10.0.0.1"\nroute-metric = 0',
  ],
  ['a list of no routes', 'version = 2\n[e]\nstatic4 = { addresses = [] }\nroute = []'],
  ['a bond with MII monitoring', bond()],
  ['a bond with ARP monitoring', bond({ monitoring: arp('1', '"none"', '["10.0.0.1", "fd00::1", "10.0.0.1"]') })],
  ['a bond with 16 targets', bond({ monitoring: arp('250', '"all"', targets(16)) })],
  ['kind = "Bond"', bond({ kind: 'Bond' })],
  ['delays that are no multiples', bond({ monitoring: mii(100, 150, 100) })],
  ['min-links = 0', bond({ more: 'min-links = 0' })],
  ['as many links as interfaces', bond({ more: 'min-links = 2' })],
  [
    'a bond with addresses and routes',
    bond({ dhcp: '', more: 'static4 = { addresses = ["10.0.0.1/8"] }\nroute = [{ to = "default" }]' }),
  ],
  ['a VLAN', vlan()],
  ['kind = "Vlan"', vlan({ kind: 'Vlan' })],
  ['kind = "VLAN"', vlan({ kind: 'VLAN', id: '0' })],
  ['the largest tag', vlan({ id: '4094' })],
  ['a VLAN on itself', vlan({ device: 'v' })],
  ['two VLANs of one tag on one device', `${vlan()}\n[w]\nkind = "vlan"\ndevice = "eth0"\nid = 7\ndhcp4 = true`],
  ['a VLAN on a bond', `${bond()}\n[w]\nkind = "vlan"\ndevice = "b"\nid = 7\ndhcp4 = true`],
]

/** What is refused: the code, where, and the path, one after the other for several faults. */
export const REJECTED: readonly (readonly [rule: string, netToml: string, faults: string])[] = [
  ['an empty file', '', 'NET_VERSION_UNKNOWN 1:1'],
  ['no version', '[eth0]\ndhcp4 = true', 'NET_VERSION_UNKNOWN 1:1'],
  ['version as text', 'version = "1"', 'NET_WRONG_TYPE 1:11 version'],
  ['version as fraction', 'version = 1.0', 'NET_WRONG_TYPE 1:11 version'],
  ['version as table', '[version]', 'NET_WRONG_TYPE 1:2 version'],
  ['version as date', 'version = 1979-05-27', 'NET_WRONG_TYPE 1:11 version'],
  ['version nan', 'version = nan', 'NET_WRONG_TYPE 1:11 version'],
  ['version 0', 'version = 0', 'NET_VERSION_UNKNOWN 1:11 version'],
  ['version 4', 'version = 4', 'NET_VERSION_UNKNOWN 1:11 version'],
  ['version 300', 'version = 300', 'NET_VERSION_UNKNOWN 1:11 version'],
  ['version -1', 'version = -1', 'NET_VERSION_UNKNOWN 1:11 version'],
  ['a value at the top', 'version = 1\nprimary = true', 'NET_WRONG_TYPE 2:11 primary'],
  ['a date at the top', 'version = 1\neth0 = 1979-05-27', 'NET_WRONG_TYPE 2:8 eth0'],
  ['a list of devices', 'version = 1\n[[eth0]]\ndhcp4 = true', 'NET_WRONG_TYPE 2:3 eth0'],
  ['no TOML', 'version = 1\n[eth0\n', 'USERDATA_TOML_SYNTAX 2:1'],
  ['a key twice', 'version = 1\n[eth0]\ndhcp4 = true\ndhcp4 = false', 'USERDATA_TOML_DUPLICATE 4:1 eth0.dhcp4'],
  ['no name', 'version = 1\n[""]\ndhcp4 = true', 'NET_INVALID_NAME 2:2 ""'],
  ['a name of 16 bytes', 'version = 1\n[abcdefghijklmnop]\ndhcp4 = true', 'NET_INVALID_NAME 2:2 abcdefghijklmnop'],
  ['a name of 16 bytes in eight letters', 'version = 1\n["éééééééé"]\ndhcp4 = true', 'NET_INVALID_NAME 2:2 "éééééééé"'],
  ['a dot', 'version = 1\n["eth0.10"]\ndhcp4 = true', 'NET_INVALID_NAME 2:2 "eth0.10"'],
  ['a slash', 'version = 3\n["a/b"]\ndhcp4 = true', 'NET_INVALID_NAME 2:2 "a/b"'],
  ['a space', 'version = 1\n["eth 0"]\ndhcp4 = true', 'NET_INVALID_NAME 2:2 "eth 0"'],
  ['a no-break space', 'version = 1\n["eth\u00A00"]\ndhcp4 = true', 'NET_INVALID_NAME 2:2 "eth\u00A00"'],
  ['a line end', 'version = 1\n["eth\\n0"]\ndhcp4 = true', 'NET_INVALID_NAME 2:2 "eth\\n0"'],
  ['a next line character', 'version = 1\n["eth\\u00850"]\ndhcp4 = true', 'NET_INVALID_NAME 2:2 "eth\u00850"'],
  ['a NUL', 'version = 1\n["eth\\u0000"]\ndhcp4 = true', 'NET_INVALID_NAME 2:2 "eth\\u0000"'],
  [
    'a MAC address in version 2',
    'version = 2\n["52:54:00:ab:cd:ef"]\ndhcp4 = true',
    'NET_INVALID_NAME 2:2 "52:54:00:ab:cd:ef"',
  ],
  [
    'a MAC address with a letter too far',
    'version = 3\n["52:54:00:ab:cd:eg"]\ndhcp4 = true',
    'NET_INVALID_NAME 2:2 "52:54:00:ab:cd:eg"',
  ],
  [
    'a MAC address of seven groups',
    'version = 3\n["52:54:00:ab:cd:ef:00"]\ndhcp4 = true',
    'NET_INVALID_NAME 2:2 "52:54:00:ab:cd:ef:00"',
  ],
  ['nothing about addresses, version 1', 'version = 1\n[eth0]', 'NET_NO_ADDRESSING 2:2 eth0'],
  ['nothing about addresses, version 2', 'version = 2\n[eth0]\nprimary = true', 'NET_NO_ADDRESSING 2:2 eth0'],
  ['nothing about addresses, version 3', 'version = 3\n[eth0]', 'NET_NO_ADDRESSING 2:2 eth0'],
  [
    'static4 in version 1',
    'version = 1\n[e]\ndhcp4 = true\nstatic4 = { addresses = [] }',
    'NET_UNKNOWN_KEY 4:1 e.static4',
  ],
  ['kind in version 2', 'version = 2\n[e]\ndhcp4 = true\nkind = "bond"', 'NET_UNKNOWN_KEY 4:1 e.kind'],
  ['an unknown key', 'version = 1\n[e]\ndhcp4 = true\ndchp6 = true', 'NET_UNKNOWN_KEY 4:1 e.dchp6'],
  ['dhcp4 as text', 'version = 1\n[e]\ndhcp4 = "true"', 'NET_WRONG_TYPE 3:9 e.dhcp4'],
  ['dhcp4 as list', 'version = 1\n[e]\ndhcp4 = [true]', 'NET_WRONG_TYPE 3:9 e.dhcp4'],
  ['dhcp4 without enabled', 'version = 1\n[a.dhcp4]\noptional = true', 'NET_MISSING_KEY 2:4 a.dhcp4'],
  ['enabled as text', 'version = 1\n[a.dhcp4]\nenabled = "yes"', 'NET_WRONG_TYPE 3:11 a.dhcp4.enabled'],
  [
    'route-metric of dhcp6',
    'version = 1\n[a.dhcp6]\nenabled = true\nroute-metric = 3',
    'NET_UNKNOWN_KEY 4:1 a.dhcp6.route-metric',
  ],
  [
    'route-metric of 33 bits',
    'version = 1\n[a.dhcp4]\nenabled = true\nroute-metric = 4294967296',
    'NET_INVALID_VALUE 4:16 a.dhcp4.route-metric',
  ],
  [
    'route-metric below zero',
    'version = 1\n[a.dhcp4]\nenabled = true\nroute-metric = -1',
    'NET_INVALID_VALUE 4:16 a.dhcp4.route-metric',
  ],
  [
    'route-metric as fraction',
    'version = 2\n[a.dhcp4]\nenabled = true\nroute-metric = 1.0',
    'NET_WRONG_TYPE 4:16 a.dhcp4.route-metric',
  ],
  [
    'an unknown key of dhcp4',
    'version = 1\n[a.dhcp4]\nenabled = true\nmetric = 3',
    'NET_UNKNOWN_KEY 4:1 a.dhcp4.metric',
  ],
  ['primary as text', 'version = 1\n[a]\ndhcp4 = true\nprimary = "true"', 'NET_WRONG_TYPE 4:11 a.primary'],
  [
    'two primary devices',
    'version = 2\n[a]\ndhcp4 = true\nprimary = true\n[b]\ndhcp4 = true\nprimary = true',
    'NET_PRIMARY_REPEATED 7:11 b.primary',
  ],
  ['static4 without addresses', 'version = 2\n[v.static4]', 'NET_MISSING_KEY 2:4 v.static4'],
  ['static4 as list', 'version = 2\n[v]\nstatic4 = ["10.0.0.1/8"]', 'NET_WRONG_TYPE 3:11 v.static4'],
  [
    'an unknown key of static4',
    'version = 2\n[v.static4]\naddresses = []\ngateway = "10.0.0.1"',
    'NET_UNKNOWN_KEY 4:1 v.static4.gateway',
  ],
  [
    'addresses as text',
    'version = 2\n[v.static4]\naddresses = "10.0.0.1/8"',
    'NET_WRONG_TYPE 3:13 v.static4.addresses',
  ],
  ['an address as number', 'version = 2\n[v.static4]\naddresses = [10]', 'NET_WRONG_TYPE 3:14 v.static4.addresses[0]'],
  ...[
    '10.0.0.1',
    '10.0.0.1/33',
    '10.0.0.1/008',
    '10.0.0.1/8 ',
    ' 10.0.0.1/8',
    '10.0.0/8',
    '0010.0.0.1/8',
    '256.0.0.1/8',
    '10.0.0.1/-1',
    '10.0.0.1/+8',
    'fd00::1/129',
    'fd00::1/0064',
    'fe80::1%eth0/64',
    '1:2:3:4:5:6:7/64',
    '1::2::3/64',
    'host/8',
    '10.0.0.1/',
    '/8',
    '',
  ].map((address): [string, string, string] => [
    `the address ${JSON.stringify(address)}`,
    `version = 2\n[v.static4]\naddresses = ["10.0.0.9/8", ${JSON.stringify(address)}]`,
    'NET_INVALID_VALUE 3:28 v.static4.addresses[1]',
  ]),
  [
    'IPv4 and IPv6 in static4',
    'version = 2\n[v.static4]\naddresses = ["10.0.0.1/8", "fd00::1/64"]',
    'NET_FAMILIES_MIXED 3:13 v.static4.addresses',
  ],
  [
    'IPv4 and IPv6 in static6',
    'version = 3\n[v.static6]\naddresses = ["10.0.0.1/8", "fd00::1/64"]',
    'NET_FAMILIES_MIXED 3:13 v.static6.addresses',
  ],
  [
    'routes with dhcp4',
    'version = 2\n[e]\ndhcp4 = true\n[[e.route]]\nto = "default"',
    'NET_ROUTE_NOT_ALLOWED 4:5 e.route',
  ],
  [
    'routes with dhcp6 = false',
    'version = 3\n[e]\ndhcp6 = false\nstatic4 = { addresses = [] }\nroute = []',
    'NET_ROUTE_NOT_ALLOWED 5:1 e.route',
  ],
  [
    'routes without static addresses',
    'version = 2\n[e]\nroute = []',
    'NET_NO_ADDRESSING 2:2 e, NET_ROUTE_NOT_ALLOWED 3:1 e.route',
  ],
  [
    'route as one table',
    'version = 2\n[e.static4]\naddresses = []\n[e.route]\nto = "default"',
    'NET_WRONG_TYPE 4:4 e.route',
  ],
  [
    'a route that is no table',
    'version = 2\n[e]\nstatic4 = { addresses = [] }\nroute = ["default"]',
    'NET_WRONG_TYPE 4:10 e.route[0]',
  ],
  ...(
    [
      ['to = "10.1.1.1"', 'NET_INVALID_VALUE 5:6 e.route[0].to'],
      ['to = "any"', 'NET_INVALID_VALUE 5:6 e.route[0].to'],
      ['via = "10.1.1.1"', 'NET_MISSING_KEY 4:3 e.route[0]'],
      ['to = "default"\ngateway = "10.1.1.1"', 'NET_UNKNOWN_KEY 6:1 e.route[0].gateway'],
      ['to = "default"\nvia = "010.0.0.1"', 'NET_INVALID_VALUE 6:7 e.route[0].via'],
      ['to = "default"\nvia = "fe80::1%eth0"', 'NET_INVALID_VALUE 6:7 e.route[0].via'],
      ['to = "default"\nfrom = "fd00::1/64"', 'NET_INVALID_VALUE 6:8 e.route[0].from'],
      ['to = "default"\nroute-metric = "1"', 'NET_WRONG_TYPE 6:16 e.route[0].route-metric'],
      ['to = "default"\nroute-metric = 4294967296', 'NET_INVALID_VALUE 6:16 e.route[0].route-metric'],
    ] as const
  ).map(([lines, fault]): [string, string, string] => [
    `a route with ${lines.replace('\n', ', ')}`,
    `version = 2\n[e.static4]\naddresses = []\n[[e.route]]\n${lines}`,
    fault,
  ]),
  ['kind = "BOND"', bond({ kind: 'BOND' }), 'NET_INVALID_VALUE 3:8 b.kind'],
  ['kind as number', vlan({ kind: 'vlan' }).replace('"vlan"', '1'), 'NET_WRONG_TYPE 3:8 v.kind'],
  ['a bond without mode', bond().replace('mode = "active-backup"\n', ''), 'NET_MISSING_KEY 2:2 b'],
  ['another mode', bond().replace('active-backup', '802.3ad'), 'NET_INVALID_VALUE 4:8 b.mode'],
  ['a bond without interfaces', bond().replace(/^interfaces.*\n/m, ''), 'NET_MISSING_KEY 2:2 b'],
  ['a list of no interfaces', bond({ interfaces: '[]' }), 'NET_BOND_INVALID 5:14 b.interfaces'],
  ['a MAC address in a bond', bond({ interfaces: '["52:54:00:ab:cd:ef"]' }), 'NET_INVALID_VALUE 5:15 b.interfaces[0]'],
  ['more links than interfaces', bond({ more: 'min-links = 3' }), 'NET_BOND_INVALID 8:13 b.min-links'],
  ['links below zero', bond({ more: 'min-links = -1' }), 'NET_INVALID_VALUE 8:13 b.min-links'],
  ['a bond without monitoring', bond().replace(/^monitoring.*\n/m, ''), 'NET_MISSING_KEY 2:2 b'],
  ['no monitoring at all', bond({ monitoring: '{}' }), Array(3).fill('NET_MISSING_KEY 6:1 b.monitoring').join(', ')],
  [
    'a frequency alone',
    bond({ monitoring: '{ miimon-frequency-ms = 1 }' }),
    Array(2).fill('NET_MISSING_KEY 6:1 b.monitoring').join(', '),
  ],
  [
    'MII with a key of ARP',
    bond({ monitoring: mii(1, 1, 1).replace(' }', ', arpmon-interval-ms = 1 }') }),
    'NET_UNKNOWN_KEY 6:89 b.monitoring.arpmon-interval-ms',
  ],
  ['a frequency of 0', bond({ monitoring: mii(0, 0, 0) }), 'NET_BOND_INVALID 6:38 b.monitoring.miimon-frequency-ms'],
  ['a short delay up', bond({ monitoring: mii(100, 99, 100) }), 'NET_BOND_INVALID 6:63 b.monitoring.miimon-updelay-ms'],
  [
    'a short delay down',
    bond({ monitoring: mii(100, 100, 99) }),
    'NET_BOND_INVALID 6:90 b.monitoring.miimon-downdelay-ms',
  ],
  [
    'a frequency of 33 bits',
    bond({ monitoring: mii(4294967296, 1, 1) }),
    'NET_INVALID_VALUE 6:38 b.monitoring.miimon-frequency-ms',
  ],
  [
    'an interval of 0',
    bond({ monitoring: arp('0', '"all"', targets(1)) }),
    'NET_BOND_INVALID 6:37 b.monitoring.arpmon-interval-ms',
  ],
  ['no targets', bond({ monitoring: arp('1', '"all"', '[]') }), 'NET_BOND_INVALID 6:82 b.monitoring.arpmon-targets'],
  [
    '17 targets',
    bond({ monitoring: arp('1', '"all"', targets(17)) }),
    'NET_BOND_INVALID 6:82 b.monitoring.arpmon-targets',
  ],
  [
    'a target with prefix length',
    bond({ monitoring: arp('1', '"all"', '["10.0.0.1/8"]') }),
    'NET_INVALID_VALUE 6:83 b.monitoring.arpmon-targets[0]',
  ],
  [
    'arpmon-validate in capitals',
    bond({ monitoring: arp('1', '"All"', targets(1)) }),
    'NET_INVALID_VALUE 6:58 b.monitoring.arpmon-validate',
  ],
  [
    'ARP without targets',
    bond({ monitoring: '{ arpmon-interval-ms = 1, arpmon-validate = "all" }' }),
    'NET_MISSING_KEY 6:1 b.monitoring',
  ],
  ['monitoring as text', bond({ monitoring: '"mii"' }), 'NET_WRONG_TYPE 6:14 b.monitoring'],
  ['a bond without addressing', bond({ dhcp: '' }), 'NET_NO_ADDRESSING 2:2 b'],
  ['a bond with routes and DHCP', bond({ more: 'route = []' }), 'NET_ROUTE_NOT_ALLOWED 8:1 b.route'],
  ['a bond by MAC address', bond().replace('[b]', '["52:54:00:ab:cd:ef"]'), 'NET_INVALID_NAME 2:2 "52:54:00:ab:cd:ef"'],
  ['a VLAN by MAC address', vlan().replace('[v]', '["52:54:00:ab:cd:ef"]'), 'NET_INVALID_NAME 2:2 "52:54:00:ab:cd:ef"'],
  ['a VLAN without device', vlan().replace('device = "eth0"\n', ''), 'NET_MISSING_KEY 2:2 v'],
  ['a VLAN without id', vlan().replace('id = 7\n', ''), 'NET_MISSING_KEY 2:2 v'],
  [
    'a VLAN without kind',
    vlan().replace('kind = "vlan"\n', ''),
    'NET_UNKNOWN_KEY 3:1 v.device, NET_UNKNOWN_KEY 4:1 v.id',
  ],
  ['a VLAN on a MAC address', vlan({ device: '52:54:00:ab:cd:ef' }), 'NET_INVALID_VALUE 4:10 v.device'],
  ['the tag 4095', vlan({ id: '4095' }), 'NET_INVALID_VALUE 5:6 v.id'],
  ['a tag below zero', vlan({ id: '-1' }), 'NET_INVALID_VALUE 5:6 v.id'],
  ['a tag as fraction', vlan({ id: '5.0' }), 'NET_WRONG_TYPE 5:6 v.id'],
  ['a VLAN without addressing', vlan().replace('dhcp4 = true', ''), 'NET_NO_ADDRESSING 2:2 v'],
  ['an interface of a bond with a table', `${bond()}\n[p1]\ndhcp4 = false`, 'NET_WORKER_REUSED 5:15 b.interfaces[0]'],
  [
    'an interface of a bond below a VLAN',
    `${bond()}\n[v]\nkind = "vlan"\ndevice = "p2"\nid = 7\ndhcp4 = true`,
    'NET_WORKER_REUSED 5:21 b.interfaces[1]',
  ],
  ['an interface twice in a bond', bond({ interfaces: '["p1", "p1"]' }), 'NET_WORKER_REUSED 5:21 b.interfaces[1]'],
  ['a bond in itself', bond({ interfaces: '["b"]' }), 'NET_WORKER_REUSED 5:15 b.interfaces[0]'],
  [
    'an interface in two bonds',
    `${bond()}\n${bond().replace('version = 3\n[b]', '[c]')}`,
    'NET_WORKER_REUSED 12:15 c.interfaces[0], NET_WORKER_REUSED 12:21 c.interfaces[1]',
  ],
  [
    'many faults',
    'version = 3\n["a.b"]\ndhcp4 = 1\n[c]\n[d]\ndhcp4 = true\nroute = 5',
    'NET_INVALID_NAME 2:2 "a.b", NET_WRONG_TYPE 3:9 "a.b".dhcp4, NET_NO_ADDRESSING 4:2 c, NET_ROUTE_NOT_ALLOWED 7:1 d.route, NET_WRONG_TYPE 7:9 d.route',
  ],
]

function mii(frequency: number, up: number, down: number): string {
  const values = [`miimon-frequency-ms = ${String(frequency)}`, `miimon-updelay-ms = ${String(up)}`]
  return `{ ${values.join(', ')}, miimon-downdelay-ms = ${String(down)} }`
}

function arp(interval: string, validate: string, list: string): string {
  return `{ arpmon-interval-ms = ${interval}, arpmon-validate = ${validate}, arpmon-targets = ${list} }`
}

function targets(count: number): string {
  return JSON.stringify(Array.from({ length: count }, (_, i) => `10.0.0.${String(i + 1)}`))
}

/** A bond named `b` that is fine, but for what is said otherwise. */
function bond(
  parts: { kind?: string; interfaces?: string; monitoring?: string; dhcp?: string; more?: string } = {},
): string {
  const { kind = 'bond', interfaces = '["p1", "p2"]', monitoring = mii(100, 100, 100) } = parts
  const { dhcp = 'dhcp4 = true', more = '' } = parts
  const lines = ['[b]', `kind = "${kind}"`, 'mode = "active-backup"', `interfaces = ${interfaces}`]
  return ['version = 3', ...lines, `monitoring = ${monitoring}`, dhcp, more].join('\n')
}

/** A VLAN named `v` that is fine, but for what is said otherwise. */
function vlan(parts: { kind?: string; device?: string; id?: string } = {}): string {
  const { kind = 'vlan', device = 'eth0', id = '7' } = parts
  return ['version = 3', '[v]', `kind = "${kind}"`, `device = "${device}"`, `id = ${id}`, 'dhcp4 = true'].join('\n')
}
