/** Options that several commands of the umbrella tool share, and the files they name. */
import path from 'node:path'
import type { ArgsSpec, OptionSpec, ParsedArgs } from '../lib/args.ts'
import { usageError } from '../lib/args.ts'
import { messageOf, PipelineError, systemCode } from '../lib/errors.ts'
import { DEFAULT_METADATA, parseFacts, type Facts } from '../lib/facts.ts'
import type { Host, ProgramIo } from '../lib/ports.ts'
import { findVariant, type Variant } from '../variants/variant.ts'

export const VARIANT_OPTION: OptionSpec = { names: ['--variant'], value: 'NAME', help: 'variant, such as aws-k8s-1.30' }
export const RELEASE_OPTION: OptionSpec = { names: ['--release'], value: 'X.Y.Z', help: 'OS release (default: newest)' }
export const ROOT_OPTION: OptionSpec = {
  names: ['--root'],
  value: 'DIR',
  help: "directory that stands for the target's /",
}
export const IMDS_OPTION: OptionSpec = { names: ['--imds'], value: 'URL', help: 'metadata service' }
export const NET_OPTION: OptionSpec = {
  names: ['--net'],
  value: 'FILE',
  help: 'network configuration, net.toml',
}
export const FACTS_OPTION: OptionSpec = { names: ['--facts'], value: 'FILE', help: 'facts that replace the machine’s' }
export const FORMAT_OPTION: OptionSpec = { names: ['--format'], value: 'FORMAT', help: 'text (default) or json' }
export const USER_DATA_OPTION: OptionSpec = { names: ['--user-data'], value: 'FILE', help: 'user data' }
export const FRESH_OPTION: OptionSpec = { names: ['--fresh'], help: 'forget the boots before on this root' }
export const INSTALL_FORCE_OPTION: OptionSpec = {
  names: ['--force'],
  help: 'replace files of others that are in the way',
}
export const DRY_RUN_OPTION: OptionSpec = { names: ['--dry-run'], help: 'only say what would be done' }
export const RUN_COMMANDS_OPTION: OptionSpec = {
  names: ['--run-commands'],
  help: 'run restart commands that exist under the root',
}
export const SHOW_SECRETS_OPTION: OptionSpec = { names: ['--show-secrets'], help: 'print secret values as they are' }

/** A usage text: the first line, then the options in columns. */
export function usageText(line: string, options: readonly OptionSpec[], about: string): string {
  const left = options.map(({ names, value }) => names.join(', ') + (value === undefined ? '' : ` ${value}`))
  const width = Math.max(...left.map((text) => text.length))
  const rows = options.map(({ help = '' }, i) => `  ${(left[i] ?? '').padEnd(width)}  ${help}`)
  return [`usage: ${line}`, '', about, '', ...rows, ''].join('\n')
}

/** The variant that `--variant` (and `--release`) name. @throws PipelineError `USAGE`, `VARIANT_UNKNOWN` */
export function variantOf(spec: ArgsSpec, args: ParsedArgs, fallback?: string): Variant {
  const name = args.value('--variant') ?? fallback
  if (name === undefined) throw usageError(spec, 'missing --variant')
  return findVariant(name, args.value('--release'))
}

/** Whether the report is wanted as JSON. @throws PipelineError `USAGE` */
export function wantsJson(spec: ArgsSpec, args: ParsedArgs): boolean {
  const format = args.value('--format') ?? 'text'
  if (format !== 'json' && format !== 'text') throw usageError(spec, `unknown format '${format}'`)
  return format === 'json'
}

/** A path of this machine as the user typed it, made absolute. */
export function typedPath(io: ProgramIo, typed: string): string {
  return path.resolve(io.cwd, typed)
}

/** Bytes of a file that the user named. @throws PipelineError `HOST_FILE_UNREADABLE` */
export function readTypedFile(io: ProgramIo, host: Host, typed: string): Uint8Array {
  try {
    return host.fs.readBytes(typedPath(io, typed))
  } catch (cause) {
    const reason = systemCode(cause) ?? messageOf(cause)
    throw new PipelineError('HOST_FILE_UNREADABLE', `cannot read ${typed}: ${reason}`, { cause })
  }
}

/** The facts that `--facts` names; without it nothing is replaced. @throws PipelineError `FACTS_INVALID` */
export function factsOf(io: ProgramIo, host: Host, args: ParsedArgs): Facts {
  const file = args.value('--facts')
  if (file === undefined) return {}
  return parseFacts(Buffer.from(readTypedFile(io, host, file)).toString('utf8'), file)
}

/** Facts with a plausible instance, and an AWS that answers for it, wherever the given ones say nothing. */
export function completeFacts(facts: Facts): Facts & Required<Pick<Facts, 'imds'>> {
  const imds = { ...DEFAULT_METADATA, ...facts.imds }
  const aws = { eks: { serviceIpv4Cidr: '10.100.0.0/16' }, ec2: { privateDnsName: imds.localHostname } }
  const resolve = { [imds.localHostname]: [imds.localIpv4] }
  return { currentIp: imds.localIpv4, resolve, aws, ...facts, imds }
}
