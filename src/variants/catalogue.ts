/**
 * The settings of a variant: the model's catalogue, with where their values come from when nobody gives one, and what a
 * change touches. From the variant's defaults and metadata, the same data that a host works from.
 */
import { isJsonArray, isJsonObject, jsonObject, member, type JsonObject, type JsonValue } from '../lib/json.ts'
import { nearest } from '../lib/nearest.ts'
import {
  ANY_NAME,
  catalogueOf,
  formatPath,
  SettingIndex,
  splitKey,
  type CatalogueEntry,
  type Effect,
} from '../model/catalogue.ts'
import { formatKey } from '../model/key.ts'
import { readConfigurationFiles, readServices } from '../model/metadata.ts'
import { loadModel, type ModelName } from '../model/models.ts'
import { lazily } from '../model/types.ts'
import { loadDefaults } from './load.ts'
import { neededOn } from './starting-settings.ts'
import type { Variant } from './types.ts'

/**
 * Where a value comes from if user data gives none. The key is concrete: that of the setting itself, of one that is in its
 * place under a chosen name (`host-containers.admin.enabled`), or of a table that is filled in one piece (`boot`).
 */
export type Origin =
  | { readonly kind: 'default'; readonly key: string; readonly value: JsonValue }
  /** The command of a setting generator. */
  | { readonly kind: 'generator'; readonly key: string; readonly command: string }
  /** A program of the boot that is not named in metadata. */
  | { readonly kind: 'program'; readonly key: string; readonly program: string; readonly condition?: string }

/** A service of the metadata that a change of the setting touches. */
export interface AffectedService {
  readonly name: string
  /** Paths of the files that are rendered for it. */
  readonly files: readonly string[]
  readonly restartCommands: readonly string[]
}

export interface VariantSetting extends CatalogueEntry {
  readonly origins: readonly Origin[]
  /** None: nothing is rendered or restarted before the next boot. */
  readonly services: readonly AffectedService[]
  /** User data has to give it: what is wrong on a host without it, as a clause. */
  readonly needed?: string
}

/** A setting found by a concrete key. */
export interface FoundSetting {
  readonly setting: VariantSetting
  /** Below `settings`, by the names that are stored. */
  readonly path: readonly string[]
}

export interface Catalogue {
  readonly variant: Variant
  /** Tables, settings and parts, in byte order of their paths. */
  readonly settings: readonly VariantSetting[]
  /** The setting at a path of the catalogue. */
  at(path: readonly string[]): VariantSetting | undefined
  /**
   * The setting that a key belongs to: `settings.kubernetes.max-pods`, with or without `settings`, with concrete names or
   * as documentation writes it. A key below a setting, such as one label of `node-labels`, gives that setting.
   */
  find(key: string): FoundSetting | undefined
  /** What is directly in a table or in the elements of a list, without the steps of chosen names. */
  within(setting: VariantSetting): readonly VariantSetting[]
  /** The key of a setting that was probably meant. */
  nearest(key: string): string | undefined
}

interface Programmed {
  readonly program: string
  readonly settings: Readonly<Record<string, string | undefined>>
}

/** What boot programs fill in by themselves. */
function programsOf({ platform, kubernetesVersion }: Variant): readonly Programmed[] {
  if (platform !== 'aws') return []
  const identity = { program: 'ec2-identity-doc-user-data-provider', settings: { 'aws.region': undefined } }
  if (kubernetesVersion === undefined) return [identity]
  const settings = {
    'kubernetes.cluster-dns-ip': undefined,
    'kubernetes.hostname-override': 'if hostname-override-source is set',
    'kubernetes.max-pods': 'unless the instance type is unknown',
    'kubernetes.node-ip': undefined,
    'kubernetes.provider-id': undefined,
  }
  return [identity, { program: 'pluto', settings }]
}

/** What the generator of a whole table gives, where that is not everything in it. */
const FILLED: Readonly<Record<string, readonly string[]>> = { boot: ['kernel', 'init'] }

const isFilled = (table: readonly string[], path: readonly string[]): boolean =>
  path.length === table.length || (FILLED[table.join('.')]?.includes(path[table.length] as string) ?? true)

/** The concrete paths that a path of the catalogue stands for in a tree. */
function expand(path: readonly string[], tree: JsonValue | undefined, before: readonly string[] = []): string[][] {
  const [step, ...rest] = path
  if (step === undefined) return [[...before]]
  if (!isJsonObject(tree)) return []
  const names = step === ANY_NAME ? Object.keys(tree) : Object.hasOwn(tree, step) ? [step] : []
  return names.flatMap((name) => expand(rest, tree[name], [...before, name]))
}

function valueAt(tree: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((value, step) => member(value, step), tree)
}

const keyOfPath = (path: readonly string[]): string => formatKey(['settings', ...path])

/** What metadata says of a path itself and of the tables around it, from the outermost on. */
function inherited(metadata: JsonValue | undefined, path: readonly string[], name: string): [string[], JsonValue][] {
  return Array.from({ length: path.length }, (_, i) => path.slice(0, i + 1)).flatMap(
    (above): [string[], JsonValue][] => {
      const value = member(valueAt(metadata, above), name)
      return value === undefined ? [] : [[[...above], value]]
    },
  )
}

const indexes = new Map<string, SettingIndex<VariantSetting>>()
const modelEntries = new Map<ModelName, readonly CatalogueEntry[]>()

