import { list, record } from '../combinators-containers.ts'
import { hostsEntries } from '../scalars/hosts.ts'
import { linuxHostname, url } from '../scalars/network-names.ts'
import { singleLine } from '../scalars/strings.ts'
import type { Group } from '../types.ts'

export const network: Group = {
  name: 'network',
  description: 'Host name, static host entries and proxy.',
  type: record({
    hostname: { type: linuxHostname, description: 'Name that the host goes by.', examples: ['node-1.example'] },
    hosts: {
      type: hostsEntries,
      description: 'Additional lines of the hosts file: pairs of an address and its names.',
      examples: [[['10.0.0.10', ['db.example', 'db']]]],
    },
    'https-proxy': {
      type: url,
      description: 'Proxy for outgoing HTTPS connections of the host.',
      examples: ['proxy.example:3128'],
    },
    'no-proxy': {
      type: list(singleLine),
      description: 'Hosts and domains that are reached without the proxy.',
      examples: [['localhost', '.internal']],
    },
  }),
}
