import type { ShippedTemplates } from './shipped.ts'

/** Template strings of setting generators: none in the sources, the build puts a module of its own in the place of this one. */
export const SHIPPED_STRINGS: ShippedTemplates = new Map()
