declare const BUILD_ID: string | undefined

/**
 * What tells this build from any other: a sum over its sources. Undefined for sources that nobody has bundled, which may
 * change at any time.
 */
export const buildId: string | undefined = typeof BUILD_ID === 'undefined' ? undefined : BUILD_ID
