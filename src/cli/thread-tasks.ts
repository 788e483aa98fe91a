import type { ThreadTasks } from '../lib/threads.ts'

/** What threads of the tool can be started for. Each is loaded when it is. */
export const THREAD_TASKS: ThreadTasks = {
  check: async () => (await import('./check/task.ts')).checkTask,
}
