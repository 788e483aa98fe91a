/** Bootstrap containers and commands. */
import { choice } from '../combinators.ts'
import { list, listAfter } from '../combinators-containers.ts'
import { freeText } from './strings.ts'

export const bootstrapMode = choice(['off', 'once', 'always'])

/** A command line of the API client, as a list of words. */
export const apiclientCommand = listAfter('apiclient', list(freeText), 'a command whose first word is "apiclient"')
