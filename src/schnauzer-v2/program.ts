import path from 'node:path'
import { ApiClient } from '../api/client.ts'
import { LOG_LEVEL_OPTION, logLevelOf, parseArgs, usageError, type ArgsSpec, type OptionSpec } from '../lib/args.ts'
import { messageOf, PipelineError } from '../lib/errors.ts'
import { EXIT_FAILURE, EXIT_OK } from '../lib/exit-codes.ts'
import { isJsonObject, member, quoteJson } from '../lib/json.ts'
import { PATHS } from '../lib/paths.ts'
import type { Host, Program, ProgramIo } from '../lib/ports.ts'
import { deviceFacts } from '../schnauzer/device-facts.ts'
import { RenderSet } from '../schnauzer/render-set.ts'
import { renderWithLookups, type Template, type TemplateData } from '../schnauzer/render.ts'
import { parseRequirement } from '../schnauzer/requirement.ts'
import { SHIPPED_STRINGS } from '../schnauzer/shipped-strings.ts'
import { tellingResolver } from '../lib/waiting.ts'

const USAGE = `usage: schnauzer-v2 [--log-level LEVEL] [--api-socket PATH] COMMAND

  render      [--requires REQUIREMENT]... --template TEMPLATE   render a template string
  render-file --path FILE                                       render a template file

  --log-level LEVEL   off, error, warn, info, debug or trace (default info)
  --api-socket PATH   default ${PATHS.apiSocket}

REQUIREMENT is NAME@VERSION or NAME@VERSION(helpers=[a, b]).
The rendered text goes to standard output as one JSON string. 'schnauzer-v2 COMMAND --help' explains a command.`
const RENDER_USAGE = `usage: schnauzer-v2 render [--requires REQUIREMENT]... --template TEMPLATE

Renders TEMPLATE, the body of a template without front matter, with the settings and helpers that are required.`
const RENDER_FILE_USAGE = `usage: schnauzer-v2 render-file --path FILE

Renders a template file with front matter.`

// the word `help` is understood as well as the option
const HELP: OptionSpec = { names: ['--help', 'help'] }
const COMMON = { usageExit: EXIT_FAILURE, refuseRepeats: true } as const

const SPEC: ArgsSpec = {
  ...COMMON,
  usage: USAGE,
  options: [LOG_LEVEL_OPTION, { names: ['--api-socket'], value: 'PATH' }, HELP],
  words: 'stop',
}
const RENDER: ArgsSpec = {
  ...COMMON,
  usage: RENDER_USAGE,
  options: [
    { names: ['--requires'], value: 'REQUIREMENT', repeatable: true },
    { names: ['--template'], value: 'TEMPLATE' },
    HELP,
  ],
}
const RENDER_FILE: ArgsSpec = {
  ...COMMON,
  usage: RENDER_FILE_USAGE,
  options: [{ names: ['--path'], value: 'FILE' }, HELP],
}

/** What a command line asks for: a usage text, or a template. */
type Task = { readonly kind: 'help'; readonly usage: string } | { readonly kind: 'render'; readonly template: Template }

async function renderTask(argv: readonly string[]): Promise<Task> {
  const args = parseArgs(RENDER, argv)
  if (args.flags.has('--help')) return { kind: 'help', usage: RENDER_USAGE }
  const body = args.value('--template')
  if (body === undefined) throw usageError(RENDER, 'missing --template')
  const requirements = (args.values.get('--requires') ?? []).map(parseRequirement)
  return { kind: 'render', template: await new RenderSet(SHIPPED_STRINGS).string('--template', body, requirements) }
}

function readTemplate(file: string, io: ProgramIo, host: Host): string {
  try {
    return host.fs.readText(path.resolve(io.cwd, file))
  } catch (cause) {
    const reason = cause instanceof TypeError ? 'it is not UTF-8' : messageOf(cause)
    throw new PipelineError('TEMPLATE_UNREADABLE', `cannot read the template '${file}': ${reason}`, { cause })
  }
}

async function renderFileTask(argv: readonly string[], io: ProgramIo, host: Host): Promise<Task> {
  const args = parseArgs(RENDER_FILE, argv)
  if (args.flags.has('--help')) return { kind: 'help', usage: RENDER_FILE_USAGE }
  const file = args.value('--path')
  if (file === undefined) throw usageError(RENDER_FILE, 'missing --path')
  return { kind: 'render', template: await new RenderSet(SHIPPED_STRINGS).file(file, readTemplate(file, io, host)) }
}

function taskOf(words: readonly string[], io: ProgramIo, host: Host): Promise<Task> {
  const [command, ...rest] = words
  switch (command) {
    case 'render':
      return renderTask(rest)
    case 'render-file':
      return renderFileTask(rest, io, host)
    case undefined:
      throw usageError(SPEC, 'a command is missing')
    default:
      throw usageError(SPEC, `unknown argument '${command}'`)
  }
}

async function fetchData(host: Host, socket: string): Promise<TemplateData> {
  const answer = await new ApiClient(host.api(socket)).getJson('/')
  const settings = member(answer, 'settings')
  const os = member(answer, 'os')
  if (isJsonObject(settings) && isJsonObject(os)) return { settings, os }
  throw new PipelineError('API_INVALID_RESPONSE', 'GET / did not answer settings and OS data')
}

/** Renders one template with the settings that the API serves, as one JSON string. */
export const schnauzerV2: Program = {
  name: 'schnauzer-v2',
  run: async (argv, io, host) => {
    const args = parseArgs(SPEC, argv)
    logLevelOf(SPEC, args)
    const task: Task = args.flags.has('--help') ? { kind: 'help', usage: USAGE } : await taskOf(args.words, io, host)
    if (task.kind === 'help') {
      io.stdout.write(`${task.usage}\n`)
      return EXIT_OK
    }
    const { template } = task
    const data = await fetchData(host, args.value('--api-socket') ?? PATHS.apiSocket)
    const facts = { cpus: host.facts.cpus(), ...(await deviceFacts(host.facts)(template.importedHelpers)) }
    const resolver = tellingResolver(host, 'schnauzer-v2', io.stderr)
    const text = await renderWithLookups(template, data, facts, resolver)
    io.stdout.write(`${quoteJson(text)}\n`)
    return EXIT_OK
  },
}
