/**
 * Modules of Node that few runs need, loaded when they are first used: with some runtimes their loading takes as long as a
 * short program does in all. For code that cannot wait for an `import()`.
 */
export const nodeCrypto = (): typeof import('node:crypto') => process.getBuiltinModule('node:crypto')
export const nodeZlib = (): typeof import('node:zlib') => process.getBuiltinModule('node:zlib')
