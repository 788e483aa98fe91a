/**
 * Bodies of the API, as zod schemas by name: what the server documents, and what tests hold its answers against. They are
 * made when they are asked for, since a server that boots a host is not asked.
 */
import * as z from 'zod'

const text = (): z.ZodString => z.string()
const texts = (): z.ZodArray<z.ZodString> => z.array(text())
const version = (): z.ZodString => text().meta({ examples: ['1.24.1'] })

const settings = (): z.ZodType =>
  z.record(text(), z.unknown()).meta({
    description: 'Settings as a tree, without an outer `settings` member. What it may hold depends on the variant.',
    examples: [{ motd: 'Hello', kubernetes: { 'max-pods': 110 } }],
  })

const keyPairs = (): z.ZodType =>
  z.looseObject({ request_payload: texts() }).meta({
    description: '`KEY=VALUE` texts. The value has the type that the setting wants; dots in a name need quotes.',
    examples: [{ request_payload: ['motd=Hello', 'kubernetes.node-labels."example.com/role"=web'] }],
  })

const services = (): z.ZodType =>
  z.record(text(), z.strictObject({ 'configuration-files': texts(), 'restart-commands': texts() })).meta({
    description: 'Services by name, with the files rendered for them and the commands that make them read these.',
  })

const configurationFiles = (): z.ZodType =>
  z.record(text(), z.strictObject({ path: text(), 'template-path': text(), mode: text().optional() })).meta({
    description: 'Rendered files by name; `mode` in octal digits, where it is not 0644.',
  })

const os = (): z.ZodType =>
  z
    .strictObject({
      arch: z.enum(['x86_64', 'aarch64']),
      build_id: text(),
      pretty_name: text(),
      variant_id: text().meta({ examples: ['aws-k8s-1.30'] }),
      version_id: version(),
    })
    .partial()
    .meta({ description: 'Release, variant and architecture; only a part of the members if a prefix selects some.' })

const model = (): z.ZodType =>
  z
    .strictObject({
      settings: settings(),
      services: services(),
      'configuration-files': configurationFiles(),
      os: os(),
    })
    .partial()
    .meta({ description: 'Everything; only what a prefix selects if one is given.' })

const affectedServices = (): z.ZodType =>
  z.record(text(), texts()).meta({
    description: 'Names of services by key, as the key was given; keys that no service depends on are left out.',
    examples: [{ 'settings.ntp.time-servers': ['ntp'] }],
  })

const settingGenerators = (): z.ZodType =>
  z.record(text(), text()).meta({
    description: 'Commands by key.',
    examples: [{ 'settings.updates.seed': 'bork seed' }],
  })

const lastCommand = (): z.ZodType =>
  z.strictObject({
    cmd_type: z.enum(['refresh', 'prepare', 'activate', 'deactivate']),
    cmd_status: z.enum(['Success', 'Failed', 'Unknown']),
    timestamp: text().meta({ examples: ['2024-10-04T12:00:00.123456789Z'] }),
    exit_status: z.int32().nullable(),
    stderr: text().nullable(),
  })

const updateStatus = (): z.ZodType => {
  const image = z.strictObject({ arch: text(), version: version(), variant: text() })
  const partition = z.strictObject({ image, next_to_boot: z.boolean() })
  return z
    .strictObject({
      update_state: z.enum(['Idle', 'Available', 'Staged', 'Ready']),
      available_updates: z.array(version()),
      chosen_update: image.nullable(),
      active_partition: partition.nullable(),
      staging_partition: partition.nullable(),
      most_recent_command: lastCommand().nullable(),
    })
    .meta({ description: 'State of updates, and how the last update command ended.' })
}

const notRendered = (): z.ZodType =>
  z.array(z.strictObject({ file: text(), path: text(), code: text(), message: text() }))

