/** Which generators have to run: those whose setting has no value yet. */
import { sortedEntries } from '../lib/byte-order.ts'
import { PipelineError } from '../lib/errors.ts'
import { isJsonObject, member, type JsonObject, type JsonValue } from '../lib/json.ts'
import { splitShellWords } from '../lib/shell-words.ts'
import { KeyError, parseKey, type Key } from '../model/key.ts'

export interface GeneratorStep {
  readonly key: Key
  /** As the metadata has it. */
  readonly command: string
  /** Program and arguments. */
  readonly words: readonly string[]
}

/** Reads the answer of the setting generators route. @throws PipelineError `API_INVALID_RESPONSE` */
export function decodeGenerators(answer: JsonValue): ReadonlyMap<string, string> {
  if (!isJsonObject(answer)) throw new PipelineError('API_INVALID_RESPONSE', 'the setting generators are no object')
  return new Map(
    sortedEntries(answer).map(([key, command]) => {
      if (typeof command !== 'string') {
        throw new PipelineError('API_INVALID_RESPONSE', `the generator of ${key} is no string`)
      }
      return [key, command]
    }),
  )
}

/** Whether a value holds anything that is stored: null and empty objects are not. */
function holdsValue(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null) return false
  return !isJsonObject(value) || Object.values(value).some(holdsValue)
}

/** Whether the key itself or any key below it has a value in the tree. */
export function isPopulated(live: JsonObject, key: Key): boolean {
  let node: JsonValue | undefined = live
  for (const segment of key.segments) node = member(node, segment)
  return holdsValue(node)
}

/**
 * The generators to run, in byte order of their keys. What a skipped one looks like does not matter.
 *
 * @param generators key name to command
 * @param live what the API has, from the top (`{"settings": {...}}`); pending values do not count
 * @throws PipelineError `GENERATOR_COMMAND_INVALID` naming every command that is empty or has an open quote, and every
 * name that is no key
 */
export function planGenerators(generators: ReadonlyMap<string, string>, live: JsonObject): GeneratorStep[] {
  const steps: GeneratorStep[] = []
  const problems: string[] = []
  for (const [name, command] of generators) {
    try {
      const key = parseKey(name)
      if (isPopulated(live, key)) continue
      const words = splitShellWords(command)
      if (words === undefined || words.length === 0) {
        problems.push(`${name}: ${words === undefined ? 'open quote in' : 'no word in'} '${command}'`)
      } else {
        steps.push({ key, command, words })
      }
    } catch (error) {
      if (!(error instanceof KeyError)) throw error
      problems.push(error.message)
    }
  }
  if (problems.length > 0) {
    throw new PipelineError('GENERATOR_COMMAND_INVALID', `setting generators: ${problems.join('; ')}`)
  }
  return steps
}
