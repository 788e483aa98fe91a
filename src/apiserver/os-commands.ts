/** Routes that run a program of the host. */
import type { ApiResponse, ProcessRunner, RunPurpose, RunRequest, RunResult } from '../lib/ports.ts'
import { decodeUtf8Lossy } from '../lib/utf8.ts'
import { ApiError, NO_CONTENT, textAnswer, type Query } from './http.ts'

/** Signals that end a process by default, by number as on Linux; see signal(7). */
const SIGNAL_NUMBERS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
}

/** The exit code, or the number of the signal that ended the command. Reference: both count alike. */
function exitStatus({ exitCode, signal }: RunResult): number | undefined {
  return exitCode ?? (signal === undefined ? undefined : SIGNAL_NUMBERS[signal])
}

function failureText(result: RunResult): string {
  const name = result.command[0] ?? ''
  if (result.startError !== undefined) return `${name} could not be started: ${result.startError}`
  const stderr = decodeUtf8Lossy(result.stderr).trimEnd()
  return `${name} failed with exit code ${String(exitStatus(result) ?? result.signal)}${stderr === '' ? '' : `: ${stderr}`}`
}

/**
 * Runs a command that has to succeed.
 *
 * @param statuses status of the answer by exit code; 500 for any other
 * @throws ApiError
 */
export async function runChecked(
  runner: ProcessRunner,
  command: readonly string[],
  purpose: RunPurpose,
  options: Pick<RunRequest, 'stdin' | 'env' | 'inheritOutput'> & {
    readonly statuses?: Readonly<Record<number, number>>
  } = {},
): Promise<RunResult> {
  const { statuses = {}, ...more } = options
  const result = await runner.run({ command, purpose, ...more })
  if (result.exitCode === 0) return result
  const status = result.startError === undefined ? statuses[exitStatus(result) ?? -1] : undefined
  throw new ApiError(status ?? 500, failureText(result))
}

/** Reboots through the service manager, which respects inhibitors. */
export async function reboot(runner: ProcessRunner): Promise<ApiResponse> {
  await runChecked(runner, ['/usr/bin/systemctl', 'reboot', '--check-inhibitors=yes'], 'action')
  return NO_CONTENT
}

const UPDATE_STATUSES: Readonly<Record<number, number>> = { 64: 423, 65: 409, 66: 404, 67: 404 }

/** Starts an update command. */
export async function runUpdate(
  runner: ProcessRunner,
  subcommand: 'refresh' | 'prepare' | 'activate' | 'deactivate',
): Promise<ApiResponse> {
  await runChecked(runner, ['/usr/bin/thar-be-updates', subcommand], 'action', { statuses: UPDATE_STATUSES })
  return NO_CONTENT
}

const CHECKER = '/usr/bin/bloodhound'
const CIS_KUBERNETES_CHECKS = '/usr/libexec/cis-checks/kubernetes'
const FIPS_CHECKS = '/usr/libexec/fips-checks/bottlerocket'

async function report(runner: ProcessRunner, args: readonly string[]): Promise<ApiResponse> {
  const { stdout } = await runChecked(runner, [CHECKER, ...args], 'program')
  return textAnswer(decodeUtf8Lossy(stdout))
}

const option = (flag: string, value: string | undefined): string[] => (value === undefined ? [] : [flag, value])

/** The report of a CIS benchmark. */
export function cisReport(runner: ProcessRunner, query: Query): Promise<ApiResponse> {
  const checks = query.get('type') === 'kubernetes' ? CIS_KUBERNETES_CHECKS : undefined
  return report(runner, [
    ...option('-l', query.get('level')),
    ...option('-f', query.get('format')),
    ...option('-c', checks),
  ])
}

/** The report on FIPS mode. */
export function fipsReport(runner: ProcessRunner, query: Query): Promise<ApiResponse> {
  return report(runner, [...option('-f', query.get('format')), '-c', FIPS_CHECKS])
}
