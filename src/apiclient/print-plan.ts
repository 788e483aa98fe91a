/** The answer to a dry run as text for people. */
import { isJsonArray, member, printJson, type JsonValue } from '../lib/json.ts'

const MAX_VALUE = 60

/** The items of a list member, none if there is no such list. */
export function items(value: JsonValue | undefined, name: string): readonly JsonValue[] {
  const list = member(value, name)
  return isJsonArray(list) ? list : []
}

/** A member as text; empty if it is none. */
export function text(value: JsonValue | undefined, name: string): string {
  const found = member(value, name)
  return typeof found === 'string' ? found : ''
}

function shorten(value: JsonValue): string {
  const printed = printJson(value)
  return printed.length > MAX_VALUE ? `${printed.slice(0, MAX_VALUE)}…` : printed
}

function keyLine(entry: JsonValue): string {
  const [key, change] = [text(entry, 'key'), text(entry, 'change')]
  const value = member(entry, 'value')
  if (value === undefined) return `  ${key} ${change} (secret)`
  const old = member(entry, 'old')
  if (change === 'same') return `  ${key} stays ${shorten(value)}`
  return `  ${key} ${old === undefined ? 'is new: ' : `${shorten(old)} -> `}${shorten(value)}`
}

/** Services of a file or a command, in brackets. */
export function ownersOf(entry: JsonValue): string {
  const services = items(entry, 'services').map(String)
  return services.length === 0 ? '' : ` (${services.join(', ')})`
}

/** Lines for files that cannot be rendered. */
export function notRenderedLines(entries: readonly JsonValue[]): string[] {
  return entries.map((entry) => `  ${text(entry, 'path')}: ${text(entry, 'code')}: ${text(entry, 'message')}`)
}

/** What a change would do, one thing per line. */
export function renderDryRun(plan: JsonValue): string {
  const files = items(plan, 'files').filter((file) => member(file, 'changed') === true)
  const commands = items(plan, 'commands')
  const broken = items(plan, 'notRendered')
  const lines = ['settings', ...items(plan, 'keys').map(keyLine)]
  if (broken.length > 0) {
    lines.push(
      'would be in force, but not be applied, since these files cannot be rendered',
      ...notRenderedLines(broken),
    )
  } else if (files.length + commands.length === 0) lines.push('no file would change and no command would run')
  if (files.length > 0) lines.push('would write', ...files.map((file) => `  ${text(file, 'path')}${ownersOf(file)}`))
  if (commands.length > 0) {
    lines.push('would run', ...commands.map((entry) => `  ${text(entry, 'command')}${ownersOf(entry)}`))
  }
  return lines.map((line) => `${line}\n`).join('')
}
