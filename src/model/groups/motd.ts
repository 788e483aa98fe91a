import { freeText } from '../scalars/strings.ts'
import type { Group } from '../types.ts'

export const motd: Group = {
  name: 'motd',
  description: 'Message of the day, shown at every login.',
  examples: ['Welcome to this node'],
  type: freeText,
}
