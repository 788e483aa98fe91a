/** A client of language servers over standard input and output, as editors are (Language Server Protocol 3.17). */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'

interface Message {
  readonly id?: number
  readonly method?: string
  readonly result?: unknown
}

const SEPARATOR = '\r\n\r\n'

/** A server that was told of nothing yet. */
export class LanguageServer {
  private readonly child: ChildProcessWithoutNullStreams
  private readonly waiting = new Map<number, (result: unknown) => void>()
  private readonly announced: (() => void)[] = []
  private received = Buffer.alloc(0)
  private lastId = 0

  constructor(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv) {
    this.child = spawn(command, args, { cwd, env, stdio: 'pipe' })
    this.child.stderr.resume()
    this.child.stdout.on('data', (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk])
      for (let message = this.next(); message !== undefined; message = this.next()) this.take(message)
    })
  }

  private next(): Message | undefined {
    const end = this.received.indexOf(SEPARATOR)
    const length = Number(/Content-Length: (\d+)/i.exec(this.received.toString('latin1', 0, end))?.[1])
    const start = end + SEPARATOR.length
    if (end < 0 || this.received.length < start + length) return undefined
    const message = JSON.parse(this.received.toString('utf8', start, start + length)) as Message
    this.received = this.received.subarray(start + length)
    return message
  }

  private take({ id, method, result }: Message): void {
    if (method === 'textDocument/publishDiagnostics') for (const wake of this.announced.splice(0)) wake()
    else if (method !== undefined && id !== undefined) this.send({ id, result: null })
    else if (id !== undefined) this.waiting.get(id)?.(result)
  }

  private send(message: object): void {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message })
    this.child.stdin.write(`Content-Length: ${String(Buffer.byteLength(text))}${SEPARATOR}${text}`)
  }

  /** The answer to a request. */
  request(method: string, params: object): Promise<unknown> {
    const id = (this.lastId += 1)
    this.send({ id, method, params })
    return new Promise((resolve) => this.waiting.set(id, resolve))
  }

  /** Opens a document, and waits until the server has looked at it. */
  async open(uri: string, text: string): Promise<void> {
    await this.request('initialize', { processId: null, rootUri: null, capabilities: {} })
    this.send({ method: 'initialized', params: {} })
    const seen = new Promise<void>((resolve) => this.announced.push(resolve))
    this.send({
      method: 'textDocument/didOpen',
      params: { textDocument: { uri, languageId: 'toml', version: 1, text } },
    })
    await seen
  }

  stop(): void {
    this.child.kill()
  }
}
