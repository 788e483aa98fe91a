import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decodeSettings, decodeText, decompress } from '../../../src/early-boot/decode.ts'
import { isGzip } from '../../../src/lib/gzip.ts'
import { guessFormat } from '../../../src/toml/guess-format.ts'
import { PipelineError } from '../../../src/lib/errors.ts'
import { printJson } from '../../../src/lib/json.ts'
import { decodeUtf8, encodeUtf8 } from '../../../src/lib/utf8.ts'

function failureOf(run: () => unknown): PipelineError {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(PipelineError)
    return error as PipelineError
  }
  throw new Error('nothing was thrown')
}

const FLAGS = { text: 1, headerCrc: 2, extra: 4, name: 8, comment: 16 }

/** A gzip member with optional header fields (RFC 1952). */
function member(text: string, flags = 0): Buffer {
  const plain = gzipSync(text)
  const fields = [
    flags & FLAGS.extra ? Buffer.from([3, 0, 1, 2, 3]) : Buffer.alloc(0),
    flags & FLAGS.name ? Buffer.from('name\0') : Buffer.alloc(0),
    flags & FLAGS.comment ? Buffer.from('comment\0') : Buffer.alloc(0),
  ]
  const head = Buffer.from(plain.subarray(0, 10))
  head[3] = flags
  return Buffer.concat([head, ...fields, plain.subarray(10)])
}

describe('gzip', () => {
  it('is known by its first two bytes only', () => {
    expect(isGzip(Uint8Array.of(0x1f, 0x8b))).toBe(true)
    expect(isGzip(Uint8Array.of(0x1f))).toBe(false)
    expect(isGzip(Uint8Array.of(0x8b, 0x1f))).toBe(false)
    expect(decompress(encodeUtf8('plain'), 'x')).toEqual(encodeUtf8('plain'))
  })

  it.each([
    ['no fields', 0],
    ['a name', FLAGS.name],
    ['a name and a comment', FLAGS.name | FLAGS.comment],
    ['extra data and a name', FLAGS.extra | FLAGS.name],
    ['all', FLAGS.extra | FLAGS.name | FLAGS.comment | FLAGS.text],
  ])('is read with %s in its header', (_name, flags) => {
    expect(decodeUtf8(decompress(member('settings', flags), 'x'))).toBe('settings')
  })

  it.each([
    ['a second member', gzipSync(' world')],
    ['zeros', Buffer.alloc(32)],
    ['anything', Buffer.from('trailing text')],
    ['half a member', gzipSync('x').subarray(0, 9)],
  ])('ends with its first member, whatever follows: %s', (_name, rest) => {
    expect(decodeUtf8(decompress(Buffer.concat([gzipSync('hello'), rest]), 'x'))).toBe('hello')
  })

  it('may hold nothing', () => {
    expect(decodeText(gzipSync(''), 'x')).toBe('')
  })

  const good = gzipSync('settings.motd = "hello hello hello"')
  it.each([
    ['only the two bytes', Uint8Array.of(0x1f, 0x8b)],
    ['cut in the header', good.subarray(0, 6)],
    ['cut in the data', good.subarray(0, 20)],
    ['cut in the trailer', good.subarray(0, good.length - 1)],
    ['a wrong checksum', Buffer.from(good).fill(0, good.length - 8, good.length - 4)],
    ['a wrong length', Buffer.from(good).fill(9, good.length - 4)],
    ['another method', Buffer.concat([Buffer.from([0x1f, 0x8b, 7]), good.subarray(3)])],
    ['noise', Buffer.concat([good.subarray(0, 10), Buffer.alloc(40, 0xff)])],
  ])('is refused with %s', (_name, data) => {
    const error = failureOf(() => decompress(data, 'user-data'))
    expect(error.code).toBe('USERDATA_GZIP_BROKEN')
    expect(error.message).toContain('user-data')
  })
})

