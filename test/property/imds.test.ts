import { gzipSync } from 'node:zlib'
import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { decodeSettings, decodeText, decompress } from '../../src/early-boot/decode.ts'
import { failureText, readFailureText } from '../../src/early-boot/failure-text.ts'
import { parseFault } from '../../src/imds-server/faults.ts'
import { createMetadataHandler, httpOverHandler } from '../../src/imds-server/handler.ts'
import { createImdsClient } from '../../src/imds/client.ts'
import { splitLines } from '../../src/imds/targets.ts'
import type { Diagnostic } from '../../src/lib/diagnostics.ts'
import { PipelineError } from '../../src/lib/errors.ts'
import { completeMetadata, parseFacts } from '../../src/lib/facts.ts'
import { canonicalIp } from '../../src/lib/ip-address.ts'
import { isHostname } from '../../src/pluto/values.ts'
import { testHost } from '../support/test-host.ts'
import { virtualClock } from '../support/virtual-clock.ts'

/** Runs something that may fail, but only with an error that is meant. */
function settle<T>(run: () => T): T | PipelineError {
  try {
    return run()
  } catch (error) {
    expect(error).toBeInstanceOf(PipelineError)
    return error as PipelineError
  }
}

describe('user data', () => {
  test.prop([fc.uint8Array({ maxLength: 300 })])('of any bytes is settings or a finding', (bytes) => {
    settle(() => decodeSettings(decodeText(bytes, 'x'), 'x'))
  })

  test.prop([fc.uint8Array({ maxLength: 300 })])('that starts as gzip is decompressed or refused', (bytes) => {
    settle(() => decompress(Uint8Array.of(0x1f, 0x8b, 8, ...bytes), 'x'))
  })

  test.prop([fc.uint8Array({ maxLength: 2000 }), fc.uint8Array({ maxLength: 50 })])(
    'in gzip is the same as without, whatever follows',
    (bytes, rest) => {
      expect([...decompress(Buffer.concat([gzipSync(bytes), rest]), 'x')]).toEqual([...bytes])
    },
  )

  test.prop([fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat(), fc.integer({ min: 1, max: 255 })])(
    'in gzip with a changed trailer is refused',
    (bytes, at, change) => {
      const packed = gzipSync(bytes)
      const i = packed.length - 8 + (at % 8)
      packed[i] = (packed[i] ?? 0) ^ change
      expect(settle(() => decompress(packed, 'x'))).toBeInstanceOf(PipelineError)
    },
  )
})

const line = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !/[\r\n]/.test(text) && text.trim() !== '')
const word = fc.stringMatching(/^[a-z][a-z0-9.-]{0,12}$/)
const place = fc
  .record({ file: word, line: fc.integer({ min: 1, max: 999 }), column: fc.integer({ min: 1, max: 999 }) })
  .map((at) => ({ ...at, endLine: at.line, endColumn: at.column + 1 }))
const message = line.filter((text) => !/^settings[^ ]*: /.test(text))
const finding: fc.Arbitrary<Diagnostic> = fc.record(
  {
    code: fc.constantFrom('USERDATA_TOML_SYNTAX', 'USERDATA_TOML_DUPLICATE', 'SETTINGS_UNKNOWN_KEY'),
    severity: fc.constantFrom('error', 'warning'),
    message,
    at: place,
    hint: line,
    path: word.map((name) => `settings.${name}`),
  },
  { requiredKeys: ['code', 'severity', 'message', 'at'] },
)

