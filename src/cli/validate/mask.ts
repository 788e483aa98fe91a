/** Values that must not be shown, where lines of a document are. */
import type { SettingType } from '../../model/types.ts'
import { loadModel, MODEL_NAMES } from '../../model/models.ts'

function fieldsOf(type: SettingType): readonly (readonly [name: string, isSecret: boolean, type: SettingType])[] {
  switch (type.kind) {
    case 'record':
      return Object.entries(type.fields).flatMap(([name, field]) => [
        [name, field.secret === true, field.type] as const,
        ...fieldsOf(field.type),
      ])
    case 'map':
      return fieldsOf(type.values)
    case 'list':
      return fieldsOf(type.elements)
    case 'tuple':
      return type.items.flatMap(fieldsOf)
    case 'union':
      return type.forms.flatMap(fieldsOf)
    case 'converted':
      return fieldsOf(type.from)
    case 'text':
    case 'boolean':
    case 'integer':
    case 'choice':
    case 'enumeration':
      return []
  }
}

/** Names of all settings whose values must not be shown. */
function secretNames(): string[] {
  const fields = MODEL_NAMES.flatMap((name) => fieldsOf(loadModel(name).type))
  return [...new Set(fields.filter(([, isSecret]) => isSecret).map(([name]) => name))]
}

/**
 * The text with `*` for every character of a value that must not be shown, so that nothing moves. It goes by the names in
 * front of values, since the lines that are shown are the faulty ones.
 */
export function maskSecrets(text: string): string {
  const names = secretNames().join('|')
  const long = String.raw`"""(?:[^]*?"""|[^]*)|'''(?:[^]*?'''|[^]*)`
  const value = String.raw`${long}|\\"[^"\n]*"?|"(?:\\.|[^"\\\n])*"?|'[^'\n]*'?|[^\s,}\]#"'][^\n,}\]]*`
  const assignment = new RegExp(String.raw`((?<![\w-])(?:${names})\\?["']?[ \t]*[=:][ \t]*)(${value})`, 'g')
  return text.replace(assignment, (_all, before: string, secret: string) => before + secret.replace(/[^\s"'\\]/g, '*'))
}
