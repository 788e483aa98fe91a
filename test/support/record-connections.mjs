/**
 * Loaded into a child before its program (`node --import`): notes every address that the process connects to or listens
 * on, one JSON line each, in the file that CONNECTION_LOG names.
 */
import { appendFileSync } from 'node:fs'
import dgram from 'node:dgram'
import dns from 'node:dns'
import net from 'node:net'

const note = (entry) => appendFileSync(process.env.CONNECTION_LOG, `${JSON.stringify(entry)}\n`)

const connect = net.Socket.prototype.connect
net.Socket.prototype.connect = function (...args) {
  const options = Array.isArray(args[0]) ? args[0][0] : args[0]
  note({ kind: 'connect', path: options?.path ?? options?.socketPath, host: options?.host, port: options?.port })
  return connect.apply(this, args)
}
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (...args) {
  const first = args[0]
  note({
    kind: 'listen',
    path: typeof first === 'string' ? first : undefined,
    host: typeof args[1] === 'string' ? args[1] : first?.host,
  })
  return listen.apply(this, args)
}
const createSocket = dgram.createSocket
dgram.createSocket = (...args) => {
  note({ kind: 'udp' })
  return createSocket(...args)
}
for (const name of ['lookup', 'lookupService', 'resolve']) {
  const promised = dns.promises[name]
  dns.promises[name] = (...args) => {
    note({ kind: 'resolve', host: String(args[0]) })
    return promised.apply(dns.promises, args)
  }
}
