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
      description: 'How much of the kernel is kept even from root: nothing, its integrity, or its secrets as well.',
      examples: ['integrity'],
      effectNote: 'A stricter mode is entered at once, a laxer one at the next boot.',
    },
    modules: {
      type: map(
        moduleName,
        record({
          allowed: { type: boolean, description: 'Whether the module may be loaded.', examples: [true] },
          autoload: {
            type: boolean,
            description: 'Whether the module is loaded at boot; it has to be allowed as well.',
            examples: [true],
          },
        }),
      ),
      description: 'Kernel modules by name: which may be loaded, and which are loaded at boot.',
      examples: [{ sctp: { allowed: false } }],
      effectNote: 'A module that is loaded already stays loaded until the next boot.',
    },
    sysctl: {
      type: map(sysctlKey, freeText),
      description: 'Kernel parameters set at run time, by name; values are always strings.',
      examples: [{ 'net.ipv4.ip_forward': '1' }],
    },
  }),
}
