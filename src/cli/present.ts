/** A boot and later changes as text for people. */
import { renderDiagnostic, type Diagnostic, type Palette } from '../lib/diagnostics.ts'
import type { HostEvent, TextSink } from '../lib/ports.ts'
import type { BootSummary, GeneratedSetting } from './boot-target.ts'
import type { ApplyOutcome, CommandEvent, FileEvent, StepRecord } from './report.ts'

const BAR_WIDTH = 36
const MAX_VALUE = 88

function bar(step: StepRecord, totalMs: number): string {
  const cell = (ms: number): number => Math.round((ms / Math.max(totalMs, 1)) * BAR_WIDTH)
  const start = Math.min(cell(step.startMs), BAR_WIDTH - 1)
  const length = Math.max(1, Math.min(cell(step.endMs) - start, BAR_WIDTH - start))
  return ' '.repeat(start) + '█'.repeat(length) + ' '.repeat(BAR_WIDTH - start - length)
}

function stepLine(step: StepRecord, totalMs: number, width: number, palette: Palette): string {
  const name = step.name.padEnd(width)
  if (step.outcome === 'skipped') return `  ${palette.faint(`${name}  skipped: ${step.reason ?? ''}`)}`
  const duration = `${(step.endMs - step.startMs).toFixed(1).padStart(8)} ms`
  const failed = step.outcome === 'failed' ? `  ${palette.error('failed')}` : ''
  return `  ${name}  ${bar(step, totalMs)} ${duration}${failed}`
}

function steps(summary: BootSummary, palette: Palette): string[] {
  const { result } = summary
  const totalMs = result.steps.at(-1)?.endMs ?? 0
  const width = Math.max(...result.steps.map(({ name }) => name.length))
  return [
    palette.strong('Steps'),
    ...result.steps.map((step) => stepLine(step, totalMs, width, palette)),
    `  ${'total'.padEnd(width)}  ${' '.repeat(BAR_WIDTH)} ${totalMs.toFixed(1).padStart(8)} ms`,
  ]
}

function shorten(text: string): string {
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text
}

function generatedLines(generated: readonly GeneratedSetting[], palette: Palette, showSecrets: boolean): string[] {
  if (generated.length === 0) return []
  const width = Math.max(...generated.map(({ key }) => key.length))
  const value = (setting: GeneratedSetting): string =>
    setting.secret && !showSecrets ? palette.faint('(secret)') : shorten(setting.text)
  return [
    '',
    palette.strong('Generated settings'),
    ...generated.map((setting) => `  ${setting.key.padEnd(width)} = ${value(setting)}`),
  ]
}

function fileLines(files: readonly FileEvent[], palette: Palette): string[] {
  if (files.length === 0) return []
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1))
  const width = Math.max(...sorted.map(({ path }) => path.length))
  const changed = sorted.filter((file) => file.changed).length
  return [
    '',
    palette.strong(`Files: ${String(sorted.length)} rendered, ${String(changed)} written`),
    ...sorted.map(
      (file) =>
        `  ${file.mode}  ${file.path.padEnd(width)}  ${palette.faint(file.services.join(', '))}${
          file.changed ? '' : palette.faint('  (as before)')
        }`,
    ),
  ]
}

/** Commands in the order of their first use, each once, with the services that want it. */
function commandLines(commands: readonly CommandEvent[], palette: Palette): string[] {
  const services = new Map<string, Set<string>>()
  for (const { command, services: names } of commands) {
    const known = services.get(command) ?? new Set<string>()
    names.forEach((name) => known.add(name))
    services.set(command, known)
  }
  const ran = commands.some((command) => command.ran)
  if (services.size === 0) return []
  const width = Math.max(...[...services.keys()].map((command) => command.length))
  return [
    '',
    palette.strong(ran ? 'Restart commands' : 'Restart commands (recorded, not run)'),
    ...[...services].map(([command, names]) => `  ${command.padEnd(width)}  ${palette.faint([...names].join(', '))}`),
  ]
}