function entriesOf(model: ModelName): readonly CatalogueEntry[] {
  const known = modelEntries.get(model) ?? catalogueOf(loadModel(model).groups)
  modelEntries.set(model, known)
  return known
}

class VariantCatalogue implements Catalogue {
  readonly variant: Variant
  private readonly defaults: JsonValue | undefined
  private readonly metadata: JsonValue | undefined
  private readonly services: () => ReadonlyMap<string, AffectedService>
  private readonly index: () => SettingIndex<VariantSetting>

  constructor(variant: Variant) {
    this.variant = variant
    const document = loadDefaults(variant)
    this.defaults = document['settings']
    this.metadata = member(document['metadata'], 'settings')
    this.services = lazily(() => affectedServices(document))
    this.index = lazily(() => this.shared())
  }

  /** The same for all variants that share their defaults. */
  private shared(): SettingIndex<VariantSetting> {
    const { release, defaultsSet, modelName } = this.variant
    const key = `${release} ${defaultsSet} ${modelName}`
    const entries = (): VariantSetting[] => entriesOf(modelName).map((entry) => this.complete(entry))
    const known = indexes.get(key) ?? new SettingIndex(entries())
    indexes.set(key, known)
    return known
  }

  get settings(): readonly VariantSetting[] {
    return this.index().entries
  }

  at(path: readonly string[]): VariantSetting | undefined {
    return this.index().at(path)
  }

  find(key: string): FoundSetting | undefined {
    const found = this.index().find(splitKey(key))
    return found && { setting: found.entry, path: found.path }
  }

  within(setting: VariantSetting): readonly VariantSetting[] {
    return this.index().within(setting)
  }

  nearest(key: string): string | undefined {
    const prefix = 'settings.'
    // what all keys have in common says nothing about how much two are alike
    const known = this.settings.flatMap((setting) => [setting.key, setting.writtenKey])
    const typed = formatPath(splitKey(key)).slice(prefix.length)
    const whole = nearest(typed, new Set(known.map((each) => each.slice(prefix.length))))
    if (whole !== undefined) return prefix + whole
    const lastOf = (each: string): string => splitKey(each).at(-1) as string
    const last = typed.includes('.') ? undefined : nearest(typed, new Set(known.map(lastOf)))
    return last === undefined ? undefined : known.find((each) => lastOf(each) === last)
  }

  private complete(entry: CatalogueEntry): VariantSetting {
    const services = this.servicesOf(entry.path)
    // what no service is told of is seen by nobody before everything is rendered again
    const isUnseen = services.length === 0 && entry.kind !== 'table'
    const effect: Effect = isUnseen ? { when: 'next-boot' } : entry.effect
    const needed = neededOn(this.variant)[entry.path.join('.')]
    return {
      ...entry,
      effect,
      origins: entry.kind === 'part' ? [] : this.originsOf(entry),
      services,
      ...(needed !== undefined && { needed }),
    }
  }

  private originsOf({ path, kind }: CatalogueEntry): Origin[] {
    return [...(kind === 'table' ? [] : this.defaultsOf(path)), ...this.generatorsOf(path), ...this.programsOf(path)]
  }

  private defaultsOf(path: readonly string[]): Origin[] {
    return expand(path, this.defaults).map((concrete): Origin => {
      return { kind: 'default', key: keyOfPath(concrete), value: valueAt(this.defaults, concrete) as JsonValue }
    })
  }

  private generatorsOf(path: readonly string[]): Origin[] {
    const own = expand(path, this.metadata)
    const generators = (own.length === 0 ? [[...path]] : own).flatMap((concrete) =>
      inherited(this.metadata, concrete, 'setting-generator'),
    )
    return generators.flatMap(([at, command]): Origin[] =>
      typeof command === 'string' && isFilled(at, path) ? [{ kind: 'generator', key: keyOfPath(at), command }] : [],
    )
  }

  private programsOf(path: readonly string[]): Origin[] {
    const name = path.join('.')
    return programsOf(this.variant).flatMap(({ program, settings }): Origin[] => {
      if (!Object.hasOwn(settings, name)) return []
      const condition = settings[name]
      return [{ kind: 'program', key: keyOfPath(path), program, ...(condition !== undefined && { condition }) }]
    })
  }

  /** The longest prefix that names services decides; lists are not added up. */
  private servicesOf(path: readonly string[]): AffectedService[] {
    const names = inherited(this.metadata, path, 'affected-services').at(-1)?.[1]
    const known = this.services()
    return (isJsonArray(names) ? names : [])
      .filter((name) => typeof name === 'string')
      .map((name) => known.get(name) ?? { name, files: [], restartCommands: [] })
  }
}

function affectedServices(document: JsonObject): ReadonlyMap<string, AffectedService> {
  const files = readConfigurationFiles(document['configuration-files'] ?? jsonObject())
  const services = readServices(document['services'] ?? jsonObject())
  return new Map(
    [...services].map(([name, service]) => [
      name,
      {
        name,
        files: service['configuration-files'].map((file) => files.get(file)?.path ?? file),
        restartCommands: service['restart-commands'],
      },
    ]),
  )
}

const catalogues = new WeakMap<Variant, Catalogue>()

/** The catalogue of a variant, made once. @throws PipelineError `VARIANT_DATA_INVALID` */
export function variantCatalogue(variant: Variant): Catalogue {
  const catalogue = catalogues.get(variant) ?? new VariantCatalogue(variant)
  catalogues.set(variant, catalogue)
  return catalogue
}
