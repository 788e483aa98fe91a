import { boolean } from '../combinators.ts'
import { list, map, record } from '../combinators-containers.ts'
import { bootConfigKey, bootConfigValue } from '../scalars/kernel.ts'
import type { Group } from '../types.ts'

const parameters = map(bootConfigKey, list(bootConfigValue))

/** Reference: stored under short names, whichever name was written; the last two may be left off the positional form. */
export const boot: Group = {
  name: 'boot',
  description: 'Command lines of the kernel and of init.',
  type: record(
    {
      'reboot-to-reconcile': {
        type: boolean,
        description: 'Whether a host that came up with other parameters than these reboots once more.',
        examples: [true],
        effect: 'next-boot',
      },
      kernel: {
        type: parameters,
        aliases: ['kernel-parameters'],
        writtenAs: 'kernel-parameters',
        description: 'Parameters of the kernel command line, each with its list of values.',
        examples: [{ console: ['tty0', 'ttyS1,115200n8'], quiet: [] }],
        effect: 'next-boot',
      },
      init: {
        type: parameters,
        aliases: ['init-parameters'],
        writtenAs: 'init-parameters',
        description: 'Parameters of the init process (systemd), each with its list of values.',
        examples: [{ 'systemd.log_level': ['debug'] }],
        effect: 'next-boot',
      },
    },
    { positional: { least: 1 } },
  ),
}
