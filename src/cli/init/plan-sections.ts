/** What a starting user-data file holds: tables with their settings, those in force and those to choose from. */
import { isJsonObject, jsonObject, member, type JsonObject, type JsonValue } from '../../lib/json.ts'
import { ANY_NAME, splitKey } from '../../model/catalogue.ts'
import type { Catalogue, Origin, VariantSetting } from '../../variants/catalogue.ts'
import { rankOf } from '../../variants/starting-settings.ts'

/** Why a line says what it says. A `given` and a `needed` one is in force, the others are commented out. */
export type Source = 'given' | 'needed' | 'default' | 'example'

/** One line: a name in its table, and a value. */
export interface StartingLine {
  readonly name: readonly string[]
  readonly value: JsonValue
  readonly source: Source
}

/** A setting, or a whole table under a chosen name, in one or more lines. */
export interface StartingOption {
  readonly setting: VariantSetting
  /** Where its value comes from on a host if nobody gives one. */
  readonly origin: Origin | undefined
  readonly lines: readonly StartingLine[]
  /** What it is has been said already, of another table of the same kind. */
  readonly isRepeated: boolean
}

/** A table with a heading of its own. */
export interface StartingSection {
  /** Names from `settings` on, as people write them. */
  readonly heading: readonly string[]
  readonly table: VariantSetting | undefined
  readonly options: readonly StartingOption[]
  readonly isRepeated: boolean
}

/** A table or a setting at its place. */
interface Spot {
  readonly setting: VariantSetting
  /** Below `settings`, with concrete names that are stored. */
  readonly path: readonly string[]
  readonly heading: readonly string[]
  readonly isRepeated: boolean
}

const valueAt = (tree: JsonValue | undefined, path: readonly string[]): JsonValue | undefined =>
  path.reduce<JsonValue | undefined>((value, step) => member(value, step), tree)

const lastName = (key: string): string => splitKey(key).at(-1) as string

/** Settings before tables, what is looked for first before the rest. */
function inOrder(settings: readonly VariantSetting[], catalogue: Catalogue): VariantSetting[] {
  const rank = (setting: VariantSetting): number =>
    Math.min(rankOf(setting.key), ...catalogue.within(setting).map((inner) => rank(inner)))
  return [...settings].sort((a, b) => {
    const [first, second] = [rank(a), rank(b)]
    return first === second ? 0 : first - second
  })
}

/** Whether its lines stand below a heading of their own: a table under names that users choose. */
const isMap = ({ kind, type }: VariantSetting): boolean => kind === 'setting' && type.kind === 'map'

class Planner {
  private readonly catalogue: Catalogue
  private readonly given: JsonObject
  private readonly isMeant: (setting: VariantSetting) => boolean
  /** A kubelet by itself joins no cluster. */
  private readonly isStandalone: boolean

  constructor(catalogue: Catalogue, given: JsonObject, isMeant: (setting: VariantSetting) => boolean) {
    this.catalogue = catalogue
    this.given = given
    this.isMeant = isMeant
    this.isStandalone = valueAt(given, ['kubernetes', 'standalone-mode']) === true
  }

  private isNeeded({ needed }: VariantSetting): boolean {
    return needed !== undefined && !this.isStandalone
  }

  sections(): StartingSection[] {
    const groups = this.catalogue.settings.filter(({ path }) => path.length === 1)
    return inOrder(groups, this.catalogue).flatMap((group) =>
      this.sectionsOf({
        setting: group,
        path: [group.group],
        heading: ['settings', group.group],
        isRepeated: false,
      }),
    )
  }

  private sectionsOf(spot: Spot): StartingSection[] {
    const { setting, path, heading, isRepeated } = spot
    if (isMap(setting)) return section(heading, setting, this.mapOptions(spot), isRepeated)
    // a group that is a value itself
    if (setting.kind === 'setting') return section(heading.slice(0, -1), undefined, this.options(spot), isRepeated)
    const children = inOrder(this.catalogue.within(setting), this.catalogue)
    const isNamed = children.some((child) => child.path.length > setting.path.length + 1)
    if (!isNamed) return this.recordSections(spot, children)
    const known = this.namesIn(spot, children)
    const names = known.length > 0 ? known : [exampleName(setting)]
    if (children.some(({ required }) => required)) {
      const options = names.map((name, i) => this.wholeOption(spot, children, name, i > 0))
      return this.isWanted(setting, path) ? section(heading, setting, options, isRepeated) : []
    }
    if (known.length === 0) {
      const options = names.flatMap((name) => this.dottedOptions(spot, children, name))
      return section(heading, setting, options, isRepeated)
    }
    return names.flatMap((name, i) =>
      this.recordSections(
        { setting, path: [...path, name], heading: [...heading, name], isRepeated: isRepeated || i > 0 },
        children,
      ),
    )
  }

  /** A table with fixed members: its own values first, then the tables in it. */
  private recordSections(spot: Spot, children: readonly VariantSetting[]): StartingSection[] {
    const inner = children.map((child): Spot => {
      const name = child.path.at(-1) as string
      const heading = [...spot.heading, lastName(child.writtenKey)]
      return { setting: child, path: [...spot.path, name], heading, isRepeated: spot.isRepeated }
    })
    const isTable = ({ setting }: Spot): boolean => setting.kind === 'table' || isMap(setting)
    const options = inner.filter((child) => !isTable(child)).flatMap((child) => this.options(child))
    return [
      ...section(spot.heading, spot.setting, options, spot.isRepeated),
      ...inner.filter(isTable).flatMap((child) => this.sectionsOf(child)),
    ]
  }

