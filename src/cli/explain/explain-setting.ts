/** `explain SETTING`. */
import { PipelineError } from '../../lib/errors.ts'
import { loadModel } from '../../model/models.ts'
import { HIDDEN } from '../../schnauzer/inspect.ts'
import { settingsAcross } from '../../variants/across.ts'
import { variantCatalogue, type FoundSetting } from '../../variants/catalogue.ts'
import type { Variant } from '../../variants/variant.ts'
import { acceptedRun, type Answer } from './explain-file.ts'
import type { HeldSetting, RunOptions } from './recorded-run.ts'
import { filesAcross, generatedFrom, saidBy } from './setting-findings.ts'
import { settingReport, settingText, type SettingFindings } from './setting-view.ts'
import { grouped } from './variant-groups.ts'

/** What is asked for. */
export interface SettingRequest {
  readonly key: string
  /** Those of them that have the setting are looked at. */
  readonly variants: readonly Variant[]
  /** All variants, to name some of them in short. */
  readonly everywhere: readonly string[]
  /** The run whose value holds, if one is wanted. */
  readonly run: RunOptions | undefined
  readonly showSecrets: boolean
}

/** The values of a run that belong to a setting, which may be under several names, or a table. */
async function heldIn(run: RunOptions, { path: wanted }: FoundSetting, showSecrets: boolean): Promise<HeldSetting[]> {
  const recorded = await acceptedRun(run)
  const model = loadModel(run.variant.modelName)
  const isMeant = (path: readonly string[]): boolean =>
    wanted.every((step, i) => step === '*' || step === '[]' || path[i + 1] === undefined || path[i + 1] === step)
  return recorded
    .held(['settings', wanted[0] ?? ''])
    .filter(({ path }) => isMeant(path))
    .map((one) => (!showSecrets && model.isSecret(one.path) ? { ...one, value: HIDDEN } : one))
}

/** The setting on the first variant that has it, and those variants. */
function findSetting({ key, variants }: SettingRequest): {
  readonly found: FoundSetting
  readonly having: readonly Variant[]
} {
  const having = variants.filter((variant) => variantCatalogue(variant).find(key) !== undefined)
  const [found] = having.flatMap((variant) => variantCatalogue(variant).find(key) ?? [])
  if (found !== undefined) return { found, having }
  throw new PipelineError('SETTINGS_UNKNOWN_KEY', `no setting of these variants is called ${key}`)
}

async function findingsOf(request: SettingRequest): Promise<SettingFindings> {
  const { variants, run, showSecrets } = request
  const { found, having } = findSetting(request)
  const all = settingsAcross(variants)
  const own = all.filter(({ entry }) => entry.key === found.setting.key)
  const inside = new Set(
    having.flatMap((variant) =>
      variantCatalogue(variant)
        .within(found.setting)
        .map(({ key }) => key),
    ),
  )
  const [across] = own
  if (across === undefined) throw new PipelineError('INTERNAL', `${found.setting.key} is in no catalogue`)
  const isTable = found.setting.kind === 'table'
  const feeds = await grouped(having, (variant) => generatedFrom(variant, found))
  return {
    across,
    members: isTable ? all.filter(({ entry }) => inside.has(entry.key)) : [],
    // what it says may be of another name or form on another variant
    places: isTable
      ? []
      : await grouped(having, (variant) => {
          const here = variantCatalogue(variant).find(request.key)
          return here === undefined ? [] : saidBy(variant, here)
        }),
    files: isTable ? [] : await filesAcross(having, found),
    feeds: feeds.filter(({ item }) => item.length > 0),
    held: run && (await heldIn(run, found, showSecrets)),
  }
}

/**
 * Explains a setting: what the catalogue says of it, where its defaults are written down, the files and keys that it ends
 * up in, and the value that holds.
 *
 * @throws PipelineError for user data that is not accepted
 */
export async function explainSetting(request: SettingRequest): Promise<Answer> {
  const findings = await findingsOf(request)
  const names = { looked: request.variants.map(({ name }) => name), everywhere: request.everywhere }
  return { text: (palette) => settingText(findings, names, palette), json: settingReport(findings) }
}
