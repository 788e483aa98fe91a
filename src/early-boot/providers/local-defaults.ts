import { PATHS } from '../../lib/paths.ts'
import { fileProvider } from './file-provider.ts'

/** User data that comes first, so that all other sources override it. */
export const localDefaults = fileProvider('local-defaults-user-data-provider', PATHS.localDefaults)
