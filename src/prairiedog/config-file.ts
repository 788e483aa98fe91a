import { messageOf, PipelineError, systemCode } from '../lib/errors.ts'
import { unreadableFile } from '../lib/file-errors.ts'
import { isJsonArray, isJsonObject, member, type JsonObject, type JsonValue } from '../lib/json.ts'
import type { ReadFs } from '../lib/ports.ts'
import { parseTrustedToml } from '../toml/trusted-toml.ts'
import {
  isBootConfigKey,
  isBootConfigValue,
  SECTIONS,
  type BootConfig,
  type MutableParameters,
  noParameters,
  type Parameters,
} from './boot-config.ts'

export interface BootSettings {
  /** Whether a reboot is wanted when the running kernel's parameters differ. */
  readonly rebootToReconcile: boolean
  readonly config: BootConfig
}

const isValueList = (value: JsonValue | undefined): value is readonly string[] =>
  isJsonArray(value) && value.every((item) => typeof item === 'string' && isBootConfigValue(item))

/** Collects what is wrong, so that all of it can be told at once. */
class ConfigReader {
  readonly faults: string[] = []

  parameters(table: JsonValue, section: string): Parameters {
    const parameters: MutableParameters = noParameters()
    if (!isJsonObject(table)) {
      this.faults.push(`${section} is no table`)
      return parameters
    }
    for (const [key, values] of Object.entries(table)) {
      if (!isBootConfigKey(key)) this.faults.push(`${section}: ${JSON.stringify(key)} is no key`)
      else if (!isValueList(values)) this.faults.push(`${section}.${key} is no list of boot configuration values`)
      else parameters[key] = values
    }
    return parameters
  }

  read(tree: JsonObject): BootSettings {
    const reboot = member(tree, 'reboot-to-reconcile') ?? false
    if (typeof reboot !== 'boolean') this.faults.push('reboot-to-reconcile is no boolean')
    const config: { -readonly [K in keyof BootConfig]: BootConfig[K] } = {}
    for (const section of SECTIONS) {
      const table = member(tree, section) ?? member(tree, `${section}-parameters`)
      if (table !== undefined) config[section] = this.parameters(table, section)
    }
    return { rebootToReconcile: reboot === true, config }
  }
}

/**
 * Reads the boot settings that were rendered for this program.
 *
 * @returns undefined if there is no such file
 * @throws PipelineError `HOST_FILE_UNREADABLE`, `GENERATOR_BOOT_CONFIG_INVALID` naming every fault
 */
export function readBootSettings(path: string, fs: ReadFs): BootSettings | undefined {
  let text: string
  try {
    text = fs.readText(path)
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return undefined
    throw unreadableFile(path, cause)
  }
  const reader = new ConfigReader()
  let settings: BootSettings
  try {
    settings = reader.read(parseTrustedToml(text))
  } catch (cause) {
    throw new PipelineError('GENERATOR_BOOT_CONFIG_INVALID', `${path} is no TOML: ${messageOf(cause)}`, { cause })
  }
  if (reader.faults.length > 0) {
    throw new PipelineError(
      'GENERATOR_BOOT_CONFIG_INVALID',
      reader.faults.map((fault) => `${path}: ${fault}`).join('\n'),
    )
  }
  return settings
}
