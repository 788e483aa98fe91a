import { boolean } from '../combinators.ts'
import { map, record } from '../combinators-containers.ts'
import { lockdown, moduleName, sysctlKey } from '../scalars/kernel.ts'
import { freeText } from '../scalars/strings.ts'
import type { Group } from '../types.ts'

export const kernel: Group = {
  name: 'kernel',
  description: 'Lockdown, kernel modules and sysctl values.',
  type: record({
    lockdown: {
      type: lockdown,
      description: 'Kernel lockdown mode; it can be raised at any time but lowered only by a reboot.',
      examples: ['integrity'],
    },
    modules: {
      type: map(
        moduleName,
        record({
          allowed: { type: boolean, description: 'Whether the module may be loaded.', examples: [true] },
          autoload: { type: boolean, description: 'Whether the module is loaded at boot.', examples: [true] },
        }),
      ),
      description: 'Kernel modules by name.',
      examples: [{ sctp: { allowed: false } }],
    },
    sysctl: {
      type: map(sysctlKey, freeText),
      description: 'Values of kernel parameters, always strings.',
      examples: [{ 'net.ipv4.ip_forward': '1' }],
    },
  }),
}
