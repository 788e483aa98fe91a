import { boolean } from '../combinators.ts'
import { list, map, record } from '../combinators-containers.ts'
import { apiclientCommand, bootstrapMode } from '../scalars/bootstrap.ts'
import { identifier } from '../scalars/strings.ts'
import type { Group } from '../types.ts'

export const bootstrapCommands: Group = {
  name: 'bootstrap-commands',
  description: 'Commands of the API client that run before the orchestrator starts, in byte order of their names.',
  effect: 'next-boot',
  type: map(
    identifier,
    record({
      commands: {
        type: list(apiclientCommand),
        description: 'Command lines, each a list of words that begins with "apiclient".',
        examples: [[['apiclient', 'set', 'motd=hello']]],
      },
      mode: {
        type: bootstrapMode,
        description: 'When they run: never, at the next boot only, or at every boot.',
        examples: ['always'],
      },
      essential: { type: boolean, description: 'Whether the boot stops when a command fails.', examples: [false] },
    }),
  ),
}