describe('text', () => {
  it.each([
    [[0x61, 0xff], 1, 2],
    [[0x61, 0x0a, 0xc3, 0xa9, 0xc3], 2, 2],
    [[0xed, 0xa0, 0x80], 1, 1],
    [[0xc0, 0xaf], 1, 1],
    [[0xef, 0xbb, 0xbf, 0x0a, 0x62, 0x80], 2, 2],
  ])('%j is not UTF-8 at line %i column %i', (bytes, line, column) => {
    const error = failureOf(() => decodeText(Uint8Array.from(bytes), 'user-data'))
    expect(error.code).toBe('USERDATA_NOT_UTF8')
    expect(error.diagnostics[0]?.at).toMatchObject({ file: 'user-data', line, column })
  })

  it('keeps a byte order mark', () => {
    expect(decodeText(encodeUtf8('\uFEFFx'), 'x')).toBe('\uFEFFx')
  })
})

describe('settings', () => {
  it.each([
    ['settings.motd = "hi"', '{"motd":"hi"}'],
    ['[settings]\n', '{}'],
    ['settings = 5', '5'],
    ['settings = [1, 1.0]', '[1,1.0]'],
    ['\uFEFFsettings.motd = "hi"', '{"motd":"hi"}'],
    ['settings.b = 1\nsettings.a = 2\n[notes]\nowner = "ops"', '{"a":2,"b":1}'],
    ['settings.x = nan', '{"x":null}'],
    ['settings.x = 2024-01-01', '{"x":{"$__toml_private_datetime":"2024-01-01"}}'],
    ['settings.x = 9223372036854775807', '{"x":9223372036854775807}'],
    ['\r\nsettings.motd = "hi"\r\n', '{"motd":"hi"}'],
  ])('of %j are %s', (text, json) => {
    expect(printJson(decodeSettings(text, 'user-data').settings)).toBe(json)
  })

  it('are refused with every place that is wrong', () => {
    const error = failureOf(() => decodeSettings('settings.a = 1\nsettings.a = 2\n', 'user-data'))
    expect(error.code).toBe('USERDATA_INVALID')
    expect(error.diagnostics[0]).toMatchObject({ code: 'USERDATA_TOML_DUPLICATE', at: { file: 'user-data', line: 2 } })
  })

  it.each([
    ['', 'is empty'],
    ['# only a comment\n', 'is empty'],
    ['[kubernetes]\nmax-pods = 1', '[settings.kubernetes]'],
    ['[Settings]\nmotd = "x"', 'in lower case'],
    ['setting.motd = "x"', '"settings"'],
    ['#!/bin/sh\n# nothing else', 'script'],
  ])('missing in %j: %s', (text, hint) => {
    const error = failureOf(() => decodeSettings(text, 'user-data'))
    expect(error.code).toBe('USERDATA_NO_SETTINGS')
    expect(error.hint).toContain(hint)
  })
})

describe('another format', () => {
  it.each([
    ['#!/bin/bash\necho hi', 'script'],
    ['Content-Type: multipart/mixed; boundary="B"\nMIME-Version: 1.0\n', 'MIME'],
    ['MIME-Version: 1.0\n', 'MIME'],
    ['#cloud-config\npackages: [x]', 'cloud-init'],
    ['{"settings": {"motd": "hi"}}', 'JSON'],
    ['  [\n "a" ]', 'JSON'],
    ['<script>x</script>', 'XML'],
    ['apiVersion: v1\nkind: Config', 'Kubernetes'],
    [Buffer.from('settings.motd = "hi"').toString('base64'), 'base64'],
    [gzipSync('settings.motd = "hi"').toString('base64'), 'base64'],
  ])('%j is told by name', (text, name) => {
    expect(guessFormat(text)).toContain(name)
    expect(failureOf(() => decodeSettings(text, 'user-data')).hint).toContain(name)
  })

  it.each(['settings.motd = hi', '[settings]\nmotd = "x', '["a"]\nx = 1', 'abc'])(
    '%j is TOML as far as can be told',
    (text) => {
      expect(guessFormat(text)).toBeUndefined()
    },
  )
})
