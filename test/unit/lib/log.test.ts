import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { createLogger, createServerLogger, type LogFields, type Logger, type LogSink } from '../../../src/lib/log.ts'
import type { LogLevel } from '../../../src/lib/args.ts'

const LEVELS = ['error', 'warn', 'info', 'debug', 'trace'] as const

interface Written {
  readonly stdout: string
  readonly stderr: string
}

type Use = (log: Logger) => void

async function written(
  make: typeof createLogger | typeof createServerLogger,
  level: LogLevel,
  sink: LogSink,
  use: Use,
) {
  const out: Written & Record<string, string> = { stdout: '', stderr: '' }
  const collect = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      Object.assign(out, { [name]: out[name] + text })
    },
  })
  use(await make({ program: 'test', level, sink, stdout: collect('stdout'), stderr: collect('stderr') }))
  const timeless = (text: string): string => text.replaceAll(/^\d\d:\d\d:\d\d /gm, 'TIME ')
  return { stdout: timeless(out.stdout), stderr: timeless(out.stderr) }
}

const all: Use = (log) => {
  for (const level of LEVELS) log[level]({}, level)
}

describe.each([createLogger, createServerLogger])('$name', (make) => {
  it('writes the time, the level, the text and the facts', async () => {
    const use: Use = (log) => {
      log.info({ setting: 'settings.motd', count: 2, isNew: true, keys: ['a', 'b"'], none: undefined }, 'a "text"')
    }
    expect(await written(make, 'info', 'split', use)).toEqual({
      stdout: 'TIME [INFO] a "text" setting="settings.motd" count=2 isNew=true keys=["a","b\\""]\n',
      stderr: '',
    })
  })

  it.each([
    ['off', ''],
    ['error', 'ERROR'],
    ['warn', 'ERROR WARN'],
    ['info', 'ERROR WARN INFO'],
    ['debug', 'ERROR WARN INFO DEBUG'],
    ['trace', 'ERROR WARN INFO DEBUG TRACE'],
  ] as const)('writes with level %s: %s', async (level, expected) => {
    const { stderr } = await written(make, level, 'stderr', all)
    expect([...stderr.matchAll(/\[(\w+)\]/g)].map((match) => match[1]).join(' ')).toBe(expected)
  })

  it.each([
    ['split', 'TIME [WARN] warn\n', 'TIME [ERROR] error\n'],
    ['stdout', 'TIME [ERROR] error\nTIME [WARN] warn\n', ''],
    ['stderr', '', 'TIME [ERROR] error\nTIME [WARN] warn\n'],
  ] as const)('with sink %s', async (sink, stdout, stderr) => {
    expect(await written(make, 'warn', sink, all)).toEqual({ stdout, stderr })
  })
})

const fields: fc.Arbitrary<LogFields> = fc.dictionary(
  fc.string().filter((name) => !['level', 'time', 'msg', '__proto__'].includes(name)),
  fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.string()), fc.constant(undefined)),
)

test.prop([fields, fc.string(), fc.constantFrom(...LEVELS)])(
  'both write the same lines',
  async (facts, text, level) => {
    const use: Use = (log) => {
      log[level](facts, text)
    }
    expect(await written(createLogger, 'trace', 'split', use)).toEqual(
      await written(createServerLogger, 'trace', 'split', use),
    )
  },
)
