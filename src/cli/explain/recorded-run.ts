/** An offline run that remembers which layer gave each setting its value. */
import { createMetadataHandler, httpOverHandler } from '../../imds-server/handler.ts'
import type { SettingsSource } from '../../documents/source.ts'
import type { Diagnostic, Place } from '../../lib/diagnostics.ts'
import type { Facts } from '../../lib/facts.ts'
import { isJsonArray, isJsonObject, jsonObject, type JsonObject, type JsonValue } from '../../lib/json.ts'
import type { Clock, HostEvent, HostFacts, ProgramIo } from '../../lib/ports.ts'
import { nearestPlace, SourceTree, type DocumentPath } from '../../lib/source-map.ts'
import { formatKey, parseSegments } from '../../model/key.ts'
import { loadModel } from '../../model/models.ts'
import { flattenTree } from '../../model/pairs.ts'
import { deviceFacts } from '../../schnauzer/device-facts.ts'
import type { KnownFacts } from '../../schnauzer/render.ts'
import { variantCatalogue } from '../../variants/catalogue.ts'
import { layersOf, type FragmentPlace } from '../../variants/layers.ts'
import type { Variant } from '../../variants/variant.ts'
import type { DocumentResult, SettingsDocument } from '../document.ts'
import { completeFacts } from '../options.ts'
import type { NotRenderedEvent } from '../report.ts'
import { renderOffline, type ValueSource, type ValueWatch } from '../render.ts'
import { settingsOf } from '../user-data.ts'

/** Where a value comes from. */
export type Layer =
  | ({ readonly kind: 'default' } & FragmentPlace)
  | { readonly kind: 'user-data'; readonly at: Place }
  | { readonly kind: 'generator'; readonly command: string }
  | { readonly kind: 'program'; readonly program: string }

/** A setting that has a value. */
export interface HeldSetting {
  /** As it is stored: `settings.kubernetes.max-pods`. */
  readonly key: string
  /** From `settings` on. */
  readonly path: readonly string[]
  readonly value: JsonValue
  /** Undefined only if something else than a boot put it there. */
  readonly layer: Layer | undefined
}

export interface RunOptions {
  readonly variant: Variant
  readonly userData: SettingsSource | undefined
  readonly facts: Facts
  readonly clock: Clock
  readonly io: Pick<ProgramIo, 'env' | 'signal'>
}

/** The settings of one boot, and where they come from. */
export interface RecordedRun {
  readonly variant: Variant
  readonly accepted: boolean
  readonly diagnostics: readonly Diagnostic[]
  readonly settings: JsonObject
  readonly os: JsonObject
  /** Contents of the files that were rendered, by path. */
  readonly files: ReadonlyMap<string, string>
  /** Why others were not. */
  readonly notRendered: ReadonlyMap<string, NotRenderedEvent>
  /** What a template that imports some helpers was told of the host. */
  factsFor(helpers: readonly string[]): Promise<KnownFacts>
  /** The setting that a path from `settings` on is, or is a part of, and all that lie below it. */
  held(path: readonly string[]): readonly HeldSetting[]
}

const NO_USER_DATA: DocumentResult = {
  ok: true,
  document: { file: '', settings: jsonObject(), sourceMap: new SourceTree('') },
}

/** Keys of some settings, with their values as text. */
const pairsOf = (settings: JsonValue): ReadonlyMap<string, string> =>
  isJsonObject(settings) ? flattenTree(settings, ['settings']) : new Map<string, string>()

/** Who set a key last. */
class Recorder implements ValueWatch {
  readonly sources = new Map<string, ValueSource>()
  readonly commands = new Map<string, string>()
  osRelease: JsonValue = jsonObject()
  hostFacts: HostFacts | undefined
  private readonly texts = new Map<string, string>()

  pending(source: ValueSource, settings: JsonValue): void {
    for (const [key, text] of pairsOf(settings)) {
      if (this.texts.get(key) !== text) this.sources.set(key, source)
      this.texts.set(key, text)
    }
  }

  event(event: HostEvent): void {
    if (event.kind !== 'activity' || event.activity.kind !== 'generator') return
    const { name, detail } = event.activity
    if (detail !== undefined) this.commands.set(name, detail)
  }

  rendered(os: JsonValue, facts: HostFacts): void {
    this.osRelease = os
    this.hostFacts = facts
  }
}

/** Places of settings in user data, by the names that are stored. */
class UserDataPlaces {
  private readonly document: SettingsDocument
  private readonly variant: Variant
  private readonly keys: ReadonlySet<string>

  constructor(document: SettingsDocument, variant: Variant) {
    this.document = document
    this.variant = variant
    const parsed = loadModel(variant.modelName).parse(document.settings)
    this.keys = new Set(parsed.ok ? pairsOf(parsed.settings).keys() : [])
  }

  has(key: string): boolean {
    return this.keys.has(key)
  }

