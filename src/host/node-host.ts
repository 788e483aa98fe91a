import { IMDS_URL, PATHS } from '../lib/paths.ts'
import type { Host, ProcessRunner } from '../lib/ports.ts'
import { ConfinedRunner } from './confined-runner.ts'
import { nodeFacts, nodeResolver } from './node-facts.ts'
import { eventChannel } from './event-channel.ts'
import { systemClock, systemEntropy } from './node-ports.ts'
import { RootedFs } from './rooted-fs.ts'
import { apiOnDemand, httpOnDemand, locksOnDemand, serverOnDemand } from './on-demand.ts'
import { ownPrograms } from './own-programs.ts'
import { ownProgramRunner } from './own-runner.ts'
import type { ProgramTable } from './program-call.ts'
import { SpawnRunner } from './spawn-runner.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Commands under a root that is not this machine's own: our own programs and executables that lie under the root, each as
 * a child process. A program that starts itself again is this process's own file and may do so.
 */
function rootedRunner(
  spawner: ProcessRunner,
  env: Environment,
  programs: ProgramTable,
  host: () => Host,
): ProcessRunner {
  const { signal } = new AbortController()
  const runCommands = env['BOTTLEROCKET_RUN_COMMANDS'] === '1'
  const ownCommand = (name: string): readonly string[] | undefined => ownPrograms()?.command(name)
  const confined = new ConfinedRunner({ programs, ownCommand, spawner, env, signal, runCommands, host })
  return { run: (request) => confined.run(request), runDetached: (request) => spawner.runDetached(request) }
}

/** Commands of this machine itself. */
function machineRunner(
  spawner: ProcessRunner,
  env: Environment,
  programs: ProgramTable,
  host: () => Host,
): ProcessRunner {
  const own = programs.size === 0 ? undefined : ownPrograms()
  return own === undefined ? spawner : ownProgramRunner({ programs, own, spawner, env, host })
}

/**
 * The host that this process runs on, for a program started by itself. `BOTTLEROCKET_ROOT` puts a root before every
 * path, `BOTTLEROCKET_IMDS_URL` replaces the metadata service. Under such a root commands that change the host are run,
 * where they exist there, only if `BOTTLEROCKET_RUN_COMMANDS` is `1`.
 *
 * @param programs programs of this package that are run as calls instead of child processes
 */
export function nodeHost(env: Environment, programs: ProgramTable = new Map()): Host {
  const fs = new RootedFs(env['BOTTLEROCKET_ROOT'] ?? '/')
  const channel = eventChannel(env)
  const spawner = new SpawnRunner(env, channel.descriptor)
  const host: Host = {
    fs,
    runner:
      fs.hostPath('/') === '/'
        ? machineRunner(spawner, env, programs, () => host)
        : rootedRunner(spawner, env, programs, () => host),
    http: httpOnDemand(),
    api: apiOnDemand(fs),
    server: serverOnDemand(fs),
    locks: locksOnDemand(fs),
    clock: systemClock,
    entropy: systemEntropy,
    facts: nodeFacts(spawner, fs.hostPath(PATHS.lspci)),
    resolver: nodeResolver,
    events: channel,
    imdsUrl: (env['BOTTLEROCKET_IMDS_URL'] ?? IMDS_URL).replace(/\/+$/, ''),
  }
  return host
}
