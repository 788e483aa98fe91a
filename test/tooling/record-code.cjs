/**
 * Preloaded by the build: when the process ends, what V8 compiled of the code in `dist/code` is written beside it. A run
 * with a cache adds to that cache.
 */
'use strict'
const { readFileSync, renameSync, writeFileSync } = require('node:fs')
const v8 = require('node:v8')
const vm = require('node:vm')
const { crc32 } = require('node:zlib')

const recorded = new Map()

// flags count when V8 compares a cache with a process, so this one is set only in between
const keepBytecode = (keep) => v8.setFlagsFromString(keep ? '--no-flush-bytecode' : '--flush-bytecode')

vm.Script = class extends vm.Script {
  constructor(code, options) {
    keepBytecode(false)
    super(code, options)
    keepBytecode(true)
    recorded.set(options.filename, this)
  }
}

process.on('exit', (status) => {
  if (status !== 0) return
  keepBytecode(false)
  const { version, platform, arch } = process
  for (const [filename, script] of recorded) {
    const file = filename.replace(/js$/, `${version}.${platform}.${arch}.cache`)
    const data = script.createCachedData()
    const sum = Buffer.alloc(4)
    sum.writeUInt32LE(crc32(readFileSync(filename), crc32(data)))
    writeFileSync(`${file}.tmp`, Buffer.concat([data, sum]))
    renameSync(`${file}.tmp`, file)
  }
})
