import { EXIT_INTERRUPTED, EXIT_OK, type ExitCode } from './exit-codes.ts'

/** The exit status of a program that ran until it was told to stop: 130 for Ctrl-C, else 0. */
export function stopStatus(signal: AbortSignal): ExitCode {
  const { reason } = signal as { reason?: { signal?: unknown } }
  return reason?.signal === 'SIGINT' ? EXIT_INTERRUPTED : EXIT_OK
}

/** Waits until a program is told to stop. @returns its exit status */
export function untilStopped(signal: AbortSignal): Promise<ExitCode> {
  return new Promise((resolve) => {
    const stop = (): void => {
      resolve(stopStatus(signal))
    }
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}
