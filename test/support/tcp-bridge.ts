/** Forwards connections to a port of loopback to a unix socket, for clients that know no unix sockets. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface Bridge {
  readonly url: string
  close(): Promise<void>
}

/** Starts a bridge to a socket, on a port that is free. */
export function startBridge(socketPath: string): Promise<Bridge> {
  const open = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ path: socketPath, allowHalfOpen: true })
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(one)
      one.on('error', () => undefined)
      one.on('close', () => {
        open.delete(one)
        other.destroySoon()
      })
      one.pipe(other)
    }
  })
  return new Promise((resolve, reject) => {
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      resolve({
        url: `http://127.0.0.1:${String(port)}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => {
              closed()
            })
            for (const socket of open) socket.destroy()
          }),
      })
    })
  })
}