/** What could not be rendered, below a title. */
export function notRenderedLines(outcome: ApplyOutcome, palette: Palette): string[] {
  if (outcome.notRendered.length === 0) return []
  return [
    '',
    palette.warning('Not rendered'),
    ...outcome.notRendered.map(({ path, code, message }) => `  ${path}: ${code}: ${message}`),
  ]
}

/** Files, failures and commands of one run of the applier. */
export function renderOutcome(outcome: ApplyOutcome, palette: Palette): string {
  const lines = [
    ...fileLines(outcome.files, palette),
    ...notRenderedLines(outcome, palette),
    ...commandLines(outcome.commands, palette),
  ]
  return lines.length === 0 ? 'nothing to render or run\n' : lines.slice(1).join('\n') + '\n'
}

/** The contents of files, each below its path and mode, with secrets hidden where that is wanted. */
export function renderContents(
  { files, masked }: Pick<ApplyOutcome, 'files'> & { readonly masked: ReadonlyMap<string, string> },
  palette: Palette,
): string {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1))
  return sorted
    .map(({ path, mode, content }) => {
      const text = masked.get(path) ?? content
      return `${palette.strong(`==> ${path} (${mode})`)}\n${text}${text === '' || text.endsWith('\n') ? '' : '\n'}`
    })
    .join('\n')
}

/** What a person wants to see of a boot. */
export function renderBoot(summary: BootSummary, palette: Palette, showSecrets: boolean): string {
  const { result, outcome, variant, root } = summary
  const title = `${variant.name} ${variant.release}: ${summary.secondBoot ? 'a later boot' : 'first boot'} under ${root}`
  const lines = [palette.strong(title)]
  if (summary.secondBoot) lines.push('  user data is not read again; --fresh starts over')
  lines.push('', ...steps(summary, palette))
  lines.push(...generatedLines(summary.generated, palette, showSecrets))
  lines.push(...fileLines(outcome.files, palette))
  lines.push(...notRenderedLines(outcome, palette))
  lines.push(...commandLines(outcome.commands, palette))
  lines.push('', result.failedStep === undefined ? `Root: ${root}` : palette.error(`Failed: ${result.failedStep}`))
  return lines.join('\n') + '\n'
}

/** One event of a running server as a line, or undefined if it is not worth one. */
export function renderEvent(event: HostEvent, palette: Palette): string | undefined {
  switch (event.kind) {
    case 'changed-keys':
      return `${palette.strong('changed')} ${event.keys.join(' ')}`
    case 'file':
      return event.changed ? `  ${palette.strong('wrote')} ${event.path} (${event.services.join(', ')})` : undefined
    case 'not-rendered':
      return `  ${palette.error('not rendered')} ${event.path}: ${event.code}: ${event.message}`
    case 'command':
      return `  ${palette.strong(event.ran ? 'ran' : 'recorded')} ${event.command}`
    case 'activity':
    case 'wait':
    case 'notice':
    case 'ready':
      return undefined
  }
}

/** What a program at work wants its user to know, passed on at once. */
export function noticePrinter(stderr: TextSink): (event: HostEvent) => void {
  return (event) => {
    if (event.kind === 'notice') stderr.write(`${event.program}: ${event.text}\n`)
  }
}

/** The user data that a boot got, and the file of the user's that it came from. */
export interface UserDataSource {
  readonly file: string
  /** What findings call it. */
  readonly name: string
  readonly text: string
}

/** Why a boot failed: each finding with its place, and the line itself where the user's file is known. */
export function renderBootFailure(
  diagnostics: readonly Diagnostic[],
  source: UserDataSource | undefined,
  palette: Palette,
): string {
  const lines = diagnostics.map((diagnostic) => {
    const { at } = diagnostic
    if (source === undefined || at?.file !== source.name) return renderDiagnostic(diagnostic, undefined, palette)
    const { related = [] } = diagnostic
    const named = {
      ...diagnostic,
      at: { ...at, file: source.file },
      related: related.map((other) => ({ ...other, at: { ...other.at, file: source.file } })),
    }
    return renderDiagnostic(named, source.text, palette)
  })
  return lines.map((line) => `${line}\n`).join('')
}
