/**
 * Modules of Node that few runs need, loaded when they are first used: with some runtimes their loading takes as long as a
 * short program does in all. For code that cannot wait for an `import()`.
 */
import type * as crypto from 'node:crypto'
import type * as zlib from 'node:zlib'

export const nodeCrypto = (): typeof crypto => process.getBuiltinModule('node:crypto')
export const nodeZlib = (): typeof zlib => process.getBuiltinModule('node:zlib')
