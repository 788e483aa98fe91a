import { PipelineError } from '../lib/errors.ts'
import { isJsonObject, member, type JsonValue } from '../lib/json.ts'
import type { Host, PciDevice } from '../lib/ports.ts'
import { renderWithLookups } from '../schnauzer/render.ts'
import { parseTemplate } from '../schnauzer/template.ts'
import type { RenderTemplate } from './render-files.ts'

const AMAZON_VENDOR = '1d0f'

/** Whether an Elastic Fabric Adapter is attached: a device of Amazon's whose id holds `efa`, such as `efa0`. */
function hasEfa(devices: readonly PciDevice[]): boolean {
  return devices.some(({ vendor, device }) => vendor === AMAZON_VENDOR && device.includes('efa'))
}

/**
 * Makes the function that renders template files from one snapshot of the settings. Facts of the host are read once,
 * here; host names are looked up once each.
 *
 * @param answer what the API answered to `GET /`
 * @throws PipelineError `API_INVALID_RESPONSE` if there are no settings or no OS data in it
 */
export async function createRenderer(
  answer: JsonValue,
  host: Pick<Host, 'facts' | 'resolver'>,
): Promise<RenderTemplate> {
  const settings = member(answer, 'settings')
  const os = member(answer, 'os')
  if (!isJsonObject(settings) || !isJsonObject(os)) {
    throw new PipelineError('API_INVALID_RESPONSE', 'GET / did not answer settings and OS data')
  }
  const facts = { cpus: host.facts.cpus(), efaAttached: hasEfa(await host.facts.pciDevices()) }
  const lookups = new Map<string, readonly string[]>()
  return (name, text) => renderWithLookups(parseTemplate(name, text), { settings, os }, facts, host.resolver, lookups)
}
