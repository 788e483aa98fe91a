import { ApiClient, encodeQuery } from '../api/client.ts'
import { PipelineError } from '../lib/errors.ts'
import { EXIT_OK, EXIT_USAGE } from '../lib/exit-codes.ts'
import { isJsonObject, member, quoteJson, type JsonObject } from '../lib/json.ts'
import type { Program } from '../lib/ports.ts'
import { deviceFacts } from '../schnauzer/device-facts.ts'
import { legacyRequirements } from '../schnauzer/helpers/owners.ts'
import { renderModel, type Template } from '../schnauzer/render.ts'
import { parseTemplateString } from '../schnauzer/template.ts'

const USAGE = `usage: schnauzer SETTING

Renders the template that the metadata holds for SETTING, such as settings.host-containers.admin.source, with everything
that the API serves, and prints the text as one JSON string. Deprecated: schnauzer-v2 renders templates of its command line.
`

/** The template of a setting. @throws PipelineError `TEMPLATE_MISSING`, or what the API client throws */
async function fetchTemplate(api: ApiClient, setting: string): Promise<Template> {
  const body = member(await api.getJson(`/metadata/templates?keys=${encodeQuery(setting)}`), setting)
  if (typeof body !== 'string' || body === '') {
    throw new PipelineError('TEMPLATE_MISSING', `the metadata holds no template for ${setting}`)
  }
  return { ...parseTemplateString(setting, body, legacyRequirements()), seesAll: true }
}

async function fetchModel(api: ApiClient): Promise<JsonObject> {
  const model = await api.getJson('/')
  if (isJsonObject(model)) return model
  throw new PipelineError('API_INVALID_RESPONSE', 'GET / did not answer an object')
}

/** The deprecated setting generator: renders the template in the metadata of a setting, as one JSON string. */
export const schnauzer: Program = {
  name: 'schnauzer',
  run: async ([setting], io, host) => {
    if (setting === undefined || setting === '--help' || setting === '-h') {
      io.stderr.write(USAGE)
      return EXIT_USAGE
    }
    const api = new ApiClient(host.api())
    const template = await fetchTemplate(api, setting)
    const model = await fetchModel(api)
    // a template of this kind sees every helper; only one that calls it depends on devices
    const helpers = template.importedHelpers.filter((name) => template.source.text.includes(name))
    const facts = { cpus: host.facts.cpus(), ...(await deviceFacts(host.facts)(helpers)) }
    io.stdout.write(`${quoteJson(await renderModel(template, model, facts, host.resolver))}\n`)
    return EXIT_OK
  },
}
