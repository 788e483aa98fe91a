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
  /** The connection ends in the middle of the body. */
  readonly cut?: boolean
}

/** How a request ends without an answer: its connection is closed, reset, or left open; or there never was one. */
export type NoAnswer = 'close' | 'reset' | 'hang' | 'refused'

export type WebHandler = (request: WebRequest) => Promise<WebAnswer | NoAnswer>

export interface WebListener {
  /** `http://127.0.0.1:PORT`, without a final slash. */
  readonly url: string
  close(): Promise<void>
}

/** Serves on 127.0.0.1; port 0 takes a free one. @throws PipelineError `LISTEN_FAILED` */
export type ListenOnLoopback = (handler: WebHandler, port: number) => Promise<WebListener>