describe('a failure that a provider prints', () => {
  test.prop([message, fc.array(finding, { maxLength: 4 }), fc.option(line, { nil: undefined })])(
    'is read with all its findings',
    (text, diagnostics, hint) => {
      const error = new PipelineError('USERDATA_INVALID', text, {
        diagnostics,
        ...(hint === undefined ? {} : { hint }),
      })
      const read = readFailureText(failureText(error))
      expect(read.message).toBe(`error[USERDATA_INVALID] ${text}`)
      expect(read.diagnostics).toEqual(diagnostics)
      expect(read.hint).toBe(hint)
    },
  )

  it('may hold what only some take for the end of a line', () => {
    const text = failureText(new PipelineError('USERDATA_INVALID', 'a\u2028b', { hint: '\u2029c\r' }))
    expect(readFailureText(text)).toEqual({
      message: 'error[USERDATA_INVALID] a\u2028b',
      diagnostics: [],
      hint: '\u2029c\r',
    })
  })

  test.prop([fc.string()])('of any kind is never lost', (text) => {
    const { message: rest, diagnostics } = readFailureText(text)
    if (text.trim() !== '') expect(rest.trim() !== '' || diagnostics.length > 0).toBe(true)
  })
})

describe('the client', () => {
  const fault = fc
    .record({
      name: fc.constantFrom('token', 'user-data', '*'),
      action: fc.constantFrom('400', '401', '403', '429', '500', '503', 'close', 'slow:700'),
      count: fc.integer({ min: 1, max: 6 }),
    })
    .map(({ name, action, count }) => `${name}=${action}x${String(count)}`)

  test.prop([fc.array(fault, { maxLength: 3 })], { numRuns: 60 })(
    'gets its data in the end, within its time, whatever passes on the way',
    async (faults) => {
      const clock = virtualClock()
      const handler = createMetadataHandler(
        { imds: completeMetadata({ userData: 'data' }) },
        { clock, faults: faults.map(parseFault) },
      )
      const client = createImdsClient(testHost({ clock, http: httpOverHandler(handler) }))
      expect(await client.fetchText('user-data')).toBe('data')
      expect(clock.now()).toBeLessThanOrEqual(300_000)
    },
  )

  test.prop([fc.array(fc.string({ unit: fc.constantFrom('a', '\r', ' ') }), { maxLength: 6 })])(
    'splits lines so that joining them gives the text back',
    (lines) => {
      const text = lines.map((one) => `${one}\n`).join('')
      expect(splitLines(text)).toEqual(lines.map((one) => one.replace(/\r$/, '')))
    },
  )
})

describe('the server', () => {
  test.prop([fc.webPath(), fc.constantFrom('GET', 'PUT', 'POST', 'HEAD', 'DELETE'), fc.uint8Array({ maxLength: 20 })])(
    'answers any request',
    async (path, method, body) => {
      const handler = createMetadataHandler({})
      const headers = { 'x-aws-ec2-metadata-token-ttl-seconds': '60' }
      const session = await handler({ method: 'PUT', target: '/latest/api/token', headers, body: new Uint8Array() })
      const token = typeof session === 'string' ? '' : Buffer.from(session.body).toString()
      for (const target of [path, `/latest${path}`, `/clusters/${path}`, `/%${path}`]) {
        const found = await handler({ method, target, headers: { 'x-aws-ec2-metadata-token': token }, body })
        expect(typeof found === 'string' ? 0 : found.status).toBeGreaterThanOrEqual(200)
      }
    },
  )
})

describe('facts', () => {
  test.prop([fc.json()])('of any JSON are taken or refused by member', (text) => {
    const found = settle(() => parseFacts(text, 'facts.json'))
    if (found instanceof PipelineError) expect(found.diagnostics.length).toBeGreaterThan(0)
  })
})

describe('values of pluto', () => {
  test.prop([fc.ipV6()])('an IPv6 address has one canonical form', (address) => {
    const canonical = canonicalIp(address)
    expect(canonical).toBeDefined()
    expect(canonicalIp(canonical ?? '')).toBe(canonical)
    expect(canonicalIp(address.toUpperCase())).toBe(canonical)
  })

  test.prop([fc.string({ maxLength: 300 })])('a host name has nothing that breaks a file', (text) => {
    if (isHostname(text)) expect(text).toMatch(/^[0-9a-z.-]{1,253}$/)
  })
})
