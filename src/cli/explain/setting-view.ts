/** An explained setting as text for people and as JSON for programs. */
import type { Palette } from '../../lib/diagnostics.ts'
import { jsonObject, toJson, type JsonObject, type JsonValue } from '../../lib/json.ts'
import { nameVariants, type SettingAcross } from '../../variants/across.ts'
import { templatePath } from '../../variants/assets.ts'
import { settingDetails, settingJson, settingLine } from '../settings-view.ts'
import { describeLayer, heldJson, shownValue } from './file-view.ts'
import type { HeldSetting } from './recorded-run.ts'
import type { ChangedKey, FileEffect } from './setting-effects.ts'
import type { FileAcross, SaidBy } from './setting-findings.ts'
import { groupLines, type Group } from './variant-groups.ts'

/** All that is said about a setting. */
export interface SettingFindings {
  readonly across: SettingAcross
  /** What is in a table. */
  readonly members: readonly SettingAcross[]
  /** Where its defaults, its generator and its services are written down. */
  readonly places: readonly Group<readonly SaidBy[]>[]
  readonly files: readonly FileAcross[]
  /** Settings whose generator reads it. */
  readonly feeds: readonly Group<readonly string[]>[]
  /** The values that hold, if a run was asked for. */
  readonly held: readonly HeldSetting[] | undefined
}

/** Names of variants, to tell them in short. */
export interface KnownVariants {
  /** Those that were looked at. */
  readonly looked: readonly string[]
  readonly everywhere: readonly string[]
}

const MAX_KEYS = 12

function keyLines({ keys, template }: FileEffect, palette: Palette): string[] {
  const width = Math.max(0, ...keys.map(({ key }) => key?.length ?? 0))
  const line = ({ key, template: lines }: ChangedKey): string => {
    const numbers = lines.map((one) => String(one.line)).join(', ')
    const place = palette.faint(`${templatePath(template)}:${numbers}`)
    return width === 0 ? place : `${(key ?? '').padEnd(width)}  ${place}`
  }
  const shown = keys.slice(0, MAX_KEYS).map(line)
  return keys.length > MAX_KEYS ? [...shown, `and ${String(keys.length - MAX_KEYS)} more keys`] : shown
}

/** Lines under a label, which the first of them has. */
function labelled(label: string, lines: readonly string[], palette: Palette): string[] {
  return lines.map((line, i) => `  ${palette.faint((i === 0 ? label : '').padEnd(8))} ${line}`)
}

function fileLines({ across, files }: SettingFindings, { everywhere }: KnownVariants, palette: Palette): string[] {
  if (files.length === 0) return ['none']
  const having = across.groups.flatMap(({ variants }) => variants).length
  return files.flatMap(({ path, groups }) => {
    const names = groups.flatMap((group) => group.names)
    const isEverywhere = groups.length > 1 || names.length === having
    const only = isEverywhere ? '' : palette.faint(`  only on ${nameVariants(names, everywhere)}`)
    const lines = groupLines(groups, everywhere, (effect) => keyLines(effect, palette))
    return [`${path}${only}`, ...lines.map((line) => `  ${line}`)]
  })
}

function memberLines(members: readonly SettingAcross[], palette: Palette): string[] {
  const width = Math.max(0, ...members.map(({ entry }) => entry.writtenKey.length))
  return members.map((member) => settingLine(member, width, palette))
}

function heldLines(held: readonly HeldSetting[] | undefined): string[] {
  if (held === undefined) return []
  if (held.length === 0) return ['nothing: it is not set']
  return held.flatMap(({ key, value, layer }) => [`${key} = ${shownValue(value)}`, `  ${describeLayer(layer)}`])
}

const placeText = ({ what, place }: SaidBy): string => `${what}: ${place.file}:${String(place.line)}`

/** A setting in full, as several lines. */
export function settingText(found: SettingFindings, names: KnownVariants, palette: Palette): string {
  const { across, members, places, feeds, held } = found
  const { everywhere } = names
  const said = groupLines(places, everywhere, (all) => [...new Set(all.map(placeText))])
  const fed = groupLines(feeds, everywhere, (keys) => keys.map((key) => `the generator of ${key}`))
  const isTable = across.entry.kind === 'table'
  return [
    settingDetails(across, names.looked, palette),
    ...labelled('from', said, palette),
    ...labelled('holds', heldLines(held), palette),
    ...labelled('members', memberLines(members, palette), palette),
    ...(isTable ? [] : labelled('files', fileLines(found, names, palette), palette)),
    ...labelled('feeds', fed, palette),
  ].join('\n')
}

const keyJson = ({ key, template }: ChangedKey): JsonObject =>
  jsonObject({ ...(key === undefined ? {} : { key }), template: template.map((line) => toJson(line)) })

const fileJson = ({ path, groups }: FileAcross): JsonObject =>
  jsonObject({
    path,
    variants: groups.map(({ names, item: { template, keys } }) =>
      jsonObject({ names: [...names], template: templatePath(template), keys: keys.map(keyJson) }),
    ),
  })

function groupsJson<T>(groups: readonly Group<T>[], name: string, json: (item: T) => JsonValue): JsonObject[] {
  return groups.map(({ names, item }) => jsonObject({ variants: [...names], [name]: json(item) }))
}

/** The same as the report holds it. */
export function settingReport({ across, members, places, files, feeds, held }: SettingFindings): JsonObject {
  return jsonObject({
    kind: 'setting',
    setting: settingJson(across),
    members: members.map(({ entry }) => entry.key),
    places: groupsJson(places, 'lines', (said) => toJson(said)),
    files: files.map(fileJson),
    feeds: groupsJson(feeds, 'settings', (keys) => [...keys]),
    ...(held === undefined ? {} : { held: held.map(heldJson) }),
  })
}
