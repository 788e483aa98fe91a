/** What every part of a run works with. */
import type { ApiClient } from '../api/client.ts'
import type { Diagnostic } from '../lib/diagnostics.ts'
import { PipelineError } from '../lib/errors.ts'
import type { Logger } from '../lib/log.ts'
import type { Host, TextSink } from '../lib/ports.ts'
import { tellingResolver } from '../lib/waiting.ts'
import { fileNamesOf, keysByService, planApply, type ApplyPlan } from './plan-apply.ts'
import { fetchAffectedServices, fetchFiles, fetchServices } from './read-metadata.ts'
import { renderFiles, type RenderFailure, type RenderResult } from './render-files.ts'

export interface Run {
  readonly api: ApiClient
  readonly host: Host
  readonly log: Logger
  readonly signal: AbortSignal
}

function reportFailures(failures: readonly RenderFailure[], host: Pick<Host, 'events'>): void {
  for (const { file, error } of failures) {
    const { code, message } = error
    host.events.emit({ kind: 'not-rendered', name: file.name, path: file.path, code, message })
  }
}

/**
 * Renders the plan's files and tells of those that fail. The API is asked for the data once, if there is any file.
 *
 * @param uri what answers settings and OS data
 */
export async function render(plan: ApplyPlan, run: Run, uri = '/'): Promise<RenderResult> {
  if (plan.files.length === 0) return { rendered: [], failures: [] }
  // loaded only here: neither the start of a daemon nor a run without files needs the template engine
  const { createRenderer } = await import('./engine.ts')
  const { host, log } = run
  const stderr: TextSink = {
    write: (line) => {
      log.info({}, line.trimEnd())
    },
  }
  const resolver = tellingResolver(host, 'thar-be-settings', stderr)
  const renderTemplate = createRenderer(await run.api.getJson(uri), { facts: host.facts, resolver })
  const result = await renderFiles(plan.files, run.host.fs, renderTemplate)
  reportFailures(result.failures, run.host)
  return result
}

/** The plan for what some keys affect; undefined if that is nothing. */
export async function planSelected(keys: readonly string[], api: ApiClient): Promise<ApplyPlan | undefined> {
  const changed = keysByService(await fetchAffectedServices(api, keys))
  if (changed.size === 0) return undefined
  const services = await fetchServices(api, [...changed.keys()])
  const fileNames = fileNamesOf(services)
  const files = fileNames.length === 0 ? new Map<string, never>() : await fetchFiles(api, fileNames)
  return planApply(changed, services, files)
}

function diagnosticsOf(failures: readonly RenderFailure[]): Diagnostic[] {
  return failures.flatMap(({ file, error }): Diagnostic[] => [
    {
      code: error.code,
      severity: 'error',
      message: `${file.path} (${file.name}): ${error.message}`,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    },
    ...error.diagnostics,
  ])
}

/** The error for files that cannot be rendered. @param what has become of the rest */
export function renderFailed(failures: readonly RenderFailure[], what: string): PipelineError {
  const paths = failures.map(({ file }) => file.path).join(', ')
  return new PipelineError('APPLY_RENDER_FAILED', `${what}, since these files cannot be rendered: ${paths}`, {
    diagnostics: diagnosticsOf(failures),
  })
}
