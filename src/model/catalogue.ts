/**
 * Every setting of a model as one flat list of data: what it is called, what it holds, what is known of it. Which value it
 * has on a variant, and what a change touches there, is in `src/variants/catalogue.ts`.
 */
import { compareBytes } from '../lib/byte-order.ts'
import type { JsonValue } from '../lib/json.ts'
import { formatSegment } from './key.ts'
import { allowedWords, describeType } from './type-words.ts'
import type { Field, Fields, Group, SettingType } from './types.ts'

/** In a path: a name that users choose. */
export const ANY_NAME = '*'
/** In a path: each element of a list. */
export const EACH_ELEMENT = '[]'

/** When a change takes effect on a running host. */
export interface Effect {
  /** `first-boot`: only the first boot of an instance looks at it. */
  readonly when: 'at-once' | 'next-boot' | 'first-boot'
  /** What else is to be known of that, as a sentence. */
  readonly note?: string
}

export interface CatalogueEntry {
  /** Below `settings`, by the names that are stored; `*` and `[]` stand for chosen names and for elements. */
  readonly path: readonly string[]
  /** The key as documentation writes it: `settings.host-containers.<name>.enabled`. */
  readonly key: string
  /** The same with the names that people write in user data, where those differ from the names that are stored. */
  readonly writtenKey: string
  /** The settings group, a member of `settings`. */
  readonly group: string
  /**
   * A `setting` is what gets a value: a scalar, a list, or a table of such under names that users choose. A `table` holds
   * other entries. A `part` is a member of the elements of a list and is stored with them.
   */
  readonly kind: 'setting' | 'table' | 'part'
  /** One line. */
  readonly description: string
  readonly type: SettingType
  /** What a value has to be, to follow the word "expected". */
  readonly expects: string
  /** All values that are possible, where they are fixed words. */
  readonly allowed?: readonly string[]
  /** What the names in a table have to be, where users choose them. */
  readonly names?: { readonly expects: string; readonly allowed?: readonly string[] }
  /** Accepted values; at least one for a setting or a part. */
  readonly examples: readonly JsonValue[]
  /** Other names for the last segment of the path. */
  readonly aliases: readonly string[]
  /** It has to be given whenever a sibling is. */
  readonly required: boolean
  /** The value, or a part of it, must not be shown. */
  readonly secret: boolean
  /** It is accepted but has no function any more. */
  readonly deprecated: boolean
  readonly effect: Effect
}

/** A path as documentation writes it, with `settings` in front. */
export function formatPath(path: readonly string[]): string {
  return path.reduce((text, segment) => {
    if (segment === EACH_ELEMENT) return `${text}[]`
    return `${text}.${segment === ANY_NAME ? '<name>' : formatSegment(segment)}`
  }, 'settings')
}

/** The record of fields that a value of the type consists of, with the steps that lead to it. */
function fieldsWithin(type: SettingType): { readonly steps: readonly string[]; readonly fields: Fields } | undefined {
  switch (type.kind) {
    case 'record':
      return { steps: [], fields: type.fields }
    case 'map':
    case 'list': {
      const inner = fieldsWithin(type.kind === 'map' ? type.values : type.elements)
      const step = type.kind === 'map' ? ANY_NAME : EACH_ELEMENT
      return inner && { steps: [step, ...inner.steps], fields: inner.fields }
    }
    case 'converted':
      return fieldsWithin(type.from)
    case 'union':
      return type.forms.map(fieldsWithin).find((form) => form !== undefined)
    case 'tuple':
    case 'text':
    case 'boolean':
    case 'integer':
    case 'choice':
    case 'enumeration':
      return undefined
  }
}

function namesOf(type: SettingType): Pick<CatalogueEntry, 'names'> {
  if (type.kind !== 'map') return {}
  const allowed = allowedWords(type.names)
  return { names: { expects: type.names.expects, ...(allowed !== undefined && { allowed }) } }
}

interface Above {
  readonly path: readonly string[]
  readonly written: readonly string[]
  readonly secret: boolean
  readonly deprecated: boolean
  readonly effect: Effect
  readonly isPart: boolean
}

const TOP: Above = {
  path: [],
  written: [],
  secret: false,
  deprecated: false,
  effect: { when: 'at-once' },
  isPart: false,
}

function effectOf({ effect, effectNote }: Pick<Field, 'effect' | 'effectNote'>, above: Effect): Effect {
  const note = effectNote ?? above.note
  return { when: effect ?? above.when, ...(note !== undefined && { note }) }
}

