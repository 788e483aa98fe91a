/** JSON Schema of a variant's user data, with what the variant's catalogue knows of each setting. */
import { jsonObject, printJson, type JsonObject, type JsonValue } from '../lib/json.ts'
import type { Effect } from '../model/catalogue.ts'
import { settingsSchema } from '../model/json-schema.ts'
import { loadModel } from '../model/models.ts'
import { variantCatalogue, type AffectedService, type Origin, type VariantSetting } from './catalogue.ts'
import type { Variant } from './types.ts'

const MAX_DEFAULT = 100

const code = (text: string): string => `\`${text}\``

function effectText({ when, note }: Effect): string[] {
  const texts = {
    'at-once': [],
    'next-boot': ['A change takes effect at the next boot.'],
    'first-boot': ['Only the first boot of an instance looks at it.'],
  }
  return [...texts[when], ...(note === undefined ? [] : [note])]
}

function originText(origin: Origin, { key }: VariantSetting): string[] {
  const at = origin.key === key ? '' : ` for ${code(origin.key)}`
  if (origin.kind === 'default') {
    const value = printJson(origin.value)
    return value.length > MAX_DEFAULT ? [] : [`Default${at}: ${code(value)}.`]
  }
  if (origin.kind === 'generator') return [`Generated at boot${at} by ${code(origin.command.split(' ', 1)[0] ?? '')}.`]
  const condition = origin.condition === undefined ? '' : `, ${origin.condition}`
  return [`Set at boot by ${code(origin.program)}${condition}.`]
}

function servicesText(services: readonly AffectedService[]): string[] {
  return services.length === 0 ? [] : [`Services that see a change: ${services.map(({ name }) => name).join(', ')}.`]
}

/** What an editor shows beside a setting, in Markdown. */
function descriptionOf(setting: VariantSetting): string {
  const paragraphs = [
    [setting.description],
    setting.origins.flatMap((origin) => originText(origin, setting)),
    [...effectText(setting.effect), ...(setting.kind === 'setting' ? servicesText(setting.services) : [])],
    setting.secret && setting.kind !== 'table' ? ['The value is not shown in reports.'] : [],
  ]
  return paragraphs.flatMap((lines) => (lines.length === 0 ? [] : [lines.join(' ')])).join('\n\n')
}

function defaultOf({ key, origins }: VariantSetting): JsonValue | undefined {
  const own = origins.find((origin) => origin.kind === 'default' && origin.key === key)
  return own?.kind === 'default' ? own.value : undefined
}

function annotationsOf(setting: VariantSetting): JsonObject {
  const value = defaultOf(setting)
  return jsonObject({
    description: descriptionOf(setting),
    ...(value !== undefined && { default: value }),
    ...(setting.examples.length > 0 && { examples: setting.examples }),
    ...(setting.secret && setting.kind !== 'table' && { writeOnly: true }),
    ...(setting.deprecated && { deprecated: true }),
  })
}

/** The schema of a whole user data document of a variant, in draft 4. @throws PipelineError `VARIANT_DATA_INVALID` */
export function userDataSchema(variant: Variant): JsonObject {
  const catalogue = variantCatalogue(variant)
  const settings = settingsSchema(loadModel(variant.modelName).type, (path) => {
    const setting = catalogue.at(path)
    return setting === undefined ? jsonObject() : annotationsOf(setting)
  })
  return jsonObject({
    $schema: 'http://json-schema.org/draft-04/schema#',
    title: `User data of Bottlerocket ${variant.name}, OS release ${variant.release}`,
    type: 'object',
    required: ['settings'],
    properties: jsonObject({
      settings: jsonObject({ description: `Settings of ${variant.name}, OS release ${variant.release}.`, ...settings }),
    }),
    additionalProperties: jsonObject({ description: 'Outside of `settings`: the host ignores it.' }),
  })
}
