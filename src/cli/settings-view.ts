/** Settings of the catalogue as text for people and as JSON for programs. */
import type { Palette } from '../lib/diagnostics.ts'
import { jsonObject, printJson, toJson, type JsonObject } from '../lib/json.ts'
import type { SettingAcross, VariantGroup } from '../variants/across.ts'
import { nameVariants } from '../variants/across.ts'
import { commandsOf, describeEffect, describeOrigin } from '../variants/setting-words.ts'

/** A setting as a line of a list: its key, padded, and what it is. */
export function settingLine({ entry }: SettingAcross, width: number, palette: Palette): string {
  const key = entry.writtenKey.padEnd(width)
  return `${entry.kind === 'table' ? palette.strong(key) : key}  ${palette.faint(entry.description)}`
}

interface Detail {
  readonly label: string
  readonly text: string
}

/** What can differ between variants: once if it is the same in all, else once per group of variants. */
function perVariant(
  label: string,
  { groups }: SettingAcross,
  all: readonly string[],
  text: (group: VariantGroup) => string,
): Detail[] {
  const byText = new Map<string, string[]>()
  for (const group of groups) {
    const value = text(group)
    byText.set(value, [...(byText.get(value) ?? []), ...group.variants.map(({ name }) => name)])
  }
  if (byText.size === 1) return [...byText.keys()].map((value) => ({ label, text: value }))
  return [...byText].map(([value, names], i) => ({
    label: i === 0 ? label : '',
    text: `${nameVariants(names, all)}: ${value}`,
  }))
}

/** On which variants user data has to give it, and why. */
function neededDetails({ groups }: SettingAcross, all: readonly string[]): Detail[] {
  const needing = groups.filter(({ setting }) => setting.needed !== undefined)
  const [first] = needing
  if (first === undefined) return []
  const names = needing.flatMap(({ variants }) => variants.map(({ name }) => name))
  const where = names.length === all.length ? '' : `${nameVariants(names, all)}: `
  return [{ label: 'needed', text: `${where}without it ${first.setting.needed as string}` }]
}

const plain = (text: string): string => text.replaceAll('`', '')

function marksOf({ entry }: SettingAcross): Detail[] {
  const marks = [
    ...(entry.required ? ['has to be given together with its siblings'] : []),
    ...(entry.secret ? ['secret: never shown in reports'] : []),
    ...(entry.deprecated ? ['without function'] : []),
  ]
  const names = [
    ...(entry.writtenKey !== entry.key ? [`stored as ${entry.key}`] : []),
    ...entry.aliases.filter((alias) => !entry.writtenKey.endsWith(`.${alias}`)).map((alias) => `also written ${alias}`),
  ]
  return [...marks, ...names].map((text, i) => ({ label: i === 0 ? 'note' : '', text }))
}

/**
 * A setting in full, as several lines.
 *
 * @param all names of the variants that were looked at
 */
export function settingDetails(across: SettingAcross, all: readonly string[], palette: Palette): string {
  const { entry, groups } = across
  const having = groups.flatMap(({ variants }) => variants.map(({ name }) => name))
  const details: Detail[] = [
    ...(entry.kind === 'table' ? [] : [{ label: 'value', text: entry.expects }]),
    ...(entry.names === undefined || entry.kind !== 'table' ? [] : [{ label: 'names', text: entry.names.expects }]),
    ...entry.examples.map((example, i) => ({ label: i === 0 ? 'example' : '', text: printJson(example) })),
    ...(entry.kind === 'setting'
      ? perVariant('default', across, all, ({ setting }) => {
          const origins = setting.origins.map((origin) => plain(describeOrigin(origin, setting)))
          return origins.length === 0 ? 'none' : origins.join('; ')
        })
      : []),
    ...neededDetails(across, all),
    ...(entry.kind === 'table'
      ? []
      : perVariant('effect', across, all, ({ setting }) => describeEffect(setting.effect))),
    ...(entry.kind === 'table'
      ? []
      : perVariant('runs', across, all, ({ setting }) => commandsOf(setting.services).join('; ') || 'nothing')),
    ...marksOf(across),
    ...(having.length === all.length ? [] : [{ label: 'only on', text: nameVariants(having, all) }]),
  ]
  const lines = details.map(({ label, text }) => `  ${palette.faint(label.padEnd(8))} ${text}`)
  return [palette.strong(entry.writtenKey), `  ${entry.description}`, ...lines].join('\n')
}

/** A setting as the report holds it. */
export function settingJson({ entry, groups }: SettingAcross): JsonObject {
  const {
    key,
    writtenKey,
    kind,
    description,
    expects,
    allowed,
    names,
    examples,
    aliases,
    required,
    secret,
    deprecated,
  } = entry
  return jsonObject({
    ...(toJson({ key, writtenKey, kind, description, expects, allowed, names }) as JsonObject),
    examples,
    ...(toJson({ aliases, required, secret, deprecated }) as JsonObject),
    variants: groups.map(({ variants, setting: { origins, services, effect, needed } }) =>
      toJson({ names: variants.map(({ name }) => name), origins, services, effect, needed }),
    ),
  })
}
