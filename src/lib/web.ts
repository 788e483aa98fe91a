/** A small web server's requests and answers, apart from whoever carries them. */

export interface WebRequest {
  readonly method: string
  /** Path and query as sent. */
  readonly target: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export interface WebAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** `close` ends the connection without an answer. */
export type WebHandler = (request: WebRequest) => Promise<WebAnswer | 'close'>

export interface WebListener {
  /** `http://127.0.0.1:PORT`, without a final slash. */
  readonly url: string
  close(): Promise<void>
}

/** Serves on 127.0.0.1; port 0 takes a free one. @throws PipelineError `LISTEN_FAILED` */
export type ListenOnLoopback = (handler: WebHandler, port: number) => Promise<WebListener>
