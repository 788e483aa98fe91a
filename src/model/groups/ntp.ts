import { list, record } from '../combinators-containers.ts'
import { url } from '../scalars/network-names.ts'
import { freeText } from '../scalars/strings.ts'
import type { Group } from '../types.ts'

export const ntp: Group = {
  name: 'ntp',
  description: 'Time synchronisation.',
  type: record({
    'time-servers': {
      type: list(url),
      description: 'Servers or pools that the clock is set by.',
      examples: [['169.254.169.123', '2.amazon.pool.ntp.org']],
    },
    options: {
      type: list(freeText),
      description: 'Options for each time server, as chrony.conf spells them.',
      examples: [['minpoll', '1', 'maxpoll', '2']],
    },
  }),
}
