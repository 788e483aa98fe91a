/** Plans in tests, and what they are compared with. */
import { completeFacts } from '../../src/cli/options.ts'
import { planOffline, type PlanDocument } from '../../src/cli/plan/offline.ts'
import { diffText } from '../../src/cli/plan/summary.ts'
import type { Plan, PlanKind } from '../../src/cli/plan/types.ts'
import { renderOffline, type ChangeResult, type NamedBytes, type RenderResult } from '../../src/cli/render.ts'
import { settingsOf } from '../../src/cli/user-data.ts'
import { readFile } from '../../src/documents/read-file.ts'
import { systemClock } from '../../src/host/node-ports.ts'
import { createMetadataHandler, httpOverHandler } from '../../src/imds-server/handler.ts'
import type { Facts } from '../../src/lib/facts.ts'
import { isJsonArray, isJsonObject, member, printJson, type JsonValue } from '../../src/lib/json.ts'
import { loadDefaults } from '../../src/variants/load.ts'
import { findVariant } from '../../src/variants/variant.ts'
import { applyUnifiedDiff } from './apply-unified-diff.ts'

const io = { env: {}, signal: new AbortController().signal }

export interface PlanCase {
  readonly variant: string
  readonly as?: PlanKind
  readonly from: readonly [NamedBytes, ...NamedBytes[]]
  readonly to: NamedBytes
  readonly facts?: Facts
  readonly showSecrets?: boolean
}

async function documentOf({ file, bytes }: NamedBytes, variant: string): Promise<PlanDocument> {
  const { sources } = await readFile(bytes, file)
  const [source] = sources
  if (source === undefined || sources.length > 1) throw new Error(`${file} holds ${String(sources.length)} documents`)
  const its = findVariant(variant)
  return { name: file, variant: its, read: settingsOf(source, its) }
}

export async function planOf({
  variant,
  as = 'replace',
  from,
  to,
  facts = {},
  showSecrets = true,
}: PlanCase): Promise<Plan> {
  const [first, ...since] = from
  const changes: PlanDocument[] = []
  for (const document of since) changes.push(await documentOf(document, variant))
  return planOffline({
    as,
    from: [await documentOf(first, variant), ...changes],
    to: await documentOf(to, variant),
    facts: completeFacts(facts),
    generators: true,
    showSecrets,
    io,
    clock: systemClock,
  })
}

/** The same as `bottlerocket render` without anything hidden. */
export function renderingOf(
  variant: string,
  userData: NamedBytes,
  changes: readonly NamedBytes[] = [],
  typed: Facts = {},
): Promise<RenderResult> {
  const facts = completeFacts(typed)
  const http = httpOverHandler(createMetadataHandler(facts, { clock: systemClock }))
  return renderOffline({ variant: findVariant(variant), userData, changes, facts, http, io })
}

/** Path to content. */
export type Files = ReadonlyMap<string, string>

export const filesOf = (result: Pick<RenderResult, 'files'>, before: Files = new Map()): Files =>
  new Map([...before, ...result.files.map(({ path, content }) => [path, content] as const)])

/** The files of the old side with every diff of the plan applied. @throws Error for a diff that does not fit */
export function patched(before: Files, { files }: Plan): Files {
  const after = new Map(before)
  for (const file of files) {
    const { path, content } = applyUnifiedDiff(diffText(file), before.get(file.path))
    if (path !== file.path) throw new Error(`the diff of ${file.path} is one of ${path}`)
    if (content === undefined) after.delete(path)
    else after.set(path, content)
  }
  return after
}

/** Leaves and lists of a tree by their keys as arrays, which need no quoting. */
export function leavesOf(tree: JsonValue | undefined, path: readonly string[] = []): ReadonlyMap<string, string> {
  if (tree === undefined || tree === null) return new Map()
  if (!isJsonObject(tree)) return new Map([[JSON.stringify(path), printJson(tree)]])
  return new Map(Object.entries(tree).flatMap(([name, value]) => [...leavesOf(value, [...path, name])]))
}

const namesIn = (value: JsonValue | undefined): string[] =>
  (isJsonArray(value) ? value : []).filter((item) => typeof item === 'string')

/** Services that a key affects: those of the longest part of it that the defaults know any of. */
function servicesOfKey(metadata: JsonValue | undefined, path: readonly string[]): string[] {
  let found: string[] = []
  let node = metadata
  for (const step of path) {
    node = member(node, step)
    const names = member(node, 'affected-services')
    if (names !== undefined) found = namesIn(names)
  }
  return found
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

/**
 * The restart commands of a change by the variant's own data: services in the order of their names, each with its
 * commands.
 *
 * @param keys paths below `settings`
 */
export function commandsByMetadata(variant: string, keys: readonly (readonly string[])[]): string[] {
  const defaults = loadDefaults(findVariant(variant))
  const metadata = member(defaults['metadata'], 'settings')
  const services = [...new Set(keys.flatMap((path) => servicesOfKey(metadata, path)))].sort(byBytes)
  return services.flatMap((name) => namesIn(member(member(defaults['services'], name), 'restart-commands')))
}

/** Systemd reads its units again before anything else if one of its files was written. */
export const DAEMON_RELOAD = 'systemctl daemon-reload'

export function restartsOf({ commands }: Pick<ChangeResult, 'commands'>): string[] {
  return commands.map(({ command }) => command).filter((command) => command !== DAEMON_RELOAD)
}
