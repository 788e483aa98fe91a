import { PATHS } from '../../lib/paths.ts'
import { fileProvider } from './file-provider.ts'

/** User data that was put onto the disk, where no platform provides it. */
export const localFile = fileProvider('local-file-user-data-provider', PATHS.localUserData)
