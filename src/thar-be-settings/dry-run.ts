/** What a commit of a transaction would write and run, without doing any of it. */
import { jsonObject, type JsonObject } from '../lib/json.ts'
import { formatOctalMode } from '../lib/octal-mode.ts'
import { needsDaemonReload, planWrites } from './plan-writes.ts'
import { DAEMON_RELOAD } from './restart.ts'
import { planSelected, render, type Run } from './run.ts'

const nothing = (notRendered: readonly JsonObject[] = []): JsonObject =>
  jsonObject({ files: [], commands: [], notRendered })

/**
 * The report on a dry run. Files that would be left alone come without content.
 *
 * @param transaction percent-encoded, as it may hold what no argument of a command can
 */
export async function dryRun(keys: readonly string[], transaction: string, run: Run): Promise<JsonObject> {
  const plan = await planSelected(keys, run.api)
  if (plan === undefined) return nothing()
  const { rendered, failures } = await render(plan, run, `/tx/preview?tx=${transaction}`)
  if (failures.length > 0) {
    return nothing(
      failures.map(({ file: { name, path }, error: { code, message } }) =>
        jsonObject({ file: name, path, code, message }),
      ),
    )
  }
  const writes = planWrites(rendered, run.host.fs)
  const files = writes.map(({ file: { name, path, mode, services }, content, changed, oldMode }) =>
    jsonObject({
      name,
      path,
      mode: formatOctalMode(oldMode ?? mode),
      changed,
      services: [...services],
      ...(changed ? { content } : {}),
    }),
  )
  const restarts = plan.restarts.map(({ command, service }) => jsonObject({ command, services: [service] }))
  const reload = needsDaemonReload(writes) ? [jsonObject({ command: DAEMON_RELOAD, services: [] })] : []
  return jsonObject({ files, commands: [...reload, ...restarts], notRendered: [] })
}
