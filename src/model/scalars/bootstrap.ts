/** Bootstrap containers and commands. */
import { choice } from '../combinators.ts'
import { checked, list } from '../combinators-containers.ts'
import { freeText } from './strings.ts'

export const bootstrapMode = choice(['off', 'once', 'always'])

/** A command line of the API client, as a list of words. */
export const apiclientCommand = checked(
  list(freeText),
  'a command whose first word is "apiclient"',
  (words) => Array.isArray(words) && words[0] === 'apiclient',
)
