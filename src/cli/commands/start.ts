import { mkdtempSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { listenOnLoopback } from '../../host/loopback-listener.ts'
import { RootedFs } from '../../host/rooted-fs.ts'
import { startMetadataServer } from '../../imds-server/handler.ts'
import { parseArgs, type ArgsSpec, type ParsedArgs } from '../../lib/args.ts'
import { EXIT_FAILURE, EXIT_OK, type ExitCode } from '../../lib/exit-codes.ts'
import { PipelineError } from '../../lib/errors.ts'
import type { Facts } from '../../lib/facts.ts'
import { MAX_USER_DATA_BYTES } from '../../lib/user-data-limit.ts'
import { unwritableFile } from '../../lib/file-errors.ts'
import { PATHS } from '../../lib/paths.ts'
import type { Host, ProgramIo } from '../../lib/ports.ts'
import { packageFile } from '../../lib/package-root.ts'
import { stopStatus, untilStopped } from '../../lib/stop.ts'
import { encodeBase64 } from '../../lib/strict-base64.ts'
import { decodeUtf8Lossy } from '../../lib/utf8.ts'
import type { Variant } from '../../variants/variant.ts'
import { bootTarget, type BootSummary } from '../boot-target.ts'
import * as options from '../options.ts'
import { noticePrinter, renderBoot, renderBootFailure, type UserDataSource } from '../present.ts'
import { paletteFor } from '../terminal.ts'
import { maskSecrets } from '../validate/mask.ts'
import { watcher } from './serve.ts'

const DEFAULT_VARIANT = 'aws-k8s-1.30'
const USER_DATA_MODE = 0o600

const OPTIONS = [
  { ...options.VARIANT_OPTION, help: `variant (default: ${DEFAULT_VARIANT})` },
  options.RELEASE_OPTION,
  { ...options.USER_DATA_OPTION, help: 'user data (default: an example)' },
  { ...options.ROOT_OPTION, help: "directory that stands for the target's / (default: a new one)" },
  { ...options.IMDS_OPTION, help: 'metadata service (default: one of our own, on loopback)' },
  options.FACTS_OPTION,
  { names: ['--serve'], help: 'keep the API up after the boot' } as const,
  options.FRESH_OPTION,
  options.RUN_COMMANDS_OPTION,
  options.FORMAT_OPTION,
  options.SHOW_SECRETS_OPTION,
]

export const startSpec: ArgsSpec = {
  usage: options.usageText(
    'bottlerocket start [OPTION]...',
    OPTIONS,
    'Boots a variant under a directory with a metadata server of our own, and shows what happened.',
  ),
  options: OPTIONS,
}

/** The user data that a boot gets when none is given, as a file of the package. */
export function exampleUserData({ name, kubernetesVersion }: Variant): string {
  const example = name.startsWith('aws-ecs') ? 'aws-ecs' : kubernetesVersion === undefined ? 'dev' : 'aws-k8s'
  return packageFile(`src/cli/examples/${example}.toml`)
}

/** The caller's environment without anything of AWS or of proxies: the boot uses dummy credentials and `endpoint`. */
function bootEnvironment(env: ProgramIo['env'], endpoint: string): ProgramIo['env'] {
  const kept = Object.entries(env).filter(([name]) => !/^AWS_|_proxy$/i.test(name))
  return {
    ...Object.fromEntries(kept),
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'dummy',
  }
}

/** EC2 refuses to launch an instance with more. @throws PipelineError `USERDATA_TOO_LARGE` */
function checkSize(bytes: Uint8Array, file: string): void {
  if (bytes.length <= MAX_USER_DATA_BYTES) return
  const compressed = gzipSync(bytes).length
  const limit = `an EC2 instance takes at most ${String(MAX_USER_DATA_BYTES)}`
  throw new PipelineError('USERDATA_TOO_LARGE', `${file} has ${String(bytes.length)} bytes, ${limit}`, {
    hint:
      compressed <= MAX_USER_DATA_BYTES
        ? `compress it: gzip makes it ${String(compressed)} bytes`
        : `gzip makes it ${String(compressed)} bytes, which is still too much; move parts of it elsewhere`,
  })
}

interface Embedded {
  readonly url: string
  readonly facts: Facts
  /** The user data that is served, if it is known. */
  readonly source?: UserDataSource
  /** User data that has to lie on the target's disk, because its platform has no service for it. */
  readonly onDisk?: Uint8Array
  close(): Promise<void>
}

/** The metadata service to boot with: the one that `--imds` names, else one of our own on loopback. */
async function metadataService(io: ProgramIo, host: Host, args: ParsedArgs, variant: Variant): Promise<Embedded> {
  const facts = options.factsOf(io, host, args)
  const url = args.value('--imds')
  if (url !== undefined) return { url, facts, close: () => Promise.resolve() }
  const typed = args.value('--user-data')
  const file = typed ?? exampleUserData(variant)
  const complete = options.completeFacts(facts)
  const bytes = options.readTypedFile(io, host, file)
  const isOnEc2 = variant.platform === 'aws'
  if (isOnEc2) checkSize(bytes, file)
  const userData = { base64: encodeBase64(bytes) }
  const served: Facts = { ...complete, imds: { ...complete.imds, userData } }
  const server = await startMetadataServer({ facts: served, listen: listenOnLoopback, clock: host.clock })
  const source = { file, name: isOnEc2 ? 'user-data' : PATHS.localUserData, text: decodeUtf8Lossy(bytes) }
  const onDisk = isOnEc2 || typed === undefined ? undefined : bytes
  return {
    url: server.url,
    facts: served,
    source,
    ...(onDisk === undefined ? {} : { onDisk }),
    close: () => server.close(),
  }
}

/**
 * Puts user data where an image that is not for EC2 looks for it: into a file of the target, which is replaced if it is
 * there. @throws PipelineError `HOST_FILE_UNWRITABLE`
 */
function placeUserData(root: string, bytes: Uint8Array | undefined): void {
  if (bytes === undefined) return
  const fs = new RootedFs(root)
  try {
    fs.makeDirectory(path.posix.dirname(PATHS.localUserData))
    fs.replaceFile(PATHS.localUserData, bytes, { mode: USER_DATA_MODE })
  } catch (cause) {
    throw unwritableFile(PATHS.localUserData, cause)
  }
}

function newRoot(variant: Variant): string {
  return mkdtempSync(path.join(os.tmpdir(), `${variant.name}-`))
}

async function serveUntilStopped(summary: BootSummary, io: ProgramIo): Promise<void> {
  const socket = summary.host.fs.hostPath(PATHS.apiSocket)
  const show = paletteFor(io).strong(`apiclient --socket-path ${socket} set motd=hi`)
  io.stdout.write(
    `\nThe API is up. Try, from the package's folder in another terminal:\n  npx ${show}\nCtrl-C stops it.\n`,
  )
  await untilStopped(io.signal)
}

/** The user data as far as it may be shown. */
function shownSource(source: UserDataSource | undefined, showSecrets: boolean): UserDataSource | undefined {
  return source === undefined || showSecrets ? source : { ...source, text: maskSecrets(source.text) }
}

/** `bottlerocket start`: the main job in one command. */
export async function start(argv: readonly string[], io: ProgramIo, host: Host): Promise<ExitCode> {
  const args = parseArgs(startSpec, argv)
  const asJson = options.wantsJson(startSpec, args)
  const variant = options.variantOf(startSpec, args, DEFAULT_VARIANT)
  const typedRoot = args.value('--root')
  const service = await metadataService(io, host, args, variant)
  const root = typedRoot === undefined ? newRoot(variant) : options.typedPath(io, typedRoot)
  placeUserData(root, service.onDisk)
  let serving = false
  const watch = watcher(io)
  const notice = noticePrinter(io.stderr)
  const summary = await bootTarget({
    variant,
    root,
    imdsUrl: service.url,
    facts: service.facts,
    fresh: args.flags.has('--fresh'),
    runCommands: args.flags.has('--run-commands'),
    env: bootEnvironment(io.env, service.url),
    signal: io.signal,
    watch: (event) => {
      notice(event)
      if (serving) watch(event)
    },
  })
  if (asJson) io.stdout.write(summary.report() + '\n')
  else {
    io.stdout.write(renderBoot(summary, paletteFor(io), args.flags.has('--show-secrets')))
    const source = shownSource(service.source, args.flags.has('--show-secrets'))
    io.stderr.write(renderBootFailure(summary.result.diagnostics, source, paletteFor(io, 2)))
  }
  const ok = summary.result.failedStep === undefined
  if (ok && args.flags.has('--serve')) {
    serving = true
    await serveUntilStopped(summary, io)
  }
  await summary.close()
  await service.close()
  if (io.signal.aborted) return stopStatus(io.signal)
  return ok ? EXIT_OK : EXIT_FAILURE
}