function entriesOf(name: string, field: Field, above: Above): CatalogueEntry[] {
  const path = [...above.path, name]
  const written = [...above.written, field.writtenAs ?? name]
  const secret = above.secret || field.secret === true
  const deprecated = above.deprecated || field.deprecated === true
  const effect = effectOf(field, above.effect)
  const within = fieldsWithin(field.type)
  const steps = within?.steps ?? []
  const isPart = above.isPart || steps.includes(EACH_ELEMENT)
  const below: Above = {
    path: [...path, ...steps],
    written: [...written, ...steps],
    secret,
    deprecated,
    effect,
    isPart,
  }
  const inner = Object.entries(within?.fields ?? {}).flatMap(([member, inside]) => entriesOf(member, inside, below))
  const isTable = within !== undefined && !isPart
  const allowed = allowedWords(field.type)
  const entry: CatalogueEntry = {
    path,
    key: formatPath(path),
    writtenKey: formatPath(written),
    group: path[0] as string,
    kind: isTable ? 'table' : above.isPart ? 'part' : 'setting',
    description: field.description,
    type: field.type,
    expects: within === undefined ? describeType(field.type) : field.type.expects,
    ...(allowed !== undefined && { allowed }),
    ...namesOf(field.type),
    examples: field.examples ?? [],
    aliases: field.aliases ?? [],
    required: field.required === true,
    // a list is stored in one piece, so one secret part is enough
    secret: secret || (!isTable && inner.some((part) => part.secret)),
    deprecated,
    effect,
  }
  return [entry, ...inner]
}

function comparePaths(a: CatalogueEntry, b: CatalogueEntry): number {
  const differing = a.path.findIndex((segment, i) => segment !== b.path[i])
  if (differing < 0) return a.path.length - b.path.length
  return compareBytes(a.path[differing] as string, b.path[differing] ?? '')
}

/** All entries of some groups: each group, then what is in it, in byte order of their paths. */
export function catalogueOf(groups: readonly Group[]): readonly CatalogueEntry[] {
  return groups.flatMap((group) => entriesOf(group.name, group, TOP)).sort(comparePaths)
}

/**
 * The segments of a key as people type it, below `settings`: dotted, with quotes around names that hold dots, or as
 * documentation writes it (`settings.pki.<name>.data`, `credentials[].auth`). Nothing is checked.
 */
export function splitKey(text: string): string[] {
  const pieces = text.match(/(?:"[^"]*"?|[^".])+/g) ?? []
  const segments = pieces.flatMap((piece) => {
    const name = piece.replace(/(?:\[\])+$/, '')
    const element = name === piece ? [] : [EACH_ELEMENT]
    return [name === '<name>' ? ANY_NAME : name.replaceAll('"', ''), ...element]
  })
  return segments[0] === 'settings' ? segments.slice(1) : segments
}

interface IndexNode<Entry> {
  readonly entry?: Entry
  readonly children: ReadonlyMap<string, IndexNode<Entry>>
}

/** A catalogue to look things up in. */
export class SettingIndex<Entry extends CatalogueEntry> {
  readonly entries: readonly Entry[]
  private readonly root: IndexNode<Entry>

  constructor(entries: readonly Entry[]) {
    this.entries = entries
    this.root = indexOf(entries, 0)
  }

  /** The entry at a path of the catalogue. */
  at(path: readonly string[]): Entry | undefined {
    return path.reduce<IndexNode<Entry> | undefined>((node, step) => node?.children.get(step), this.root)?.entry
  }

  /** What is directly in an entry, without the steps of chosen names and of elements. */
  within({ path }: CatalogueEntry): readonly Entry[] {
    const node = path.reduce<IndexNode<Entry> | undefined>((above, step) => above?.children.get(step), this.root)
    return node === undefined ? [] : nearestEntries(node)
  }

  /**
   * The entry that a concrete path belongs to, and that path by the names that are stored. A path below a setting, such as
   * one label of `node-labels`, belongs to the setting; one table under a chosen name belongs to the table around it.
   */
  find(path: readonly string[]): { readonly entry: Entry; readonly path: readonly string[] } | undefined {
    let node = this.root
    let entry: Entry | undefined
    const stored: string[] = []
    for (const [i, step] of path.entries()) {
      const exact = node.children.get(step) ?? aliased(node, step)
      const next =
        exact ?? node.children.get(/^\d+$/.test(step) && !node.children.has(ANY_NAME) ? EACH_ELEMENT : ANY_NAME)
      if (next === undefined)
        return entry?.kind === 'setting' ? { entry, path: [...stored, ...path.slice(i)] } : undefined
      stored.push(exact?.entry?.path.at(-1) ?? step)
      node = next
      entry = node.entry ?? entry
    }
    return entry && { entry, path: stored }
  }
}

function indexOf<Entry extends CatalogueEntry>(entries: readonly Entry[], depth: number): IndexNode<Entry> {
  const groups = new Map<string, Entry[]>()
  for (const entry of entries) {
    const step = entry.path[depth]
    if (step !== undefined) groups.set(step, [...(groups.get(step) ?? []), entry])
  }
  const own = entries.find((entry) => entry.path.length === depth)
  const children = new Map([...groups].map(([step, inner]) => [step, indexOf(inner, depth + 1)]))
  return { ...(own !== undefined && { entry: own }), children }
}

function aliased<Entry extends CatalogueEntry>(node: IndexNode<Entry>, name: string): IndexNode<Entry> | undefined {
  return [...node.children.values()].find(({ entry }) => entry?.aliases.includes(name))
}

function nearestEntries<Entry>(node: IndexNode<Entry>): Entry[] {
  return [...node.children.values()].flatMap((child) =>
    child.entry === undefined ? nearestEntries(child) : [child.entry],
  )
}
