import https from 'node:https'
import type { SecureContext } from 'node:tls'
import type { HttpProxy } from '../lib/ports.ts'
import { openTunnel } from './connect-tunnel.ts'
import { systemTrust } from './system-trust.ts'

const HTTPS_PORT = 443

/** Connections of HTTPS requests: kept open for the next one, or tunnels of their own through a proxy. */
export class TlsConnections {
  readonly request = https.request
  private readonly agent = new https.Agent({ keepAlive: true })
  private readonly trust: { readonly secureContext?: SecureContext }

  /** @param loadTrust the certificates to trust */
  constructor(loadTrust: () => SecureContext | undefined = systemTrust) {
    const secureContext = loadTrust()
    this.trust = secureContext === undefined ? {} : { secureContext }
  }

  /** How to connect for a request. */
  options(url: URL, proxy: HttpProxy | undefined): https.RequestOptions {
    const { trust } = this
    if (proxy === undefined) return { agent: this.agent, ...trust }
    const port = url.port === '' ? HTTPS_PORT : Number(url.port)
    return {
      createConnection: (_options, done) => {
        const fail = done as (error: Error) => void
        openTunnel(proxy, url.hostname, port, trust).then((socket) => {
          done(null, socket)
        }, fail)
        return undefined
      },
    }
  }
}
