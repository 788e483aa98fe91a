/** The two kinds of run: for what some keys affect, and for everything. */
import { messageOf, PipelineError } from '../lib/errors.ts'
import type { Service } from '../model/metadata.ts'
import { putBack, saveBackup } from './backup.ts'
import { planApply } from './plan-apply.ts'
import { needsDaemonReload, planWrites, type WriteStep } from './plan-writes.ts'
import { fetchAllFiles, fetchAllServices } from './read-metadata.ts'
import type { RunRecord } from './record.ts'
import type { RenderFailure } from './render-files.ts'
import { executeDaemonReload, executeRestarts } from './restart.ts'
import { planSelected, render, renderFailed, type Run } from './run.ts'
import { inTurn } from './turn.ts'
import { executeWrites } from './write-files.ts'

interface Written {
  readonly writes: readonly WriteStep[]
  /** Files that could neither be rendered nor put back. */
  readonly failures: readonly RenderFailure[]
}

/** What a change of some settings affects. One file that cannot be rendered keeps everything as it is. */
export async function applySelected(keys: readonly string[], run: Run, record: RunRecord): Promise<void> {
  const { api, host, log, signal } = run
  host.events.emit({ kind: 'changed-keys', keys })
  const plan = await planSelected(keys, api)
  if (plan === undefined) {
    log.info({ keys }, 'no service is affected')
    return
  }
  const { writes, failures } = await inTurn(host, log, signal, async (): Promise<Written> => {
    record.at('rendering')
    const { rendered, failures } = await render(plan, run)
    const isTakenBack = record.try?.kind === 'take-back'
    if (failures.length > 0 && !isTakenBack) throw renderFailed(failures, 'nothing was written')
    const writes = planWrites(rendered, host.fs)
    record.at('writing')
    if (record.try?.kind === 'begin') saveBackup(record.try.id, writes, host.fs)
    await executeWrites(writes, host)
    return { writes, failures: isTakenBack ? putBack(record.try.id, failures, host) : [] }
  })
  if (needsDaemonReload(writes)) {
    record.reached('reloading')
    await executeDaemonReload(host, signal, record)
  }
  if (plan.restarts.length > 0) record.reached('restarting')
  await executeRestarts(plan.restarts, host, signal, record)
  if (failures.length > 0) throw renderFailed(failures, 'some files were left as they are')
  log.info({ keys }, 'applied')
}

function toPipelineError(error: unknown): PipelineError {
  return error instanceof PipelineError ? error : new PipelineError('INTERNAL', messageOf(error), { cause: error })
}

/** Everything, as at boot. A file that cannot be rendered is left out with a warning. */
export async function applyAll(run: Run, record: RunRecord): Promise<void> {
  const { api, host, log, signal } = run
  const files = await fetchAllFiles(api)
  // asked for early, so that files can be told with their services; without an answer the files are still written
  const services = await fetchAllServices(api).catch((error: unknown) => toPipelineError(error))
  const known = services instanceof PipelineError ? new Map<string, Service>() : services
  const plan = planApply('all', known, files)
  await inTurn(host, log, signal, async () => {
    record.at('rendering')
    const { rendered, failures } = await render(plan, run)
    for (const { file, error } of failures) {
      log.warn({ file: file.path, template: file.templatePath, code: error.code }, `not rendered: ${error.message}`)
    }
    record.at('writing')
    await executeWrites(planWrites(rendered, host.fs), host)
  })
  if (services instanceof PipelineError) throw services
  if (plan.restarts.length > 0) record.reached('restarting')
  await executeRestarts(plan.restarts, host, signal, record)
  log.info({}, 'applied all configuration files and services')
}
