import { ApiClient } from '../../api/client.ts'
import type { SettingsSource } from '../../documents/source.ts'
import { parseArgs, usageError, type ArgsSpec, type ParsedArgs } from '../../lib/args.ts'
import { renderDiagnostic, type Diagnostic } from '../../lib/diagnostics.ts'
import { PipelineError } from '../../lib/errors.ts'
import { EXIT_DIFFERENCES, EXIT_FAILURE, EXIT_OK, type ExitCode } from '../../lib/exit-codes.ts'
import { PATHS } from '../../lib/paths.ts'
import type { Host, ProgramIo } from '../../lib/ports.ts'
import type { Variant } from '../../variants/variant.ts'
import * as options from '../options.ts'
import { planJson } from '../plan/json.ts'
import { planLive, variantOfHost, type LiveTarget } from '../plan/live.ts'
import { planOffline, type PlanDocument } from '../plan/offline.ts'
import { renderPlan } from '../plan/text.ts'
import { hasDifferences, type Plan, type PlanKind } from '../plan/types.ts'
import { fileSelector } from '../rendered/select.ts'
import { readIfAny } from '../rendered/write-out.ts'
import { diffPaletteFor, paletteFor } from '../terminal.ts'
import { readUserData, settingsOf, shownTexts, variantOfSource } from '../user-data.ts'
import { FILE_VARIANT_OPTION, VariantChoice } from '../variant-choice.ts'

const OPTIONS = [
  FILE_VARIANT_OPTION,
  options.RELEASE_OPTION,
  { names: ['--from'], value: 'FILE', repeatable: true, help: 'user data of the host now; repeated: changes since' },
  { names: ['--to'], value: 'FILE', required: true, help: 'the new user data, or a change of settings' },
  { names: ['--root'], value: 'DIR', help: 'instead of --from: the host that runs under DIR, with its files' },
  { names: ['--socket'], value: 'PATH', help: 'instead of --from: the host whose API is on this socket' },
  {
    names: ['--as'],
    value: 'WAY',
    help: 'replace (default with --from): a new node; apply: a change of one that runs',
  },
  { ...options.NET_OPTION, help: 'network configuration of both sides, net.toml' },
  options.FACTS_OPTION,
  { names: ['--no-generators'], help: 'leave generated settings unset' },
  { names: ['--only'], value: 'PATTERN', repeatable: true, help: 'only files of this path or name; may be repeated' },
  { names: ['--summary'], help: 'without the differences within files' },
  { names: ['--exit-code'], help: 'end with 3 if there are differences' },
  options.FORMAT_OPTION,
  options.SHOW_SECRETS_OPTION,
] as const

export const planSpec: ArgsSpec = {
  usage: options.usageText(
    [
      'bottlerocket plan --from OLD --to NEW [--variant NAME] [OPTION]...',
      'bottlerocket plan --root DIR | --socket PATH --to NEW [OPTION]...',
    ].join('\n       '),
    OPTIONS,
    [
      'What a change of user data comes to, before any machine is touched: settings, files, commands, reboots.',
      '',
      'OLD and NEW are user data as validate takes them; FILE#PART names one of several documents in a file. With --from a',
      'new node with NEW is compared to one with OLD, and it is told what applying NEW to the old one does instead.',
      'With --root or --socket a host that runs is asked what applying NEW would do; nothing is changed on it.',
      '',
      'Exit status: 0 done, 1 a document is rejected or the plan failed, 2 bad usage, 3 differences (with --exit-code).',
    ].join('\n'),
  ),
  options: OPTIONS,
}

/** How a plan is asked for. */
interface Request {
  readonly args: ParsedArgs
  readonly io: ProgramIo
  readonly host: Host
  readonly choice: VariantChoice
  readonly to: SettingsSource
}

/** A plan, and the documents that its findings are about. */
interface Planned {
  readonly plan: Plan
  readonly sources: readonly SettingsSource[]
}

const nameOf = ({ file, part }: SettingsSource): string => (part === undefined ? file : `${file}#${part}`)

function kindOf(args: ParsedArgs, fallback: PlanKind): PlanKind {
  const typed = args.value('--as') ?? fallback
  if (typed === 'replace' || typed === 'apply') return typed
  throw usageError(planSpec, `--as is replace or apply, not '${typed}'`)
}

/** Makes sure that a document is not meant for another host. @throws PipelineError `PLAN_OTHER_VARIANT` */
function checkVariant(
  choice: VariantChoice,
  to: SettingsSource,
  { name, variant }: Pick<LiveTarget, 'name' | 'variant'>,
): void {
  const { variants, problems } = choice.for(to)
  const isSilent = problems.every(({ code }) => code === 'VARIANT_MISSING')
  if ((isSilent && variants.length === 0) || variants.some((each) => each.name === variant.name)) return
  const named = variants.map((each) => each.name).join(', ')
  const message = `${name} is of ${variant.name}, and ${nameOf(to)} is for ${named === '' ? 'another variant' : named}`
  throw new PipelineError('PLAN_OTHER_VARIANT', message, { diagnostics: problems })
}

