/** What two variants have in common and what not. */
import { sortedUnique } from '../lib/byte-order.ts'
import { isJsonObject, jsonEquals, jsonObject, toJson, type JsonObject, type JsonValue } from '../lib/json.ts'
import { PATHS } from '../lib/paths.ts'
import { readConfigurationFiles, readServices } from '../model/metadata.ts'
import { variantCatalogue, type VariantSetting } from './catalogue.ts'
import { loadDefaults, templateText } from './load.ts'
import type { Variant } from './types.ts'

/** One thing that differs: as the first variant has it, and as the second has it. Undefined: it has none. */
export interface Difference<T> {
  readonly name: string
  readonly from: T | undefined
  readonly to: T | undefined
}

export interface RenderedFile {
  /** The template's name. */
  readonly template: string
  /** What the template says on this variant. */
  readonly text: string
  readonly mode?: string
}

export interface VariantComparison {
  readonly from: Variant
  readonly to: Variant
  /** Keys of settings that only one of them has. A table that is missing as a whole stands for everything in it. */
  readonly settings: readonly Difference<VariantSetting>[]
  /** Default values, by concrete key. */
  readonly defaults: readonly Difference<JsonValue>[]
  /** Commands of setting generators, and boot programs that set something by themselves, by concrete key. */
  readonly generators: readonly Difference<string>[]
  /** Services that see a change of a setting that both have. */
  readonly affectedServices: readonly Difference<readonly string[]>[]
  /** Rendered files, by path. */
  readonly files: readonly Difference<RenderedFile>[]
  /** Commands that run when a service is restarted. */
  readonly services: readonly Difference<readonly string[]>[]
}

function differences<T>(from: ReadonlyMap<string, T>, to: ReadonlyMap<string, T>): Difference<T>[] {
  const same = (a: T | undefined, b: T | undefined): boolean =>
    a !== undefined && b !== undefined && jsonEquals(toJson(a), toJson(b))
  return sortedUnique([...from.keys(), ...to.keys()])
    .map((name) => ({ name, from: from.get(name), to: to.get(name) }))
    .filter((difference) => !same(difference.from, difference.to))
}

/** Settings that only one side has, without those below a table that is missing itself. */
function missingSettings(
  from: ReadonlyMap<string, VariantSetting>,
  to: ReadonlyMap<string, VariantSetting>,
): Difference<VariantSetting>[] {
  const names = sortedUnique([...from.keys(), ...to.keys()]).filter((name) => !from.has(name) || !to.has(name))
  const missing = new Set(names)
  const isInside = (name: string): boolean =>
    [...name.matchAll(/[.[]/g)].some(({ index }) => missing.has(name.slice(0, index)))
  return names.filter((name) => !isInside(name)).map((name) => ({ name, from: from.get(name), to: to.get(name) }))
}

interface Collected {
  readonly settings: ReadonlyMap<string, VariantSetting>
  readonly defaults: Map<string, JsonValue>
  readonly generators: Map<string, string>
  readonly services: ReadonlyMap<string, readonly string[]>
}

function collect(variant: Variant): Collected {
  const { settings } = variantCatalogue(variant)
  const origins = settings.flatMap((setting) => setting.origins)
  return {
    settings: new Map(settings.map((setting) => [setting.key, setting])),
    defaults: new Map(origins.flatMap((origin) => (origin.kind === 'default' ? [[origin.key, origin.value]] : []))),
    generators: new Map(
      origins.flatMap((origin) => {
        if (origin.kind === 'default') return []
        return [[origin.key, origin.kind === 'generator' ? origin.command : origin.program]]
      }),
    ),
    services: new Map(settings.map((setting) => [setting.key, setting.services.map(({ name }) => name)])),
  }
}

function tableOf(document: JsonObject, name: string): JsonObject {
  const table = document[name]
  return isJsonObject(table) ? table : jsonObject()
}

function filesOf(variant: Variant): ReadonlyMap<string, RenderedFile> {
  const files = readConfigurationFiles(tableOf(loadDefaults(variant), 'configuration-files'))
  return new Map(
    [...files.values()].map((file): [string, RenderedFile] => {
      const template = file['template-path'].slice(PATHS.templates.length + 1)
      const text = templateText(variant, template)
      return [file.path, { template, text, ...(file.mode !== undefined && { mode: file.mode }) }]
    }),
  )
}

function commandsOf(variant: Variant): ReadonlyMap<string, readonly string[]> {
  const services = readServices(tableOf(loadDefaults(variant), 'services'))
  return new Map([...services].map(([name, service]) => [name, service['restart-commands']]))
}

/** Compares two variants. @throws PipelineError `VARIANT_DATA_INVALID` */
export function compareVariants(from: Variant, to: Variant): VariantComparison {
  const [a, b] = [collect(from), collect(to)]
  const isShared = ({ name }: { readonly name: string }): boolean => a.settings.has(name) && b.settings.has(name)
  return {
    from,
    to,
    settings: missingSettings(a.settings, b.settings),
    defaults: differences(a.defaults, b.defaults),
    generators: differences(a.generators, b.generators),
    affectedServices: differences(a.services, b.services).filter(isShared),
    files: differences(filesOf(from), filesOf(to)),
    services: differences(commandsOf(from), commandsOf(to)),
  }
}
