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
        description: 'Whether a boot with other parameters than these is followed by a reboot.',
        examples: [true],
      },
      kernel: {
        type: parameters,
        aliases: ['kernel-parameters'],
        description: 'Kernel parameters, each with its list of values.',
        examples: [{ console: ['tty0', 'ttyS1,115200n8'], quiet: [] }],
        reboot: true,
      },
      init: {
        type: parameters,
        aliases: ['init-parameters'],
        description: 'Parameters of init, each with its list of values.',
        examples: [{ 'systemd.log_level': ['debug'] }],
        reboot: true,
      },
    },
    { positional: { least: 1 } },
  ),
}
