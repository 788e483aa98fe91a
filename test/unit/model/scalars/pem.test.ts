import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { encodeBase64 } from '../../../../src/lib/strict-base64.ts'
import { pemCertificates } from '../../../../src/model/scalars/pem.ts'
import { runSchema } from '../../../../src/model/problems.ts'
import { CERTIFICATE_BODY, pem } from './certificate.ts'

const accepts = (value: string): boolean => runSchema(pemCertificates.schema(), value).issues.length === 0
const bundle = (content: string | Uint8Array): boolean => accepts(encodeBase64(content))

const der = Buffer.from(CERTIFICATE_BODY, 'base64')
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const keyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const tampered = Buffer.from(der)
tampered[tampered.length - 1] = (tampered[tampered.length - 1] as number) ^ 1

describe('PEM certificates', () => {
  it.each([
    ['one', pem()],
    ['several, with text between', `# first\n${pem()}# second\n${pem()}# end\n`],
    ['CRLF', pem().replaceAll('\n', '\r\n')],
    ['no newline at the end', pem().trimEnd()],
    ['the body in one line', `-----BEGIN CERTIFICATE-----\n${CERTIFICATE_BODY}\n-----END CERTIFICATE-----\n`],
    ['blanks at the ends of body lines', pem().replace(/\n(?=[A-Za-z0-9])/g, ' \t\n')],
    ['blank lines in the body', pem().replace(/\n(?=[A-Za-z0-9])/g, '\n\n')],
    ['another label', pem(CERTIFICATE_BODY, 'TRUSTED CERTIFICATE')],
    ['any label', pem(CERTIFICATE_BODY, 'FOO')],
    ['labels that differ', pem(CERTIFICATE_BODY, 'A', 'B')],
    ['text after the header', pem().replace('CERTIFICATE-----\n', 'CERTIFICATE----- x\n')],
    ['an indented header before', ` -----BEGIN X-----\n${pem()}`],
    ['bytes after the certificate', pem(Buffer.concat([der, Buffer.from([1, 2, 3])]).toString('base64'))],
    ['a broken signature', pem(tampered.toString('base64'))],
  ])('accepts %s', (_, content) => {
    expect(bundle(content)).toBe(true)
  })

  it.each([
    ['no block', 'hello'],
    ['a private key', keyPem],
    ['a certificate and a key', pem() + keyPem],
    ['a block that does not end', `${pem()}-----BEGIN CERTIFICATE-----\n${CERTIFICATE_BODY}\n`],
    ['a header without closing dashes', `-----BEGIN CERTIFICATE\n${pem()}`],
    ['an empty body', pem('')],
    ['half a certificate', pem(der.subarray(0, 100).toString('base64'))],
    ['a stray character', pem(`!${CERTIFICATE_BODY}`)],
    ['an indented body', pem().replace(/\n(?=[A-Za-z0-9])/, '\n ')],
    ['only an indented header', pem().replace('-----BEGIN', ' -----BEGIN')],
    ['a byte order mark before the only header', `\uFEFF${pem()}`],
    ['PEM text inside of a block', pem(encodeBase64(pem()))],
  ])('refuses %s', (_, content) => {
    expect(bundle(content)).toBe(false)
  })

  it('refuses bytes that are not UTF-8, wherever they are', () => {
    expect(bundle(der)).toBe(false)
    expect(bundle(Buffer.concat([Buffer.from(pem()), Buffer.from([0xff, 0x0a])]))).toBe(false)
  })

  it.each(['', ' \n\t', '\u0085', '\u00A0\u3000'])('accepts white space only: %j', (value) => {
    expect(accepts(value)).toBe(true)
  })

  it.each(['\uFEFF', pem(), `${encodeBase64(pem())}\n`, 'aGVsbG8='])('refuses %j', (value) => {
    expect(accepts(value)).toBe(false)
  })
})
