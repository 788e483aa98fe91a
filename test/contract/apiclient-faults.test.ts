/** A server that is not there, or not for long. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createNetServer } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { apiclient } from '../../src/apiclient/program.ts'
import { nodeHost } from '../../src/host/node-host.ts'
import { runToEnd, type ProgramRun } from '../support/test-host.ts'

describe('a server that is not there, or not for long', () => {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'sockets-'))
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true })
  })
  const at = (socket: string, ...argv: readonly string[]): Promise<ProgramRun> =>
    runToEnd(apiclient, ['-s', socket, ...argv], nodeHost({}))

  it('no socket', async () => {
    const result = await at(path.join(directory, 'none.sock'), 'set', 'motd=x')
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(result.stderr).toMatch(/API_UNREACHABLE.*ENOENT\n\s+hint: nothing was changed; there is no such socket/)
  })

  it('a file in its place', async () => {
    writeFileSync(path.join(directory, 'file'), '')
    const result = await at(path.join(directory, 'file'), 'get')
    expect(result.stderr).toMatch(/ECONNREFUSED\n\s+hint: nobody listens/)
  })

  it.each([
    ['the first request', 0, 'set', /hint: nothing was changed; the server ended/],
    ['the commit', 1, 'set', /hint: the settings may be in force or not.*the server ended/],
    ['a question', 0, 'get', /hint: the server ended/],
  ])('one that dies in %s', async (_name, answered, subcommand, hint) => {
    const socket = path.join(directory, `${String(answered)}-${subcommand}.sock`)
    let requests = 0
    const server = createNetServer((client) => {
      client.on('error', () => undefined)
      client.on('data', () => {
        if (requests++ < answered) client.write('HTTP/1.1 204 No Content\r\n\r\n')
        else client.destroy()
      })
    })
    await new Promise<void>((resolve) => {
      server.listen(socket, resolve)
    })
    const result = await at(socket, subcommand, ...(subcommand === 'set' ? ['motd=x'] : []))
    server.close()
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(result.stderr).toMatch(hint)
  })

  it('one that answers something else than HTTP, or no JSON', async () => {
    for (const [name, answer, code] of [
      ['garbage', 'hello\r\n\r\n', 'API_UNREACHABLE'],
      ['text', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello', 'API_INVALID_RESPONSE'],
    ] as const) {
      const socket = path.join(directory, `${name}.sock`)
      const server = createNetServer((client) => {
        client.on('error', () => undefined)
        client.on('data', () => client.end(answer))
      })
      await new Promise<void>((resolve) => {
        server.listen(socket, resolve)
      })
      const result = await at(socket, 'get')
      server.close()
      expect(result.code).toBe(1)
      expect(result.stderr).toContain(code)
    }
  })

  it('a server that knows no problem details is repeated as it is', async () => {
    const socket = path.join(directory, 'plain.sock')
    const server = createServer((request, response) => {
      request.resume()
      response.writeHead(400).end('settings.motd: something is wrong')
    })
    await new Promise<void>((resolve) => {
      server.listen(socket, resolve)
    })
    const result = await at(socket, 'set', 'motd=x')
    server.close()
    expect(result.stderr).toContain(': settings.motd: something is wrong\n    hint: nothing was changed\n')
  })
})
