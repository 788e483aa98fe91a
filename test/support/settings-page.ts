/** The reference page of all settings. */
import { formatPath } from '../../src/model/catalogue.ts'
import { nameVariants, settingsAcross, type SettingAcross, type VariantGroup } from '../../src/variants/across.ts'
import { describeEffect, describeOrigin } from '../../src/variants/setting-words.ts'
import { findVariant, listVariants } from '../../src/variants/variant.ts'

const names = listVariants()

const INTRODUCTION = `# Settings

Every setting of every variant, made from the catalogue (\`npm run docs:settings\`; do not edit). \`<name>\` is a name that you
choose, \`[]\` an element of a list. "Default" is what a host has when user data says nothing; a dash stands for nothing.
Where variants differ, they are named: \`aws-k8s\` without a version stands for all its versions, \`[-nvidia]\` for a name with
and without it. In user data, settings stand under these keys, for example:

\`\`\`toml
[settings.kubernetes]
cluster-name = "demo"
max-pods = 110
\`\`\`
`

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/** Texts with the variants that they hold for; one text alone where all agree. */
function perVariant({ groups }: SettingAcross, text: (group: VariantGroup) => string): string {
  const byText = new Map<string, string[]>()
  for (const group of groups) {
    const key = text(group)
    byText.set(key, [...(byText.get(key) ?? []), ...group.variants.map(({ name }) => name)])
  }
  if (byText.size === 1) return [...byText.keys()][0] as string
  return [...byText].map(([value, variants]) => `${value} (${nameVariants(variants, names)})`).join('<br>')
}

const MAX_DEFAULT = 160

function defaultText(across: SettingAcross): string {
  return perVariant(across, ({ setting }) => {
    const texts = setting.origins.map((origin) => describeOrigin(origin, setting))
    const text = texts.join(', ')
    if (text.length <= MAX_DEFAULT) return text === '' ? '-' : text
    return 'several, see `bottlerocket settings`'
  })
}

function changeText(across: SettingAcross): string {
  return perVariant(across, ({ setting }) => {
    const services = setting.services.map(({ name }) => name).join(', ')
    return `${describeEffect(setting.effect)}${services === '' ? '' : `: ${services}`}`
  })
}

function row(across: SettingAcross): string {
  const { entry } = across
  const stored = formatPath(entry.path).replace(`settings.${entry.group}.`, '')
  const written = entry.writtenKey.replace(`settings.${entry.group}.`, '')
  const marks = [
    ...(entry.required ? ['required with its siblings'] : []),
    ...(entry.secret ? ['secret'] : []),
    ...(written !== stored ? [`stored as \`${stored}\``] : []),
    ...(entry.aliases.length > 0 && written === stored ? [`also \`${entry.aliases.join('`, `')}\``] : []),
  ]
  const about = entry.description + (marks.length === 0 ? '' : ` (${marks.join('; ')})`)
  return `| ${[`\`${written}\``, about, entry.expects, defaultText(across), changeText(across)].map(cell).join(' | ')} |`
}

const HEADER = ['| Setting | What it is | Value | Default | A change takes effect |', '|---|---|---|---|---|']

function section(group: string, settings: readonly SettingAcross[]): string[] {
  const top = settings.find(({ entry }) => entry.key === `settings.${group}`) as SettingAcross
  const variants = top.groups.flatMap((each) => each.variants.map(({ name }) => name))
  const where = variants.length === names.length ? 'all variants' : nameVariants(variants, names)
  const rows = settings.filter(({ entry }) => entry.kind !== 'table').map(row)
  return ['', `## settings.${group}`, '', `${top.entry.description} On ${where}.`, '', ...HEADER, ...rows]
}

/** The page as Markdown. */
export function settingsPage(): string {
  const settings = settingsAcross(names.map((name) => findVariant(name)))
  const groups = [...new Set(settings.map(({ entry }) => entry.group))]
  const sections = groups.flatMap((group) =>
    section(
      group,
      settings.filter(({ entry }) => entry.group === group),
    ),
  )
  return [INTRODUCTION.trimEnd(), ...sections, ''].join('\n')
}
