import type { Resolver } from '../lib/ports.ts'
import { renderTemplate, type RenderFacts, type Template, type TemplateData } from './template.ts'

/** Host names and their addresses, as far as they were asked for. */
export type LookupAnswers = Map<string, readonly string[]>

/**
 * Renders a template and looks up the host names that it asks for.
 *
 * @param answers kept across calls, so that templates rendered together ask for each name once
 * @throws PipelineError as `renderTemplate`
 */
export async function renderWithLookups(
  template: Template,
  data: TemplateData,
  facts: Omit<RenderFacts, 'resolve'>,
  resolver: Resolver,
  answers: LookupAnswers = new Map(),
): Promise<string> {
  for (;;) {
    const result = renderTemplate(template, data, { ...facts, resolve: answers })
    if (result.kind === 'text') return result.text
    answers.set(result.name, await resolver.lookup(result.name))
  }
}
