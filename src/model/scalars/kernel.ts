/** Kernel parameters, modules and the boot configuration. */
import { choice, text } from '../combinators.ts'

const SYSCTL_NAME = /^[A-Za-z0-9_-](?:[.]?[A-Za-z0-9/_-])*[.]?$/

/** Reference: `a.b` and `a/b` are different keys. */
export const sysctlKey = text(
  'SysctlKey',
  'a sysctl name: up to 128 ASCII letters, digits and the characters . / _ -, without "..", not beginning with . or /',
  (value) => value.length <= 128 && SYSCTL_NAME.test(value),
  { shape: { pattern: SYSCTL_NAME.source, maxLength: 128 } },
)

/** The empty name passes here but cannot be stored. */
export const moduleName = text(
  'KmodKey',
  'a kernel module name: up to 56 ASCII letters, digits, hyphens and underscores',
  /^[A-Za-z0-9_-]{0,56}$/,
)

export const lockdown = choice(['none', 'integrity', 'confidentiality'])

const WORD = '[A-Za-z0-9_-]+'

/** https://docs.kernel.org/admin-guide/bootconfig.html */
export const bootConfigKey = text(
  'BootConfigKey',
  'words of ASCII letters, digits, hyphens and underscores, joined by dots',
  new RegExp(`^${WORD}(?:\\.${WORD})*$`),
)

export const bootConfigValue = text(
  'BootConfigValue',
  'printable ASCII characters, with double or single quotes but not both',
  /^(?:[ !#-~]*|[ -&(-~]*)$/,
)
