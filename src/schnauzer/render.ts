/** Rendering of templates that were parsed, or made ready by a build. */
import { jsonObject, member, type JsonObject } from '../lib/json.ts'
import type { Resolver } from '../lib/ports.ts'
import type { Compiled } from './engine.ts'
import { RenderFailure, renderError } from './failures.ts'
import { LookupNeeded, type RenderFacts } from './helper.ts'
import { writeOutput, type OutputFormat } from './output/write.ts'
import type { OnToken, Slot } from './output/stream.ts'
import type { SourceText } from './source-text.ts'
import { Trace } from './trace.ts'

/** A template that can be rendered any number of times. */
export interface Template {
  readonly name: string
  /** Settings groups that the template sees. */
  readonly requiredExtensions: readonly string[]
  /** Helpers that it imports. */
  readonly importedHelpers: readonly string[]
  /** It sees every group, whatever it requires. */
  readonly seesAll?: true
  readonly outputFormat: OutputFormat
  /** The template's text, for excerpts in messages. */
  readonly source: SourceText
  readonly compiled: Compiled
}

/** The data of one rendering: the whole settings tree (a template sees what it requires) and facts about the OS image. */
export interface TemplateData {
  readonly settings: JsonObject
  readonly os: JsonObject
}

/** Rendered text, or the host name that has to be looked up before rendering again. */
export type RenderResult =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'lookup'; readonly name: string }

/** The end of the tag that an offset begins, or of the inside of the tag that it is in. */
function tagEnd(source: SourceText, offset: number): number {
  const end = source.text.indexOf('}}', offset)
  if (end < 0) return offset
  return source.text.startsWith('{{', offset) ? end + (source.text.startsWith('{{{', offset) ? 3 : 2) : end
}

/** Says so when a setting may be set, but the template did not ask for its group. */
function explained(template: Template, failure: RenderFailure): RenderFailure {
  const [top, group] = failure.settingsPath?.split('.') ?? []
  if (failure.code !== 'TEMPLATE_VALUE_MISSING' || top !== 'settings' || group === undefined) return failure
  if (template.seesAll === true || template.requiredExtensions.includes(group)) return failure
  const message = `${failure.message}; the template does not require the extension '${group}'`
  return new RenderFailure(failure.code, message, failure.settingsPath, failure.offset)
}

function rootContext(template: Template, { settings, os }: TemplateData): JsonObject {
  const visible = jsonObject()
  for (const extension of template.requiredExtensions) {
    const value = member(settings, extension)
    if (value !== undefined) visible[extension] = value
  }
  return jsonObject({ settings: visible, os })
}

interface Parts {
  /** The output with a `SLOT` for each value, and the values. */
  readonly stream: string
  readonly slots: readonly Slot[]
  readonly text: string
}

/** What is told of a rendering while it goes on. */
interface Recording {
  readonly trace: Trace
  readonly onToken: OnToken
}

/** @throws PipelineError as `renderTemplate`, LookupNeeded */
function partsOf(template: Template, root: JsonObject, facts: RenderFacts, recording?: Recording): Parts {
  try {
    const { stream, slots } = template.compiled.render(root, facts, recording?.trace)
    return { stream, slots, text: writeOutput(template.outputFormat, stream, slots, recording?.onToken) }
  } catch (error) {
    if (!(error instanceof RenderFailure)) throw error
    const end = error.offset === undefined ? undefined : tagEnd(template.source, error.offset)
    throw renderError(template.source, explained(template, error), end)
  }
}

function renderRoot(template: Template, root: JsonObject, facts: RenderFacts): RenderResult {
  try {
    return { kind: 'text', text: partsOf(template, root, facts).text }
  } catch (error) {
    if (error instanceof LookupNeeded) return { kind: 'lookup', name: error.host }
    throw error
  }
}

/**
 * Renders a template, and keeps its text and its values apart as well.
 *
 * @param facts names that are not among its answers do not resolve
 * @throws PipelineError as `renderTemplate`
 */
export function renderParts(template: Template, data: TemplateData, facts: KnownFacts): Parts {
  return unresolved(facts, (known) => partsOf(template, rootContext(template, data), known))
}

/** A rendering with all that was recorded of it. */
export interface RecordedParts extends Parts {
  readonly trace: Trace
  /** Before each token of the output: how much of the stream was read, and how much of the text was written. */
  readonly tokens: readonly (readonly [read: number, written: number])[]
}

/**
 * Renders a template and records where its output comes from.
 *
 * @param template one whose body was compiled for it
 * @throws PipelineError as `renderTemplate`
 */
export function renderRecorded(template: Template, data: TemplateData, facts: KnownFacts): RecordedParts {
  return unresolved(facts, (known) => {
    const trace = new Trace()
    const tokens: [number, number][] = []
    const onToken: OnToken = (read, written) => tokens.push([read, written])
    return { ...partsOf(template, rootContext(template, data), known, { trace, onToken }), trace, tokens }
  })
}

/** Facts with those names that resolve; others do not. */
export type KnownFacts = Omit<RenderFacts, 'resolve'> & Partial<Pick<RenderFacts, 'resolve'>>

/** Renders again for each name that is asked for and that no fact tells of. */
function unresolved<T>(facts: KnownFacts, render: (facts: RenderFacts) => T): T {
  const resolve = new Map(facts.resolve)
  for (;;) {
    try {
      return render({ ...facts, resolve })
    } catch (error) {
      if (!(error instanceof LookupNeeded)) throw error
      resolve.set(error.host, [])
    }
  }
}

/**
 * Renders a template.
 *
 * @throws PipelineError `TEMPLATE_VALUE_MISSING`, `TEMPLATE_HELPER_FAILED`, `TEMPLATE_INVALID_PATH`,
 *   `TEMPLATE_UNKNOWN_HELPER` (for a call that is reached), `VALUE_UNREPRESENTABLE`; with `details.settingsPath` where a
 *   setting is meant
 */
export function renderTemplate(template: Template, data: TemplateData, facts: RenderFacts): RenderResult {
  return renderRoot(template, rootContext(template, data), facts)
}

/** Host names and their addresses, as far as they were asked for. */
export type LookupAnswers = Map<string, readonly string[]>

async function lookedUp(
  render: (resolve: LookupAnswers) => RenderResult,
  resolver: Resolver,
  answers: LookupAnswers,
): Promise<string> {
  for (;;) {
    const result = render(answers)
    if (result.kind === 'text') return result.text
    answers.set(result.name, await resolver.lookup(result.name))
  }
}

/** What rendering needs to know of the host beside the answers of its resolver. */
type OtherFacts = Omit<RenderFacts, 'resolve'>

/**
 * Renders a template and looks up the host names that it asks for.
 *
 * @param answers kept across calls, so that templates rendered together ask for each name once
 * @throws PipelineError as `renderTemplate`
 */
export function renderWithLookups(
  template: Template,
  data: TemplateData,
  facts: OtherFacts,
  resolver: Resolver,
  answers: LookupAnswers = new Map(),
): Promise<string> {
  return lookedUp((resolve) => renderTemplate(template, data, { ...facts, resolve }), resolver, answers)
}

/**
 * Renders a template that sees everything that the API holds, whatever it requires.
 *
 * @param model the root: `settings`, `os`, `services`, `configuration-files`
 * @throws PipelineError as `renderTemplate`
 */
export function renderModel(
  template: Template,
  model: JsonObject,
  facts: OtherFacts,
  resolver: Resolver,
): Promise<string> {
  return lookedUp((resolve) => renderRoot(template, model, { ...facts, resolve }), resolver, new Map())
}
