/** How much of this machine's processors a process may use. */
import fs from 'node:fs'
import os from 'node:os'

function readIfAny(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** CPU limit of the own cgroup (v2 `cpu.max`, v1 quota and period), rounded up; undefined without a limit. */
function cgroupCpuLimit(): number | undefined {
  const group = readIfAny('/proc/self/cgroup') ?? ''
  const unified = /^0::(.*)$/m.exec(group)?.[1]
  const max = unified === undefined ? undefined : readIfAny(`/sys/fs/cgroup${unified}/cpu.max`)?.trim().split(' ')
  const legacy = /^\d+:(?:[^:]*,)?cpu(?:,[^:]*)?:(.*)$/m.exec(group)?.[1]
  const base = `/sys/fs/cgroup/cpu${legacy ?? ''}`
  const quota = max?.[0] ?? readIfAny(`${base}/cpu.cfs_quota_us`)
  const period = max?.[1] ?? readIfAny(`${base}/cpu.cfs_period_us`)
  const limit = Number(quota) / Number(period)
  return limit > 0 && Number.isFinite(limit) ? Math.ceil(limit) : undefined
}

/** Processors usable by this process: its affinity mask, capped by the quota of its cgroup rounded up. */
export function usableProcessors(): number {
  return Math.min(os.availableParallelism(), cgroupCpuLimit() ?? Number.POSITIVE_INFINITY)
}
