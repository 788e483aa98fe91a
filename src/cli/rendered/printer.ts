/** The text output of `bottlerocket render`. */
import { renderDiagnostic, sortDiagnostics, type Diagnostic } from '../../lib/diagnostics.ts'
import { withoutValues } from '../../lib/without-values.ts'
import type { ProgramIo } from '../../lib/ports.ts'
import { decodeUtf8Lossy, encodeUtf8 } from '../../lib/utf8.ts'
import { withNetwork } from '../network.ts'
import { notRenderedLines, renderContents, renderOutcome } from '../present.ts'
import {
  renderOffline,
  type ChangeResult,
  type NamedBytes,
  type RenderOptions,
  type RenderOutcome,
  type RenderResult,
} from '../render.ts'
import { diffPaletteFor, paletteFor } from '../terminal.ts'
import { maskSecrets, maskSecretsOfNetwork } from '../validate/mask.ts'
import { diffStates, only, stateAfter, stateOf, type FileState } from './file-state.ts'
import { readIfAny } from './write-out.ts'

/** What is printed: a list of files, their contents, or what they differ in. */
export type View = 'list' | 'print' | 'diff'

/** What is asked for about one run. */
export interface Job {
  readonly options: RenderOptions & { readonly userData: NamedBytes; readonly changes: readonly NamedBytes[] }
  readonly view: View
  readonly network: NamedBytes | undefined
  /** The directory to compare with. */
  readonly against: string | undefined
  readonly isMeant: (file: { readonly path: string }) => boolean
  readonly showSecrets: boolean
}

/** Renders, with the files of a network configuration if one is given. */
export async function runJob({ options: renderOptions, network }: Job): Promise<RenderResult> {
  const rendered = await renderOffline(renderOptions)
  return network === undefined ? rendered : withNetwork(rendered, network, renderOptions.variant)
}

/** Files of no user data at all. */
async function defaultFiles(job: Job): Promise<FileState> {
  const userData = { file: 'defaults.json', bytes: encodeUtf8('{"settings":{}}') }
  return stateAfter(await runJob({ ...job, network: undefined, options: { ...job.options, userData, changes: [] } }))
}

/** A run with nothing but the files that are meant. */
export function narrowed<T extends RenderOutcome>(outcome: T, { isMeant }: Job): T {
  return { ...outcome, files: outcome.files.filter(isMeant), notRendered: outcome.notRendered.filter(isMeant) }
}

/** Prints what a run did; in contents and differences, files that could not be rendered are told apart from them. */
class Printer {
  private readonly io: ProgramIo
  private readonly job: Job
  private readonly sources: ReadonlyMap<string, string>
  private readonly texts: ReadonlyMap<string, string>
  private state: FileState = new Map()

  constructor(io: ProgramIo, job: Job, documents: readonly NamedBytes[]) {
    this.io = io
    this.job = job
    this.texts = new Map(documents.map(({ file, bytes }) => [file, decodeUtf8Lossy(bytes)]))
    const mask = (document: NamedBytes): ((text: string) => string) =>
      document === job.network ? maskSecretsOfNetwork : maskSecrets
    const shown = (document: NamedBytes): string => {
      const text = decodeUtf8Lossy(document.bytes)
      return job.showSecrets ? text : mask(document)(text)
    }
    this.sources = new Map(documents.map((document) => [document.file, shown(document)]))
  }

  private withoutValues(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
    return diagnostics.flatMap((each) => withoutValues([each], this.texts.get(each.at?.file ?? '') ?? ''))
  }

  diagnostics(diagnostics: readonly Diagnostic[]): void {
    const palette = paletteFor(this.io, 2)
    const { showSecrets } = this.job
    for (const diagnostic of sortDiagnostics(showSecrets ? diagnostics : this.withoutValues(diagnostics))) {
      this.io.stderr.write(renderDiagnostic(diagnostic, this.sources.get(diagnostic.at?.file ?? ''), palette) + '\n')
    }
  }

  async first(result: RenderResult): Promise<void> {
    const after = stateAfter(result)
    if (this.job.view === 'diff') {
      const { against } = this.job
      const before =
        against === undefined ? await defaultFiles(this.job) : stateOf((path) => readIfAny(against, path), after)
      this.diff(before, after)
    }
    this.state = after
    this.outcome(result)
  }

  change(change: ChangeResult): void {
    const after = stateAfter(change, this.state)
    if (this.job.view === 'diff') this.diff(this.state, after)
    this.state = after
    this.outcome(change)
  }

  private diff(before: FileState, after: FileState): void {
    const { isMeant } = this.job
    const text = diffStates(only(before, isMeant), only(after, isMeant), diffPaletteFor(this.io))
    this.io.stdout.write(text === '' ? 'no differences\n' : text)
  }

  private outcome(outcome: RenderOutcome): void {
    const { view } = this.job
    const meant = narrowed(outcome, this.job)
    if (view === 'list') this.io.stdout.write(renderOutcome(meant, paletteFor(this.io)))
    else for (const line of notRenderedLines(meant, paletteFor(this.io, 2)).slice(1)) this.io.stderr.write(`${line}\n`)
    if (view === 'print') this.io.stdout.write(renderContents(meant, paletteFor(this.io)))
  }
}

/** Prints a run and its changes. */
export async function printText(io: ProgramIo, result: RenderResult, job: Job): Promise<void> {
  const { userData, changes } = job.options
  const printer = new Printer(io, job, [userData, ...changes, ...(job.network === undefined ? [] : [job.network])])
  const palette = paletteFor(io)
  printer.diagnostics(result.diagnostics)
  if (result.accepted) await printer.first(result)
  result.changes.forEach((change, index) => {
    const keys = change.accepted ? change.changedKeys.join(' ') : 'rejected'
    io.stdout.write(`\n${palette.strong(`Change ${String(index + 1)}`)}: ${keys}\n`)
    printer.diagnostics(change.diagnostics)
    if (change.accepted) printer.change(change)
  })
}
