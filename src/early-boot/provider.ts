/** What all user data providers have in common: their protocol on standard output. */
import { parseLogLevel } from '../lib/args.ts'
import { renderDiagnostic } from '../lib/diagnostics.ts'
import { EXIT_FAILURE, EXIT_OK } from '../lib/exit-codes.ts'
import { MAX_USER_DATA_BYTES } from '../lib/user-data-limit.ts'
import { printJson, quoteJson, type JsonObject, type JsonValue } from '../lib/json.ts'
import type { Host, Program, ProgramIo } from '../lib/ports.ts'
import { failureText } from './failure-text.ts'
import { PLACES_VARIABLE } from './places.ts'

/** Settings that a provider found, and where, for people. */
export interface ProvidedSettings {
  readonly settings: JsonValue
  readonly desc: string
  readonly places?: () => JsonObject
}

/** Finds settings, or undefined if there are none. */
export type Provide = (io: ProgramIo, host: Host, argv: readonly string[]) => Promise<ProvidedSettings | undefined>

/**
 * A provider as a program: one line of JSON for settings, an empty line for none, the reason and exit 1 for a failure.
 * Unknown arguments are ignored.
 */
export function providerProgram(name: string, provide: Provide): Program {
  return {
    name,
    async run(argv, io, host) {
      try {
        const found = await provide(io, host, argv)
        io.stdout.write(found === undefined ? '\n' : `${formatProvided(found, io.env[PLACES_VARIABLE] === '1')}\n`)
        return EXIT_OK
      } catch (error) {
        if (io.signal.aborted) throw error
        io.stdout.write(`${failureText(error)}\n`)
        return EXIT_FAILURE
      }
    },
  }
}

function formatProvided({ settings, desc, places }: ProvidedSettings, withPlaces: boolean): string {
  const third = withPlaces && places !== undefined ? `,"places":${printJson(places())}` : ''
  return `{"json":${printJson(settings)},"desc":${quoteJson(desc)}${third}}`
}

/** Whether warnings are wanted; early-boot-config hands its level on as `EARLY_BOOT_CONFIG_LOG_LEVEL`. */
function wantsWarnings(io: ProgramIo): boolean {
  const level = parseLogLevel(io.env['EARLY_BOOT_CONFIG_LOG_LEVEL'] ?? 'info')
  return level !== 'off' && level !== 'error'
}

/**
 * Says on standard error that user data is larger than EC2 allows. A warning only: the data is there and whole, and an
 * instance elsewhere may get more.
 */
export function warnAboutSize(bytes: number, io: ProgramIo): void {
  if (bytes <= MAX_USER_DATA_BYTES || !wantsWarnings(io)) return
  const message = `user data has ${String(bytes)} bytes, an EC2 instance takes at most ${String(MAX_USER_DATA_BYTES)}`
  const hint = 'compress it with gzip; EC2 counts the compressed size'
  io.stderr.write(renderDiagnostic({ code: 'USERDATA_TOO_LARGE', severity: 'warning', message, hint }) + '\n')
}
