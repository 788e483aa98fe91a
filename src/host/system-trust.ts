import fs from 'node:fs'
import tls from 'node:tls'

/** Where systems keep the certificates that they trust, as one PEM file. Node's own list knows no private authority. */
const BUNDLES = [
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
] as const

/** The trust store of this machine, `SSL_CERT_FILE` before all others; undefined where none is found: Node's own list. */
export function systemTrust(bundle = process.env['SSL_CERT_FILE']): tls.SecureContext | undefined {
  for (const file of bundle === undefined ? BUNDLES : [bundle, ...BUNDLES]) {
    try {
      return tls.createSecureContext({ ca: fs.readFileSync(file, 'utf8') })
    } catch {
      continue
    }
  }
  return undefined
}
