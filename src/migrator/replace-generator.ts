/** A setting whose generator changes with the release, and with it the value, if nobody has set another one. */
import { parseArgs, type ArgsSpec } from '../lib/args.ts'
import { messageOf, PipelineError } from '../lib/errors.ts'
import { isJsonObject, jsonObject, printJson, type JsonObject, type JsonValue } from '../lib/json.ts'
import { splitShellWords } from '../lib/shell-words.ts'
import { isAtOrBelow, parseSegments } from '../model/key.ts'
import { buildTree } from '../model/pairs.ts'
import type { Migration, MigrationContext, MigrationData } from './migration.ts'

const GENERATOR = 'setting-generator'
const TEMPLATE = 'template'
const SCHNAUZER = 'schnauzer-v2'

const RENDER: ArgsSpec = {
  usage: `usage: ${SCHNAUZER} render [--requires REQUIREMENT]... --template TEMPLATE`,
  options: [
    { names: ['--requires'], value: 'REQUIREMENT', repeatable: true },
    { names: ['--template'], value: 'TEMPLATE', required: true },
  ],
}

function treeBelow(data: ReadonlyMap<string, JsonValue>, area: string): JsonObject {
  const pairs = [...data]
    .filter(([key]) => isAtOrBelow(parseSegments(key), [area]))
    .map(([key, value]): [string, string] => [key, printJson(value)])
  const tree = buildTree(pairs, [area])
  return isJsonObject(tree) ? tree : jsonObject()
}

/** Renders the text of a template with the data of a migration. */
type Render = (text: string, data: MigrationData, context: MigrationContext) => Promise<string>

async function renderBody(
  body: string,
  requirements: readonly string[],
  { data }: MigrationData,
  { host }: MigrationContext,
): Promise<string> {
  // loaded only here: most migrations render nothing
  const { parseRequirement } = await import('../schnauzer/requirement.ts')
  const { parseTemplateString } = await import('../schnauzer/template.ts')
  const { renderWithLookups } = await import('../schnauzer/render.ts')
  const template = parseTemplateString('the template', body, requirements.map(parseRequirement))
  const facts = { cpus: host.facts.cpus(), efaAttached: false }
  const trees = { settings: treeBelow(data, 'settings'), os: treeBelow(data, 'os') }
  return renderWithLookups(template, trees, facts, host.resolver)
}

/** What a generator command of schnauzer prints, as the text that it stands for. */
const renderCommand: Render = (command, data, context) => {
  const [program, subcommand, ...words] = splitShellWords(command) ?? []
  if (program !== SCHNAUZER || subcommand !== 'render') throw new Error(`'${command}' does not render a template`)
  const args = parseArgs(RENDER, words)
  return renderBody(args.value('--template') ?? '', args.values.get('--requires') ?? [], data, context)
}

interface GeneratedSetting {
  readonly key: string
  /** The metadata key that holds the text. */
  readonly metadata: string
  /** What the text has to begin with. */
  readonly start: string
  readonly old: string
  readonly new: string
  readonly render: Render
}

async function rendered(
  text: string,
  each: GeneratedSetting,
  data: MigrationData,
  context: MigrationContext,
): Promise<string> {
  try {
    return await each.render(text, data, context)
  } catch (cause) {
    throw new PipelineError('MIGRATION_FAILED', `${each.metadata} of ${each.key}: ${messageOf(cause)}`, { cause })
  }
}

async function replace(each: GeneratedSetting, data: MigrationData, context: MigrationContext): Promise<void> {
  const { key, metadata, start, old, new: replacement } = each
  const value = data.data.get(key)
  if (value === undefined) return
  if (typeof value !== 'string') throw new PipelineError('MIGRATION_FAILED', `${key} is no text: ${printJson(value)}`)
  const text = data.metadata.get(key)?.get(metadata)
  if (typeof text !== 'string' || !text.trim().startsWith(start) || text.trim() !== old.trim()) {
    context.note(`${metadata} of ${key} is another one and stays`)
    return
  }
  data.metadata.get(key)?.set(metadata, replacement)
  if ((await rendered(old, each, data, context)) === value) {
    data.data.set(key, await rendered(replacement, each, data, context))
  } else context.note(`${key} was changed and stays`)
}

function migrationOf(forward: GeneratedSetting): Migration {
  const backward = { ...forward, old: forward.new, new: forward.old }
  return {
    forward: (data, context) => replace(forward, data, context),
    backward: (data, context) => replace(backward, data, context),
  }
}

/** A generator that runs `schnauzer-v2 render`. */
export function replaceGenerator(key: string, commands: { readonly old: string; readonly new: string }): Migration {
  return migrationOf({ key, metadata: GENERATOR, start: SCHNAUZER, ...commands, render: renderCommand })
}

/**
 * A template in the metadata, as releases before generators had it.
 *
 * @param requirements what the template needs, as `NAME@VERSION(helpers=[...])`
 */
export function replaceTemplate(
  key: string,
  templates: { readonly old: string; readonly new: string },
  requirements: readonly string[] = [],
): Migration {
  const render: Render = (text, data, context) => renderBody(text, requirements, data, context)
  return migrationOf({ key, metadata: TEMPLATE, start: '', ...templates, render })
}
