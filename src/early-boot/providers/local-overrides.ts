import { PATHS } from '../../lib/paths.ts'
import { fileProvider } from './file-provider.ts'

/** User data that comes last and overrides all other sources. */
export const localOverrides = fileProvider('local-overrides-user-data-provider', PATHS.localOverrides)