const dryRun = (): z.ZodType =>
  z
    .strictObject({
      schemaVersion: z.literal(1),
      keys: z.array(
        z.strictObject({
          key: text(),
          change: z.enum(['new', 'changed', 'same']),
          value: z.unknown().optional(),
          old: z.unknown().optional(),
        }),
      ),
      files: z.array(
        z.strictObject({
          name: text(),
          path: text(),
          mode: text(),
          changed: z.boolean(),
          services: texts(),
          content: text().optional(),
        }),
      ),
      commands: z.array(z.strictObject({ command: text(), services: texts() })),
      notRendered: notRendered(),
    })
    .meta({ description: 'What a commit would change. Values of secret settings are left out.' })

const trial = (): z.ZodType =>
  z
    .strictObject({ id: text(), seconds: z.int32(), deadline: text(), keys: texts() })
    .meta({ description: 'A change that is taken back unless it is confirmed before the deadline.' })

const applyRun = (): z.ZodType =>
  z.strictObject({
    schemaVersion: z.literal(1),
    id: text(),
    state: z.enum(['running', 'done', 'failed', 'interrupted']),
    step: z.enum(['starting', 'rendering', 'writing', 'reloading', 'restarting']),
    command: text().optional(),
    changedKeys: texts().optional(),
    try: z.strictObject({ id: text(), kind: z.enum(['begin', 'take-back']) }).optional(),
    startedAt: text(),
    endedAt: text().optional(),
    files: z.array(
      z.strictObject({ name: text(), path: text(), mode: text(), changed: z.boolean(), services: texts() }),
    ),
    commands: z.array(z.strictObject({ command: text(), services: texts(), ran: z.boolean() })),
    notRendered: notRendered(),
    failure: z.strictObject({ code: text(), message: text(), hint: text().optional() }).optional(),
  })

const applyStatus = (): z.ZodType =>
  z
    .strictObject({
      applies: z.array(applyRun()),
      tries: z.array(
        z.strictObject({ id: text(), seconds: z.int32(), deadline: text(), secondsLeft: z.int32(), keys: texts() }),
      ),
      endedTries: z.array(
        z.strictObject({
          id: text(),
          outcome: z.enum(['confirmed', 'taken-back', 'replaced']),
          at: text(),
          keys: texts(),
          kept: texts().optional(),
        }),
      ),
    })
    .meta({ description: 'The last runs of the applier, the newest first, and the changes that had to be confirmed.' })

const catalogue = (): z.ZodType =>
  z
    .array(z.strictObject({ key: text(), type: text(), words: texts().optional(), description: text().optional() }))
    .meta({
      description: 'Settings without `settings` in front; `*` stands for a name that users choose.',
      examples: [[{ key: 'kubernetes.node-labels.*', type: 'text' }]],
    })

/** Every body by the name that the OpenAPI document gives it. */
export const SCHEMAS = {
  Settings: settings,
  Model: model,
  Catalogue: catalogue,
  KeyPairs: keyPairs,
  KeyNames: () => texts().meta({ description: 'Names of keys.', examples: [['settings.motd']] }),
  TransactionNames: () => texts().meta({ description: 'Names of transactions.', examples: [['default']] }),
  DryRun: dryRun,
  Trial: trial,
  ApplyStatus: applyStatus,
  Services: services,
  ConfigurationFiles: configurationFiles,
  Os: os,
  AffectedServices: affectedServices,
  SettingGenerators: settingGenerators,
  Templates: () =>
    z.record(text(), text()).meta({ description: 'Templates by key; keys that have none are left out.' }),
  UpdateStatus: updateStatus,
  Reports: () =>
    z
      .array(z.strictObject({ name: text(), description: text() }))
      .meta({ description: 'Reports, by the last part of their path.' }),
  EphemeralStorageInit: () =>
    z.looseObject({ filesystem: z.enum(['Xfs', 'Ext4']).nullish(), disks: texts().nullish() }),
  EphemeralStorageBind: () => z.looseObject({ targets: texts() }),
  Paths: () => texts().meta({ description: 'Paths of disks or directories.' }),
  Text: text,
  OpenApi: () => z.looseObject({ openapi: text() }).meta({ description: 'This document.' }),
} as const satisfies Readonly<Record<string, () => z.ZodType>>

/** Name of a body. */
export type SchemaName = keyof typeof SCHEMAS
