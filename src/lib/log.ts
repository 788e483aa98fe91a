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

/** Levels by name, the most urgent first. */
const LEVELS = ['error', 'warn', 'info', 'debug', 'trace'] as const
type Level = (typeof LEVELS)[number]

function formatLine(level: string, time: number, message: string, fields: Readonly<Record<string, unknown>>): string {
  const known = Object.entries(fields).filter(([, value]) => value !== undefined)
  const facts = known.map(([name, value]) => ` ${name}=${JSON.stringify(value)}`)
  return `${new Date(time).toISOString().slice(11, 19)} [${level.toUpperCase()}] ${message}${facts.join('')}\n`
}

function sinkOf({ sink, stdout, stderr }: LoggerOptions, level: string): TextSink {
  if (sink === 'split') return level === 'error' ? stderr : stdout
  return sink === 'stderr' ? stderr : stdout
}

/**
 * A logger that writes `HH:MM:SS [LEVEL] text field="value"` (UTC), synchronously, so that no line of a short-lived
 * process is lost. For programs that end soon: it costs them nothing to make.
 */
export function createLogger(options: LoggerOptions): Logger {
  const last = LEVELS.findIndex((level) => level === options.level)
  const at = (level: Level): Logger[Level] => {
    if (LEVELS.indexOf(level) > last) return () => undefined
    return (fields, message) => {
      sinkOf(options, level).write(formatLine(level, Date.now(), message, fields))
    }
  }
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug'), trace: at('trace') }
}

interface PinoLine {
  readonly level: string
  readonly time: number
  readonly msg: string
  readonly [field: string]: unknown
}

/** `createLogger` for a server, by pino: the same lines. With level `off` nothing is loaded. */
export async function createServerLogger(options: LoggerOptions): Promise<Logger> {
  if (options.level === 'off') return createLogger(options)
  // the default export is there in every way of loading a CommonJS module, bundled or not
  const { default: pino } = await import('pino')
  const destination = {
    write(text: string): void {
      const { level, time, msg, ...fields } = JSON.parse(text) as PinoLine
      sinkOf(options, level).write(formatLine(level, time, msg, fields))
    },
  }
  const formatters = { level: (label: string) => ({ level: label }) }
  const logger: Logger = pino({ level: options.level, base: null, formatters }, destination)
  return logger
}
