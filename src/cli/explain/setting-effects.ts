/** The files that a setting ends up in, with the keys in them and the lines of the templates that write those. */
import type { JsonObject } from '../../lib/json.ts'
import type { CatalogueEntry } from '../../model/catalogue.ts'
import type { ReadPath, SourcePart } from '../../schnauzer/provenance.ts'
import type { Variant } from '../../variants/variant.ts'
import { experimentKey, Experiments, FACTS, imageFacts, type FileWitnesses } from './experiments.ts'
import type { FileKey } from './file-key.ts'
import { formatFileKey } from './key-names.ts'
import { RecordedFile, RecordedTemplate, type TemplateLine } from './recorded-file.ts'

/** A key that changes with a setting, or lines of a file without keys. */
export interface ChangedKey {
  /** None in files that consist of lines. */
  readonly key: string | undefined
  /** The lines of the template that write it. */
  readonly template: readonly TemplateLine[]
}

/** A file that changes with a setting. */
export interface FileEffect {
  readonly path: string
  /** The template's name. */
  readonly template: string
  readonly keys: readonly ChangedKey[]
}

const isLine = ({ path }: FileKey): boolean => path[0] === 'line' && path.length === 2

/** Whether one of the paths lies on the way to the other, or is it. */
function isRelated(pattern: readonly string[], path: ReadPath): boolean {
  if (path[0] !== 'settings') return false
  return pattern.every((step, i) => {
    const read = path[i + 1]
    return read === undefined || step === '*' || step === '[]' || step === read
  })
}

/** Whether a part of a file was recorded as depending on a setting. */
export function dependsOn(part: SourcePart, pattern: readonly string[]): boolean {
  const paths = [part.shows ?? [], ...part.reads, ...part.blocks.flatMap(({ reads }) => reads)]
  return paths.some((path) => isRelated(pattern, path))
}

const valueOf = (file: RecordedFile, key: FileKey): string => file.text.slice(key.valueStart, key.end)

/** The keys of a file that another rendering of it does not have, or has with another value. */
function differing(file: RecordedFile, other: RecordedFile, pattern: readonly string[]): FileKey[] {
  const values = new Map(other.keys.map((key) => [formatFileKey(key.path), valueOf(other, key)]))
  const lines = new Set(other.text.split('\n'))
  return file.keys.filter((key) => {
    // lines that others were put in front of are still the same
    if (isLine(key) && lines.has(valueOf(file, key))) return false
    if (!isLine(key) && values.get(formatFileKey(key.path)) === valueOf(file, key)) return false
    return file.partsIn(key.start, key.end).some((part) => dependsOn(part, pattern))
  })
}

/** Both renderings of a witness. */
async function bothFiles(
  template: RecordedTemplate,
  os: JsonObject,
  { before, after }: FileWitnesses['witnesses'][number],
): Promise<readonly [RecordedFile, RecordedFile]> {
  return [
    await RecordedFile.of(template, { settings: before, os }, FACTS),
    await RecordedFile.of(template, { settings: after, os }, FACTS),
  ]
}

async function changedKeys(
  variant: Variant,
  { file, witnesses }: FileWitnesses,
  pattern: readonly string[],
): Promise<readonly ChangedKey[]> {
  const template = new RecordedTemplate(variant, file.template)
  const keys = new Map<string, ChangedKey>()
  for (const witness of witnesses) {
    const [before, after] = await bothFiles(template, imageFacts(variant), witness)
    for (const [one, other] of [
      [after, before],
      [before, after],
    ] as const) {
      for (const key of differing(one, other, pattern)) {
        const lines = one.templateLines(key.start, key.end)
        const name = isLine(key) ? undefined : formatFileKey(key.path)
        const id = name ?? lines.map(({ line }) => line).join()
        const known = keys.get(id)?.template ?? []
        const all = new Map([...known, ...lines].map((line) => [line.line, line]))
        keys.set(id, { key: name, template: [...all.values()].sort((a, b) => a.line - b.line) })
      }
    }
  }
  const firstLine = ({ template: [line] }: ChangedKey): number => line?.line ?? 0
  return [...keys.values()].sort((a, b) => firstLine(a) - firstLine(b))
}

const known = new Map<string, Promise<readonly FileEffect[]>>()
const experiments = new Map<Variant, Experiments>()

async function findEffects(
  variant: Variant,
  entry: CatalogueEntry,
  path: readonly string[],
): Promise<readonly FileEffect[]> {
  const experiment = experiments.get(variant) ?? new Experiments(variant)
  experiments.set(variant, experiment)
  const effects: FileEffect[] = []
  for (const found of await experiment.filesOf(entry, path)) {
    const keys = await changedKeys(variant, found, path)
    effects.push({ path: found.file.path, template: found.file.template, keys })
  }
  return effects.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/**
 * The files that change when a setting changes. Variants with the same templates and defaults share the answer.
 *
 * @param path of the setting below `settings`; names in it may be concrete
 */
export function fileEffects(
  variant: Variant,
  entry: CatalogueEntry,
  path: readonly string[] = entry.path,
): Promise<readonly FileEffect[]> {
  const key = `${entry.key}\n${path.join('\n')}\n${experimentKey(variant, entry.group)}`
  const found = known.get(key) ?? findEffects(variant, entry, path)
  known.set(key, found)
  return found
}
