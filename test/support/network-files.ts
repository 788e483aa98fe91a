/** Runs `netdog generate-net-config` in memory. */
import type { MemoryFs } from '../../src/host/memory-fs.ts'
import { netdog } from '../../src/netdog/program.ts'
import type { Flavour } from '../../src/netdog/flavour.ts'
import { runTool, testHost, type ProgramRun } from './apply-host.ts'

export interface NetworkSource {
  /** The first source. */
  readonly netToml?: string | Uint8Array
  /** The second one. */
  readonly defaultNetToml?: string
  readonly cmdline?: string
}

export interface NetworkRun extends ProgramRun {
  /** Everything that was written, path to content, in the order of the paths. */
  readonly files: Readonly<Record<string, string>>
}

function pathsBelow(fs: MemoryFs, directory: string): string[] {
  return fs.readDirectory(directory).flatMap(({ name, kind }) => {
    const path = `${directory === '/' ? '' : directory}/${name}`
    if (kind === 'directory') return pathsBelow(fs, path)
    return kind === 'file' ? [path] : []
  })
}

/** Every file below a directory, path to content. */
export function filesBelow(fs: MemoryFs, directory: string): Record<string, string> {
  return Object.fromEntries(pathsBelow(fs, directory).map((path) => [path, fs.readText(path)]))
}

/** The files that a host with nothing but a network configuration gets. */
export async function generatedFiles(source: NetworkSource, flavour: Flavour): Promise<NetworkRun> {
  const host = testHost({ files: { '/proc/cmdline': source.cmdline ?? 'quiet\n' } })
  for (const directory of ['/var/lib/netdog', '/var/lib/bottlerocket', '/etc/wicked/ifconfig']) {
    host.fs.makeDirectory(directory)
  }
  if (source.netToml !== undefined) host.fs.writeFile('/var/lib/netdog/net.toml', source.netToml)
  if (source.defaultNetToml !== undefined) {
    host.fs.writeFile('/var/lib/bottlerocket/net.toml', source.defaultNetToml)
  }
  const before = new Set(pathsBelow(host.fs, '/'))
  const run = await runTool(netdog, ['--flavour', flavour, 'generate-net-config'], host)
  const written = pathsBelow(host.fs, '/').filter((path) => !before.has(path))
  return { ...run, files: Object.fromEntries(written.map((path) => [path, host.fs.readText(path)])) }
}
