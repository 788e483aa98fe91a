import type { ShippedTemplates } from './shipped.ts'

/** Template files of the package: none in the sources, the build puts a module of its own in the place of this one. */
export const SHIPPED_FILES: ShippedTemplates = new Map()
