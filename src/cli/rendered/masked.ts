/** Contents of rendered files with the values hidden that must not be shown. */
import { isJsonObject, member, type JsonValue } from '../../lib/json.ts'
import type { HostFacts } from '../../lib/ports.ts'
import { deviceFacts } from '../../schnauzer/device-facts.ts'
import { HIDDEN, renderMasked } from '../../schnauzer/inspect.ts'
import { RenderSet } from '../../schnauzer/render-set.ts'
import { SHIPPED_FILES } from '../../schnauzer/shipped-files.ts'
import { loadDefaults, templatesOf, templateText } from '../../variants/load.ts'
import type { Variant } from '../../variants/variant.ts'
import type { FileEvent } from '../report.ts'

export interface MaskOptions {
  readonly variant: Variant
  /** What the files were rendered from: the API's answer to `GET /`. */
  readonly model: JsonValue
  readonly facts: HostFacts
  /** Whether a setting must not be shown, by its segments. */
  readonly isSecret: (path: readonly string[]) => boolean
}

/** Absolute path of each file of a variant to the name of its template. */
function templateNames(variant: Variant): ReadonlyMap<string, string> {
  const known = templatesOf(variant)
  const names = new Map<string, string>()
  const files = member(loadDefaults(variant), 'configuration-files')
  for (const file of Object.values(isJsonObject(files) ? files : {})) {
    const [path, templatePath] = [member(file, 'path'), member(file, 'template-path')]
    const name = typeof templatePath === 'string' ? known.get(templatePath) : undefined
    if (typeof path === 'string' && name !== undefined) names.set(path, name)
  }
  return names
}

/** What is shown of a file that holds secrets, if it is not known where. */
const ALL_HIDDEN = `${HIDDEN}\n`

/**
 * The contents to show instead of the real ones, by path: of those files only that hold something to hide. They are
 * rendered once more for that, so that nothing has to be searched for.
 */
export async function maskedContents(
  files: readonly FileEvent[],
  { variant, model, facts, isSecret }: MaskOptions,
): Promise<ReadonlyMap<string, string>> {
  const [settings, os] = [member(model, 'settings'), member(model, 'os')]
  const masked = new Map<string, string>()
  if (!isJsonObject(settings) || !isJsonObject(os)) return masked
  const [names, set, devices] = [templateNames(variant), new RenderSet(SHIPPED_FILES), deviceFacts(facts)]
  for (const { path, content } of files) {
    const name = names.get(path)
    if (name === undefined) continue
    const template = await set.file(name, templateText(variant, name))
    const renderFacts = { cpus: facts.cpus(), resolve: new Map(), ...(await devices(template.importedHelpers)) }
    const again = renderMasked(template, { settings, os }, renderFacts, isSecret)
    if (again.masked !== again.text) masked.set(path, again.text === content ? again.masked : ALL_HIDDEN)
  }
  return masked
}

/** What is shown where an earlier file holds another secret. */
const OTHER = '(other secret)'

const escapeExpression = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/**
 * Hides what an earlier content of a file holds in the places that are hidden in the present one. Lines that have no
 * counterpart are hidden whole.
 *
 * @param before the earlier content
 * @param now the present content
 * @param masked the present content with its secrets hidden
 */
export function maskedBefore(before: string, now: string, masked: string): string {
  const plain = now.split('\n')
  const shown = masked.split('\n')
  if (plain.length !== shown.length) return before === now ? masked : ALL_HIDDEN
  const known = new Map(plain.map((line, i) => [line, shown[i] as string]))
  const patterns = shown
    .filter((line) => line.includes(HIDDEN))
    .map((line) => ({ line, pattern: new RegExp(`^${line.split(HIDDEN).map(escapeExpression).join('.*')}$`) }))
  return before
    .split('\n')
    .map((line) => {
      const same = line === '' ? '' : known.get(line)
      if (same !== undefined) return same
      const other = patterns.find(({ pattern }) => pattern.test(line))
      return other === undefined ? OTHER : other.line.replaceAll(HIDDEN, OTHER)
    })
    .join('\n')
}
