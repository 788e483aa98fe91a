/** What a host accepts without a word, and what its author can hardly have meant. */
import type { Diagnostic } from '../lib/diagnostics.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../lib/json.ts'
import { nearest } from '../lib/nearest.ts'
import type { DocumentPath, SourceMap } from '../lib/source-map.ts'
import type { SettingsModel } from '../model/models.ts'
import { templateText } from '../toml/template-text.ts'

/** The name of the table that a host reads, if another name was meant to be it. */
export function isMisspeltSettings(name: string): boolean {
  return name !== 'settings' && nearest(name.toLowerCase(), ['settings']) !== undefined
}

/** What to do about a top-level name that is not `settings`. */
export function outsideHint(name: string, model: SettingsModel): string {
  if (isMisspeltSettings(name)) return 'did you mean settings?'
  return model.whereItBelongs(name) ?? 'remove it, or move it below a heading such as [settings.kubernetes]'
}

/** Top-level keys and tables beside `settings`: a host takes no notice of them. */
export function outsideSettings(tree: JsonObject, sourceMap: SourceMap, model: SettingsModel): Diagnostic[] {
  return Object.keys(tree)
    .filter((name) => name !== 'settings')
    .map((name): Diagnostic => {
      const at = sourceMap.key([name])
      return {
        code: 'USERDATA_OUTSIDE_SETTINGS',
        severity: 'warning',
        path: /^[\w-]+$/.test(name) ? name : JSON.stringify(name),
        message: 'it stands outside of settings, where a host ignores it',
        hint: outsideHint(name, model),
        ...(at !== undefined && { at }),
      }
    })
}

function stringsIn(value: JsonValue, path: DocumentPath): { path: DocumentPath; text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }]
  if (isJsonArray(value)) return value.flatMap((item, i) => stringsIn(item, [...path, i]))
  if (!isJsonObject(value)) return []
  return Object.entries(value).flatMap(([name, item]) => stringsIn(item, [...path, name]))
}

/** Texts of settings that hold template text. They may be meant like that, so this is only a warning. */
export function templateTexts(settings: JsonValue, at: DocumentPath, sourceMap: SourceMap): Diagnostic[] {
  return stringsIn(settings, at)
    .filter(({ text }) => templateText(text).length > 0)
    .map(({ path }): Diagnostic => {
      const place = sourceMap.value(path)
      return {
        code: 'USERDATA_TEMPLATE_TEXT',
        severity: 'warning',
        message: 'the text holds template text that nothing has replaced',
        hint: 'run the template engine first; a host takes the text as it is',
        ...(place !== undefined && { at: place }),
      }
    })
}
