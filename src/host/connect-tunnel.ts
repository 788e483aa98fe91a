/** TLS connections through a proxy's `CONNECT` tunnel (RFC 9110 section 9.3.6). */
import net from 'node:net'
import tls from 'node:tls'
import type { HttpProxy } from '../lib/ports.ts'

const DEFAULT_PORT: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 }
const MAX_HEAD_BYTES = 16_384
const HEAD_END = '\r\n\r\n'

function connectToProxy(proxy: URL): net.Socket {
  const port = proxy.port === '' ? (DEFAULT_PORT[proxy.protocol] ?? 80) : Number(proxy.port)
  const host = proxy.hostname.replace(/^\[(.*)\]$/, '$1')
  return proxy.protocol === 'https:' ? tls.connect({ host, port, servername: host }) : net.connect({ host, port })
}

/** Reads up to the end of the answer's head; whatever follows belongs to the tunnel. */
function readHead(socket: net.Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0)
    const finish = (error: Error | undefined): void => {
      socket.off('readable', read).off('error', finish).off('end', ended)
      if (error === undefined) resolve(head.toString('latin1'))
      else reject(error)
    }
    const ended = (): void => {
      finish(new Error('the proxy closed the connection'))
    }
    const read = (): void => {
      for (let chunk = socket.read() as Buffer | null; chunk !== null; chunk = socket.read() as Buffer | null) {
        head = Buffer.concat([head, chunk])
        const end = head.indexOf(HEAD_END)
        if (end >= 0) {
          const rest = head.subarray(end + HEAD_END.length)
          head = head.subarray(0, end)
          if (rest.length > 0) socket.unshift(rest)
          finish(undefined)
          return
        }
        if (head.length > MAX_HEAD_BYTES) {
          finish(new Error("the proxy's answer is too long"))
          return
        }
      }
    }
    socket.on('readable', read).on('error', finish).on('end', ended)
  })
}

/**
 * A TLS connection to a host through a proxy.
 *
 * @throws if the proxy cannot be reached or does not answer 200
 */
export async function openTunnel(
  proxy: HttpProxy,
  host: string,
  port: number,
  options: tls.ConnectionOptions = {},
): Promise<tls.TLSSocket> {
  const target = `${host}:${String(port)}`
  const socket = connectToProxy(new URL(proxy.url))
  const authorization = proxy.authorization === undefined ? '' : `proxy-authorization: ${proxy.authorization}\r\n`
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${authorization}\r\n`)
  try {
    const head = await readHead(socket)
    const [status = ''] = head.split('\r\n')
    if (!/^HTTP\/1\.[01] 200/.test(status)) throw new Error(`the proxy refused the tunnel to ${target}: ${status}`)
    const secure = tls.connect({ ...options, socket, ...(net.isIP(host) === 0 ? { servername: host } : {}) })
    await new Promise<void>((resolve, reject) => {
      secure.once('secureConnect', resolve)
      secure.once('error', reject)
    })
    return secure
  } catch (error) {
    socket.destroy()
    throw error
  }
}