async function planFiles({ args, io, host, choice, to }: Request): Promise<Planned> {
  const as = kindOf(args, 'replace')
  const [first, ...since] = args.values.get('--from') ?? []
  if (first === undefined) throw usageError(planSpec, 'one of --from, --root and --socket is needed')
  const userData = await readUserData(first, io, host)
  const changes: SettingsSource[] = []
  for (const file of since) changes.push(await readUserData(file, io, host))
  // changes are for the host that they were applied to, and need not say so again
  const variant = variantOfSource(choice, userData)
  if (as === 'apply') checkVariant(choice, to, { name: nameOf(userData), variant })
  const target = as === 'replace' ? variantOfSource(choice, to) : variant
  const documentOf = (source: SettingsSource, its: Variant): PlanDocument => ({
    name: nameOf(source),
    variant: its,
    read: settingsOf(source, its),
  })
  const net = args.value('--net')
  const generators = !args.flags.has('--no-generators')
  const facts = options.factsOf(io, host, args)
  const plan = await planOffline({
    as,
    from: [documentOf(userData, variant), ...changes.map((source) => documentOf(source, variant))],
    to: documentOf(to, target),
    facts: generators ? options.completeFacts(facts) : facts,
    generators,
    network: net === undefined ? undefined : { file: net, bytes: options.readTypedFile(io, host, net) },
    showSecrets: args.flags.has('--show-secrets'),
    io,
    clock: host.clock,
  })
  return { plan, sources: [userData, ...changes, to] }
}

/** The variant of a host that runs. @throws PipelineError `API_UNREACHABLE` with what to do */
async function hostVariant(api: ApiClient, root: string): Promise<Variant> {
  try {
    return await variantOfHost(api)
  } catch (error) {
    if (!(error instanceof PipelineError) || error.code !== 'API_UNREACHABLE') throw error
    const hint = `start its API, for example with bottlerocket serve --root ${root} --variant NAME`
    throw new PipelineError(error.code, error.message, { hint, cause: error.cause })
  }
}

async function planHost(request: Request): Promise<Planned> {
  const { args, io, host, choice, to } = request
  if (kindOf(args, 'apply') !== 'apply') throw usageError(planSpec, '--as replace needs --from')
  for (const name of ['--from', '--net', '--facts', '--no-generators']) {
    const isGiven = args.values.has(name) || args.flags.has(name)
    if (isGiven) throw usageError(planSpec, `${name} does not go with a host that runs`)
  }
  const [typedRoot, typedSocket] = [args.value('--root'), args.value('--socket')]
  const root = typedRoot === undefined ? undefined : options.typedPath(io, typedRoot)
  const socket = typedSocket === undefined ? `${root ?? ''}${PATHS.apiSocket}` : options.typedPath(io, typedSocket)
  const api = new ApiClient(host.api(socket.replace(/^\/+/, '/')))
  const name = `the host ${typedSocket === undefined ? `under ${typedRoot ?? ''}` : `at ${typedSocket}`}`
  const readFile = root === undefined ? {} : { readFile: (path: string) => readIfAny(root, path) }
  const target: LiveTarget = { api, name, variant: await hostVariant(api, typedRoot ?? 'DIR'), ...readFile }
  checkVariant(choice, to, target)
  const plan = await planLive({
    target,
    to: { name: nameOf(to), read: settingsOf(to, target.variant) },
    showSecrets: args.flags.has('--show-secrets'),
    host,
  })
  return { plan, sources: [to] }
}

function printFindings(
  diagnostics: readonly Diagnostic[],
  sources: readonly SettingsSource[],
  { args, io }: Request,
): void {
  const texts = shownTexts(sources, args.flags.has('--show-secrets'))
  for (const diagnostic of diagnostics) {
    io.stderr.write(`${renderDiagnostic(diagnostic, texts.get(diagnostic.at?.file ?? ''), paletteFor(io, 2))}\n`)
  }
}

/** The plan with nothing but the files that are meant. */
function narrowed(plan: Plan, args: ParsedArgs): Plan {
  const isMeant = fileSelector(args.values.get('--only') ?? [])
  return { ...plan, files: plan.files.filter(isMeant), notRendered: plan.notRendered.filter(isMeant) }
}

/** `bottlerocket plan`: exit 1 when a document is rejected, 3 with `--exit-code` when there are differences. */
export async function plan(argv: readonly string[], io: ProgramIo, host: Host): Promise<ExitCode> {
  const args = parseArgs(planSpec, argv)
  const asJson = options.wantsJson(planSpec, args)
  const choice = VariantChoice.of(planSpec, args)
  const isLive = args.values.has('--root') || args.values.has('--socket')
  const to = await readUserData(args.value('--to') ?? '', io, host)
  const request: Request = { args, io, host, choice, to }
  const { plan: whole, sources } = await (isLive ? planHost(request) : planFiles(request))
  const result = narrowed(whole, args)
  if (asJson) io.stdout.write(`${planJson(result)}\n`)
  else {
    printFindings(result.diagnostics, sources, request)
    const style = { palette: paletteFor(io), diff: diffPaletteFor(io), isShort: args.flags.has('--summary') }
    if (result.accepted) io.stdout.write(renderPlan(result, style))
  }
  if (!result.accepted) return EXIT_FAILURE
  return args.flags.has('--exit-code') && hasDifferences(whole) ? EXIT_DIFFERENCES : EXIT_OK
}