  private isWanted(setting: VariantSetting, path: readonly string[]): boolean {
    return this.isMeant(setting) || this.isNeeded(setting) || valueAt(this.given, path) !== undefined
  }

  /** The line of one setting. */
  private options({ setting, path, heading, isRepeated }: Spot): StartingOption[] {
    if (!this.isWanted(setting, path)) return []
    const name = [heading.at(-1) as string]
    const lines = [{ name, ...this.lineOf(setting, path) }]
    return [{ setting, origin: originOf(setting, path), lines, isRepeated }]
  }

  private lineOf(setting: VariantSetting, path: readonly string[]): Pick<StartingLine, 'value' | 'source'> {
    const given = valueAt(this.given, path)
    if (given !== undefined) return { value: given, source: 'given' }
    const example = this.exampleAt(setting, path)
    if (this.isNeeded(setting)) return { value: example, source: 'needed' }
    const origin = originOf(setting, path)
    if (origin?.kind === 'default') return { value: origin.value, source: 'default' }
    return { value: example, source: 'example' }
  }

  /** The example of the tables around a setting if one has it, else its own. */
  private exampleAt(setting: VariantSetting, path: readonly string[]): JsonValue {
    for (let depth = 1; depth < path.length; depth++) {
      const table = this.catalogue.at(setting.path.slice(0, depth))
      const value = valueAt(table?.examples[0], path.slice(depth))
      if (value !== undefined) return value
    }
    return setting.examples[0] as JsonValue
  }

  /** The lines of a table under names that users choose. */
  private mapOptions({ setting, path, isRepeated }: Spot): StartingOption[] {
    if (!this.isWanted(setting, path)) return []
    const origin = originOf(setting, path)
    const linesOf = (values: JsonValue | undefined, source: Source): StartingLine[] =>
      Object.entries(isJsonObject(values) ? values : {}).map(([name, value]) => ({ name: [name], value, source }))
    const given = linesOf(valueAt(this.given, path), 'given')
    const names = new Set(given.map(({ name }) => name[0]))
    const defaults = linesOf(origin?.kind === 'default' ? origin.value : undefined, 'default')
    const known = [...given, ...defaults.filter(({ name }) => !names.has(name[0]))]
    const lines = known.length > 0 ? known : linesOf(this.exampleAt(setting, path), 'example')
    return [{ setting, origin, lines, isRepeated }]
  }

  /** A table that has to be given as a whole, in one line. */
  private wholeOption(
    { setting, path }: Spot,
    children: readonly VariantSetting[],
    name: string,
    isRepeated: boolean,
  ): StartingOption {
    const at = [...path, name]
    const given = valueAt(this.given, at)
    const members = children.map((child) => {
      const inner = [...at, child.path.at(-1) as string]
      return { name: inner.at(-1) as string, ...this.lineOf(child, inner) }
    })
    const defaults = members.filter(({ source }) => source === 'default')
    const shown = defaults.length > 0 ? defaults : members
    const value = given ?? jsonObject(Object.fromEntries(shown.map((each) => [each.name, each.value])))
    const source = given !== undefined ? 'given' : defaults.length > 0 ? 'default' : 'example'
    return { setting, origin: undefined, lines: [{ name: [name], value, source }], isRepeated }
  }

  /** Members of a table whose name is an example: it has no heading, which would be in force. */
  private dottedOptions({ path, heading }: Spot, children: readonly VariantSetting[], name: string): StartingOption[] {
    return children.flatMap((child) => {
      const at = [...path, name, child.path.at(-1) as string]
      return this.options({ setting: child, path: at, heading: [...heading, name], isRepeated: false }).map(
        (option) => ({
          ...option,
          lines: option.lines.map((line) => ({ ...line, name: [name, lastName(child.writtenKey)] })),
        }),
      )
    })
  }

  /** Names in a table: those given, and those that are there by default. */
  private namesIn({ path }: Spot, children: readonly VariantSetting[]): readonly string[] {
    const given = valueAt(this.given, path)
    const defaults = children
      .flatMap(({ origins }) => origins)
      .map(({ key }) => splitKey(key))
      .filter((key) => key.length > path.length && path.every((step, i) => step === key[i]))
      .map((key) => key[path.length] as string)
      .filter((name) => name !== ANY_NAME)
    return [...new Set([...Object.keys(isJsonObject(given) ? given : {}), ...defaults])]
  }
}

/** A name to show what goes into a table of which nobody knows the names. */
function exampleName({ examples: [example], names }: VariantSetting): string {
  return (isJsonObject(example) ? Object.keys(example)[0] : names?.allowed?.[0]) ?? 'example'
}

function section(
  heading: readonly string[],
  table: VariantSetting | undefined,
  options: readonly StartingOption[],
  isRepeated: boolean,
): StartingSection[] {
  return options.length === 0 ? [] : [{ heading, table, options, isRepeated }]
}

/** What fills a concrete place if nobody does: a value of its own before what fills a table around it. */
function originOf({ origins }: VariantSetting, path: readonly string[]): Origin | undefined {
  const covers = origins.filter(({ key }) => {
    const steps = splitKey(key)
    return steps.length <= path.length && steps.every((step, i) => step === ANY_NAME || step === path[i])
  })
  const own = covers.filter(({ key }) => splitKey(key).length === path.length)
  return own.find(({ kind }) => kind === 'default') ?? own[0] ?? covers[0]
}

/**
 * The sections of a starting file.
 *
 * @param given settings that are in force, in their normal form
 * @param isMeant which of the other settings are offered
 */
export function planSections(
  catalogue: Catalogue,
  given: JsonObject,
  isMeant: (setting: VariantSetting) => boolean,
): readonly StartingSection[] {
  return new Planner(catalogue, given, isMeant).sections()
}
