/** `bottlerocket check` by itself: the tool's file starts this one for it and for its threads. */
import { userCacheDirectory } from '../host/cache-directory.ts'
import { systemClock } from '../host/node-ports.ts'
import { nodeThreads } from '../host/node-threads.ts'
import { RootedFs } from '../host/rooted-fs.ts'
import { runProcess } from '../host/run-process.ts'
import { runAsThread } from '../host/thread-side.ts'
import { buildId } from '../lib/build-id.ts'
import { check, checkSpec, type CheckHost } from './commands/check.ts'
import { commandProgram } from './run-command.ts'
import { THREAD_TASKS } from './thread-tasks.ts'

if (!runAsThread(THREAD_TASKS)) {
  const host: CheckHost = {
    fs: new RootedFs(process.env['BOTTLEROCKET_ROOT'] ?? '/'),
    clock: systemClock,
    threads: nodeThreads(),
    cacheDirectory: userCacheDirectory(process.env),
    build: buildId,
  }
  runProcess(commandProgram({ check: { run: check, spec: checkSpec } }), process.argv.slice(2), process.env, host)
}
