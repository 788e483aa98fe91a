/** Who reports the codes of each area. */
import type { ErrorCode } from '../../lib/error-codes.ts'

const EVERYTHING = ['every command and program']
const OFFLINE = ['validate', 'render', 'plan', 'explain']
const BOOTS = ['start', 'boot']
const USER_DATA = [...OFFLINE, ...BOOTS, 'early-boot-config and its providers']

/** By the longest prefix of whole words. An area that is not here is that of the command of its name. */
const REPORTERS: Readonly<Record<string, readonly string[]>> = {
  API: ['apiclient', 'programs that call the API', ...BOOTS],
  APPLY: ['thar-be-settings', 'apiclient', 'apiserver'],
  APPLY_SOURCE: ['apiclient apply'],
  AWS: ['pluto', 'shibaken'],
  BOOT: ['analyze'],
  BOOT_STEP: BOOTS,
  COMPAT: OFFLINE,
  DATASTORE: ['apiserver', 'storewolf', 'migrator', ...BOOTS],
  EXPLAIN: ['explain'],
  FACTS: ['render', 'explain', ...BOOTS],
  GENERATOR: ['sundog', 'the generators of settings', 'render', ...BOOTS],
  HOST: EVERYTHING,
  IMDS: ['programs that ask the metadata service', ...BOOTS],
  INTERNAL: EVERYTHING,
  LISTEN: ['start', 'serve', 'imds'],
  METADATA: ['thar-be-settings', 'apiserver', 'render', ...BOOTS],
  MIGRATION: ['migrator'],
  NET: ['netdog', 'render --net'],
  NOT_AVAILABLE: ['programs that lack a part'],
  OS_RELEASE: ['apiserver', ...BOOTS],
  PLUTO: ['pluto', 'render', ...BOOTS],
  PROVIDER: ['early-boot-config and its providers', ...BOOTS],
  RESTART: ['thar-be-settings', ...BOOTS],
  SETTINGS: [...USER_DATA, 'apiserver', 'apiclient'],
  SETTINGS_CANNOT_UNSET: ['apiclient'],
  SOCKET: ['apiserver', 'serve', ...BOOTS],
  STOREWOLF: ['storewolf', ...BOOTS],
  TEMPLATE: ['thar-be-settings', 'schnauzer', 'schnauzer-v2', ...OFFLINE, ...BOOTS],
  UNITS: ['analyze'],
  UPDATE: ['apiserver', 'apiclient update'],
  USAGE: EVERYTHING,
  USERDATA: USER_DATA,
  VALUE: ['thar-be-settings', ...OFFLINE, ...BOOTS],
  VARIANT: ['every command that takes --variant'],
  WARM_POOL: ['shibaken'],
}

/** Commands of `bottlerocket` and programs that report a code. */
export function reportersOf(code: ErrorCode): readonly string[] {
  const words = code.split('_')
  const areas = words.map((_, i) => words.slice(0, words.length - i).join('_'))
  return areas.map((area) => REPORTERS[area]).find((found) => found !== undefined) ?? [(words[0] ?? '').toLowerCase()]
}
