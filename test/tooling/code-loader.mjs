/** Files that start a bundle with the help of V8's code cache: the compiled functions of an earlier run. */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/**
 * The loader. A cache of another Node or machine has another name, V8 refuses one that does not fit the flags of the
 * process, and the sum at its end is over code and cache, since V8 does not look at the content: a damaged cache would
 * end the process. Without a cache the code is compiled as ever.
 */
const loader = (directory, name) => `#!/usr/bin/env node
'use strict'
const { readFileSync } = require('node:fs')
const { Script } = require('node:vm')
const { crc32 } = require('node:zlib')
const base = __dirname + '/${directory}/${name}.'
const filename = base + 'js'
const code = readFileSync(filename)
let cachedData
try {
  const file = readFileSync(base + [process.version, process.platform, process.arch, 'cache'].join('.'))
  const data = file.subarray(0, -4)
  if (crc32(code, crc32(data)) === file.readUInt32LE(data.length)) cachedData = data
} catch {}
new Script(code.latin1Slice(), { filename, cachedData })
  .runInThisContext()(exports, require, module, filename, __dirname, require('node:url').pathToFileURL(__filename).href)
`

/** Writes a loader and the code that it loads, under a name that changes with the code. @returns the code's file */
export function writeLoader(outfile, code) {
  const hash = createHash('sha256').update(code).digest('hex').slice(0, 12)
  const name = `${path.basename(outfile, '.js')}-${hash}`
  const directory = path.join('dist', 'code')
  mkdirSync(directory, { recursive: true })
  writeFileSync(
    path.join(directory, `${name}.js`),
    `(function(exports,require,module,__filename,__dirname,__entryUrl){${code}\n})`,
  )
  writeFileSync(outfile, loader(path.relative(path.dirname(outfile), directory), name))
  return path.join(directory, `${name}.js`)
}
