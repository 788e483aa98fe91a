import { PipelineError } from '../lib/errors.ts'
import { EXIT_OK } from '../lib/exit-codes.ts'
import { jsonObject, printJson } from '../lib/json.ts'
import { LAUNCH_TRANSACTION } from '../lib/paths.ts'
import type { Host, Program, RunResult } from '../lib/ports.ts'
import { decodeUtf8, decodeUtf8Lossy } from '../lib/utf8.ts'
import { generateSettings } from './generators.ts'
import { parseSettings, type PlutoSettings } from './settings.ts'

const APICLIENT = '/usr/bin/apiclient'
const GET = [APICLIENT, 'get', 'settings.aws', 'settings.network', 'settings.kubernetes']
const SETTINGS_URI = `/settings?tx=${LAUNCH_TRANSACTION}`

/** Runs apiclient and gives its output. @throws PipelineError `PLUTO_APICLIENT_FAILED` */
async function runApiclient(command: readonly string[], host: Host, signal: AbortSignal): Promise<RunResult> {
  const result = await host.runner.run({ command, purpose: 'program', signal })
  signal.throwIfAborted()
  if (result.exitCode === EXIT_OK) return result
  const { startError, exitCode, signal: killed } = result
  const end =
    startError ?? (exitCode === undefined ? `ended by ${killed ?? 'a signal'}` : `exit status ${String(exitCode)}`)
  const stderr = decodeUtf8Lossy(result.stderr).trim()
  const what = command.slice(0, 2).join(' ')
  throw new PipelineError('PLUTO_APICLIENT_FAILED', `${what} failed: ${end}${stderr === '' ? '' : `: ${stderr}`}`, {
    details: { exitCode },
  })
}

async function readSettings(host: Host, signal: AbortSignal): Promise<PlutoSettings> {
  const { stdout } = await runApiclient(GET, host, signal)
  let text: string
  try {
    text = decodeUtf8(stdout)
  } catch (cause) {
    throw new PipelineError('PLUTO_SETTINGS_INVALID', 'the settings that apiclient printed are not UTF-8', { cause })
  }
  return parseSettings(text)
}

/** Finds Kubernetes settings of an EC2 instance and sends them to the API. Arguments are ignored. */
export const pluto: Program = {
  name: 'pluto',
  async run(_argv, io, host) {
    const settings = await readSettings(host, io.signal)
    const kubernetes = await generateSettings(settings, io, host)
    if (Object.keys(kubernetes).length === 0) return EXIT_OK
    const body = printJson(jsonObject({ kubernetes }))
    await runApiclient([APICLIENT, 'raw', '-m', 'PATCH', '-u', SETTINGS_URI, '-d', body], host, io.signal)
    return EXIT_OK
  },
}
