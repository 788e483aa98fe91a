/** A plan as a report for machines; the shape is described in the README of this folder's parent. */
import { jsonObject, printJson, toJson, type JsonObject, type JsonValue } from '../../lib/json.ts'
import { diagnosticsJson, SCHEMA_VERSION } from '../report.ts'
import type { NotRenderedEvent } from '../report.ts'
import { diffText, lineCounts } from './summary.ts'
import {
  hasDifferences,
  type FileDifference,
  type KeptSetting,
  type LiveEffect,
  type Plan,
  type SettingChange,
} from './types.ts'

const optional = (name: string, value: JsonValue | undefined): Record<string, JsonValue> =>
  value === undefined ? {} : { [name]: value }

function settingJson({ key, change, before, after, hidden, effect }: SettingChange): JsonObject {
  return jsonObject({
    key,
    change,
    ...optional('before', before),
    ...optional('after', after),
    hidden,
    ...(effect === undefined ? {} : { effect: toJson(effect) }),
  })
}

function fileJson(file: FileDifference): JsonObject {
  const { path, change, services, isBeforeKnown } = file
  const known = isBeforeKnown ? { ...lineCounts(file), diff: diffText(file) } : {}
  return toJson({ path, change, services, ...known }) as JsonObject
}

const failureJson = ({ name, path, code, message }: NotRenderedEvent): JsonObject =>
  jsonObject({ file: name, path, code, message })

function keptJson({ key, value, wanted }: KeptSetting): JsonObject {
  return jsonObject({ key, value, ...optional('newNode', wanted) })
}

function liveJson({ commands, reboot, newNodesOnly, kept, notRendered }: LiveEffect): JsonObject {
  return jsonObject({
    ...(toJson({ commands, reboot, newNodesOnly }) as JsonObject),
    kept: kept.map(keptJson),
    notRendered: notRendered.map(failureJson),
  })
}

/** The report as one JSON document. */
export function planJson(plan: Plan): string {
  const { as, from, to, accepted, settings, files, notRendered, live, bootsTwice, diagnostics } = plan
  return printJson(
    jsonObject({
      schemaVersion: toJson(SCHEMA_VERSION),
      ...(toJson({ as, from, to, accepted, differs: hasDifferences(plan) }) as JsonObject),
      settings: settings.map(settingJson),
      files: files.map(fileJson),
      notRendered: notRendered.map(failureJson),
      ...(live === undefined ? {} : { live: liveJson(live) }),
      bootsTwice,
      diagnostics: diagnosticsJson(diagnostics),
    }),
  )
}
