import { list, record } from '../combinators-containers.ts'
import { ipAddress } from '../scalars/address.ts'
import { linuxHostname } from '../scalars/network-names.ts'
import type { Group } from '../types.ts'

export const dns: Group = {
  name: 'dns',
  description: 'Static name resolution instead of what DHCP says.',
  type: record({
    'name-servers': {
      type: list(ipAddress),
      description: 'Addresses of the name servers to ask.',
      examples: [['10.0.0.2']],
    },
    'search-list': {
      type: list(linuxHostname),
      description: 'Domains that short host names are looked up in.',
      examples: [['example.test']],
    },
  }),
}
