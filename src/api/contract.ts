/**
 * The HTTP interface of the API server as data: what there is to ask, and how each question is answered. The server's
 * router is driven by it, and its OpenAPI document is made from it.
 */
import { HOST_ROUTES } from './routes-host.ts'
import { SETTINGS_ROUTES } from './routes-settings.ts'

/** Largest JSON body in bytes. */
export const MAX_BODY_BYTES = 2_097_152

/** Every route of the API. */
export const ROUTES = [...SETTINGS_ROUTES, ...HOST_ROUTES] as const

/** Name of a route. */
export type RouteId = (typeof ROUTES)[number]['id']