  /** The name under which a table of the document holds what is stored at a path: its own, or another one that it has. */
  private writtenAs(table: JsonObject, path: readonly string[]): string | undefined {
    const own = path.at(-1) ?? ''
    if (Object.hasOwn(table, own)) return own
    const { aliases = [] } = variantCatalogue(this.variant).find(formatKey(['settings', ...path]))?.setting ?? {}
    return aliases.find((alias) => Object.hasOwn(table, alias))
  }

  /** The place of a setting, or of what is around it where it is written in another form than it is stored in. */
  at(path: readonly string[]): Place | undefined {
    const found: (string | number)[] = []
    let node: JsonValue | undefined = this.document.settings
    for (const name of path.slice(1)) {
      if (isJsonArray(node)) {
        found.push(Number(name))
        node = node[Number(name)]
      } else if (isJsonObject(node)) {
        const written = this.writtenAs(node, path.slice(1, found.length + 2))
        if (written === undefined) break
        found.push(written)
        node = node[written]
      } else break
    }
    const full: DocumentPath = [...(this.document.at ?? ['settings']), ...found]
    return nearestPlace(this.document.sourceMap, full, true)
  }
}

const PROVIDERS: Readonly<Partial<Record<ValueSource, string>>> = {
  'early-boot-config': 'ec2-identity-doc-user-data-provider',
  pluto: 'pluto',
}

/** Tells the layer of a key from what was recorded. */
class LayerFinder {
  private readonly variant: Variant
  private readonly recorder: Recorder
  private readonly places: UserDataPlaces | undefined

  constructor(variant: Variant, recorder: Recorder, places: UserDataPlaces | undefined) {
    this.variant = variant
    this.recorder = recorder
    this.places = places
  }

  /** @param inner a path below the setting, for a place in user data */
  layerOf(key: string, path: readonly string[], inner: readonly string[]): Layer | undefined {
    const { recorder, places } = this
    const source = recorder.sources.get(key)
    if (places?.has(key) === true && source !== 'sundog' && source !== 'pluto') {
      const at = places.at(inner.length > path.length ? inner : path)
      return at && { kind: 'user-data', at }
    }
    const program = source && PROVIDERS[source]
    if (program !== undefined) return { kind: 'program', program }
    if (source === 'sundog') {
      // the generator of a table fills everything in it
      const generated = path.map((_, i) => formatKey(path.slice(0, path.length - i)))
      const command = generated.map((name) => recorder.commands.get(name)).find((found) => found !== undefined)
      return { kind: 'generator', command: command ?? 'sundog' }
    }
    const place = layersOf(this.variant).placeOf(path)
    return place && { kind: 'default', ...place }
  }
}

/**
 * Runs the pipeline offline and remembers where settings get their values: from which line of which defaults fragment, from
 * user data, from a generator or a program of the boot.
 *
 * @throws PipelineError when a generator fails
 */
export async function recordedRun({ variant, userData, facts, clock, io }: RunOptions): Promise<RecordedRun> {
  const recorder = new Recorder()
  const complete = completeFacts(facts)
  const read = userData === undefined ? NO_USER_DATA : settingsOf(userData, variant)
  const result = await renderOffline({
    ...{ variant, facts: complete, io, changes: [], watch: recorder, userData: { file: userData?.file ?? '', read } },
    http: httpOverHandler(createMetadataHandler(complete, { clock })),
  })
  const places = read.ok ? new UserDataPlaces(read.document, variant) : undefined
  const finder = new LayerFinder(variant, recorder, places)
  const settings = isJsonObject(result.settings) ? result.settings : jsonObject()
  const devices = deviceFacts(recorder.hostFacts ?? { pciDevices: () => Promise.resolve([]) })
  const held = [...pairsOf(settings).keys()].map((key) => ({ key, path: parseSegments(key) }))
  return {
    ...{ variant, accepted: result.accepted, diagnostics: result.diagnostics, settings },
    os: isJsonObject(recorder.osRelease) ? recorder.osRelease : jsonObject(),
    files: new Map(result.files.map(({ path, content }) => [path, content])),
    notRendered: new Map(result.notRendered.map((event) => [event.path, event])),
    factsFor: async (helpers) => ({
      cpus: recorder.hostFacts?.cpus() ?? 1,
      resolve: new Map(Object.entries(complete.resolve ?? {})),
      ...(await devices(helpers)),
    }),
    held: (path) =>
      held
        .filter((one) => path.every((step, i) => i >= one.path.length || one.path[i] === step))
        .map(({ key, path: own }) => {
          return {
            key,
            path: own,
            value: valueAt(settings, own.slice(1)) ?? null,
            layer: finder.layerOf(key, own, path),
          }
        }),
  }
}

/** The value at a path of names and positions. */
export function valueAt(tree: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((value, step) => {
    if (isJsonArray(value)) return value[Number(step)]
    return isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined
  }, tree)
}
