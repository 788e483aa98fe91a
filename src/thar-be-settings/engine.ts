import { PipelineError } from '../lib/errors.ts'
import { isJsonObject, member, type JsonValue } from '../lib/json.ts'
import type { Host } from '../lib/ports.ts'
import { deviceFacts } from '../schnauzer/device-facts.ts'
import { RenderSet } from '../schnauzer/render-set.ts'
import { renderWithLookups } from '../schnauzer/render.ts'
import { SHIPPED_FILES } from '../schnauzer/shipped-files.ts'
import type { RenderTemplate } from './render-files.ts'

/**
 * Makes the function that renders template files from one snapshot of the settings. What templates need to know of the
 * host is read once, and only if one of them needs it; host names are looked up once each.
 *
 * @param answer what the API answered to `GET /`
 * @throws PipelineError `API_INVALID_RESPONSE` if there are no settings or no OS data in it
 */
export function createRenderer(answer: JsonValue, host: Pick<Host, 'facts' | 'resolver'>): RenderTemplate {
  const settings = member(answer, 'settings')
  const os = member(answer, 'os')
  if (!isJsonObject(settings) || !isJsonObject(os)) {
    throw new PipelineError('API_INVALID_RESPONSE', 'GET / did not answer settings and OS data')
  }
  const templates = new RenderSet(SHIPPED_FILES)
  const lookups = new Map<string, readonly string[]>()
  const devices = deviceFacts(host.facts)
  let cpus: number | undefined
  return async (name, text) => {
    const template = await templates.file(name, text)
    cpus ??= host.facts.cpus()
    const facts = { cpus, ...(await devices(template.importedHelpers)) }
    return renderWithLookups(template, { settings, os }, facts, host.resolver, lookups)
  }
}
