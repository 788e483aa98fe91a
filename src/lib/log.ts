import type { LogLevel } from './args.ts'
import type { TextSink } from './ports.ts'

/** Facts of a log line; names of settings, never values of secret ones. */
export type LogFields = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

export interface Logger {
  error(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  debug(fields: LogFields, message: string): void
  trace(fields: LogFields, message: string): void
}

/** Where lines go: `split` sends errors to stderr and the rest to stdout; `stderr` and `stdout` send everything there. */
export type LogSink = 'split' | 'stderr' | 'stdout'

export interface LoggerOptions {
  readonly program: string
  readonly level: LogLevel
  readonly sink: LogSink
  readonly stdout: TextSink
  readonly stderr: TextSink
}

const silent = (): void => undefined
const SILENT: Logger = { error: silent, warn: silent, info: silent, debug: silent, trace: silent }

interface PinoLine {
  readonly level: string
  readonly time: number
  readonly msg: string
  readonly [field: string]: unknown
}

function formatLine(line: PinoLine): string {
  const { level, time, msg, ...fields } = line
  const facts = Object.entries(fields).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`)
  return `${new Date(time).toISOString().slice(11, 19)} [${level.toUpperCase()}] ${msg}${facts.join('')}\n`
}

/**
 * A logger that writes `HH:MM:SS [LEVEL] text field="value"` (UTC), synchronously, so that no line of a short-lived
 * process is lost. With level `off` nothing is loaded.
 */
export async function createLogger(options: LoggerOptions): Promise<Logger> {
  if (options.level === 'off') return SILENT
  // the default export is there in every way of loading a CommonJS module, bundled or not
  const { default: pino } = await import('pino')
  const destination = {
    write(text: string): void {
      const line = JSON.parse(text) as PinoLine
      const isError = line.level === 'error'
      const sink = options.sink === 'split' ? (isError ? 'stderr' : 'stdout') : options.sink
      options[sink].write(formatLine(line))
    },
  }
  const logger: Logger = pino(
    { level: options.level, base: null, formatters: { level: (label) => ({ level: label }) } },
    destination,
  )
  return logger
}
