/** Subcommands that are one request each. */
import { encodeQuery } from '../api/client.ts'
import { parseArgs, usageError, type ArgsSpec, type ParsedArgs } from '../lib/args.ts'
import { jsonObject, type JsonValue } from '../lib/json.ts'
import { SPEC, USAGE } from './args.ts'
import type { Call } from './call.ts'

export interface PlannedRequest {
  readonly method: 'GET' | 'POST'
  readonly uri: string
  readonly body?: JsonValue
}

const FORMAT = { names: ['--format', '-f'], value: 'FORMAT' } as const
const FILESYSTEMS: Readonly<Record<string, string>> = { xfs: 'Xfs', ext4: 'Ext4' }

const spec = (options: ArgsSpec['options']): ArgsSpec => ({ usage: USAGE, options })

/** `name=value` pairs of the options that were given, joined with `&`. */
function query(args: ParsedArgs, options: readonly (readonly [name: string, option: string])[]): string {
  return options
    .map(([name, option]) => [name, args.value(option)] as const)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeQuery(value)}`]))
    .join('&')
}

/** `reboot` takes no arguments. @throws PipelineError `USAGE` */
export function planReboot(words: readonly string[]): PlannedRequest {
  parseArgs(spec([]), words)
  return { method: 'POST', uri: '/actions/reboot' }
}

/** @throws PipelineError `USAGE` */
export function planReport([name, ...words]: readonly string[]): PlannedRequest {
  if (name === 'fips') {
    return { method: 'GET', uri: `/report/fips?${query(parseArgs(spec([FORMAT]), words), [['format', '--format']])}` }
  }
  const type = name === 'cis' ? 'bottlerocket' : name === 'cis-k8s' ? 'kubernetes' : undefined
  if (type === undefined) throw usageError(SPEC, 'report wants one of cis, cis-k8s, fips')
  const args = parseArgs(spec([FORMAT, { names: ['--level', '-l'], value: 'LEVEL' }]), words)
  const level = args.value('--level')
  if (level !== undefined && !/^[+-]?[0-9]+$/.test(level)) throw usageError(SPEC, `'${level}' is no level`)
  const options = query(args, [
    ['format', '--format'],
    ['level', '--level'],
  ])
  return { method: 'GET', uri: `/report/cis?type=${type}${options === '' ? '' : `&${options}`}` }
}

/** Takes every `option WORD...` out of the words; a list ends at the next option and at an empty word. */
function takeLists(words: readonly string[], option: string): { list: string[] | undefined; rest: string[] } {
  let list: string[] | undefined
  let open = false
  const rest: string[] = []
  words.forEach((word, i) => {
    if (word === option) {
      const next = words[i + 1]
      if (next === undefined || next === '' || next.startsWith('-')) throw usageError(SPEC, `${option} needs names`)
      list ??= []
      open = true
    } else if (word === '' || word.startsWith('-')) {
      open = false
      if (word !== '') rest.push(word)
    } else if (open) list?.push(word)
    else rest.push(word)
  })
  return { list, rest }
}

/** @throws PipelineError `USAGE` */
export function planEphemeralStorage([name, ...words]: readonly string[]): PlannedRequest {
  const base = '/actions/ephemeral-storage'
  if (name === 'list-disks' || name === 'list-dirs') {
    const args = parseArgs(spec([FORMAT]), words)
    return { method: 'GET', uri: `${base}/${name}?${query(args, [['format', '--format']])}` }
  }
  if (name === 'init') {
    const { list, rest } = takeLists(words, '--disks')
    const args = parseArgs(spec([{ names: ['--filesystem', '-t'], value: 'FILESYSTEM' }]), rest)
    const typed = args.value('--filesystem')
    const filesystem = typed === undefined ? null : FILESYSTEMS[typed]
    if (filesystem === undefined) throw usageError(SPEC, `'${typed ?? ''}' is no file system: xfs, ext4`)
    return { method: 'POST', uri: `${base}/init`, body: jsonObject({ filesystem, disks: list ?? null }) }
  }
  if (name === 'bind') {
    const { list, rest } = takeLists(words, '--dirs')
    parseArgs(spec([]), rest)
    if (list === undefined) throw usageError(SPEC, 'bind needs --dirs')
    return { method: 'POST', uri: `${base}/bind`, body: jsonObject({ targets: list }) }
  }
  throw usageError(SPEC, 'ephemeral-storage wants one of init, bind, list-disks, list-dirs')
}

/** Sends the request. The body of an answer to GET is printed as it is. */
export async function sendPlanned(request: PlannedRequest, { api, io }: Call): Promise<void> {
  const { method, uri, body } = request
  const response = await api.send(method, uri, body)
  if (method === 'GET') io.stdout.write(response.body)
}
