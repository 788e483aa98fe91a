/** What a route of the API is, and the parts that many have. */
import type { SchemaName } from './schemas.ts'

export interface QueryParameter {
  readonly name: string
  readonly meaning: string
  readonly required?: boolean
  /** An empty one is refused. */
  readonly notEmpty?: boolean
  readonly words?: readonly string[]
  readonly initial?: string
  readonly example?: string
}

/** What a body or an answer holds. */
export interface Content {
  readonly type: 'application/json' | 'application/text'
  readonly schema: SchemaName
}

export interface Route {
  readonly id: string
  readonly method: 'GET' | 'PATCH' | 'POST' | 'DELETE'
  readonly path: string
  readonly summary: string
  readonly query: readonly QueryParameter[]
  /** The request body, if the route reads one. */
  readonly body?: Content
  /** Status of success, with what it holds. */
  readonly success: { readonly status: 101 | 200 | 204; readonly content?: readonly Content[] }
  /** Statuses of failure, beside the ones every route may give: 405 for another method, and 500. */
  readonly failures: readonly number[]
}

/** A body of JSON. */
export const json = (schema: SchemaName): Content => ({ type: 'application/json', schema })
/** Success with a body of JSON. */
export const ok = (schema: SchemaName): Route['success'] => ({ status: 200, content: [json(schema)] })
/** Success without a body. */
export const done: Route['success'] = { status: 204 }
