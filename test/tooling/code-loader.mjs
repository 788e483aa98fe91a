/** Files that start a bundle with the help of V8's code cache: the compiled functions of an earlier run. */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/**
 * The loader. A cache of another Node or machine has another name, V8 refuses one that does not fit the flags of the
 * process, and the sum at its end is over code and cache, since V8 does not look at the content: a damaged cache would
 * end the process. Without a cache the code is compiled as ever.
 */
const loader = (directory, names, name) => `#!/usr/bin/env node
'use strict'
const { readFileSync } = require('node:fs')
const { Script } = require('node:vm')
const { crc32 } = require('node:zlib')
const name = new Map(${JSON.stringify(names)}).get(process.argv[2]) ?? '${name}'
const base = __dirname + '/${directory}/' + name + '.'
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

/** Writes code under a name that changes with it. @returns the name, without its extension */
function writeCode(directory, name, code) {
  const hash = createHash('sha256').update(code).digest('hex').slice(0, 12)
  const file = `${name}-${hash}`
  mkdirSync(directory, { recursive: true })
  writeFileSync(
    path.join(directory, `${file}.js`),
    `(function(exports,require,module,__filename,__dirname,__entryUrl){${code}\n})`,
  )
  return file
}

/**
 * Writes a loader and the code that it loads.
 *
 * @param commands first argument of the process to the main file for it
 * @param own each of these main files to its code
 * @returns the files of all code
 */
export function writeLoader(outfile, code, commands, own) {
  const directory = path.join('dist', 'code')
  const name = path.basename(outfile, '.js')
  const main = writeCode(directory, name, code)
  const written = new Map(
    [...own].map(([file, text]) => [file, writeCode(directory, `${name}-${path.basename(file, '.main.ts')}`, text)]),
  )
  const names = Object.entries(commands).map(([command, file]) => [command, written.get(file)])
  writeFileSync(outfile, loader(path.relative(path.dirname(outfile), directory), names, main))
  return [main, ...written.values()].map((file) => path.join(directory, `${file}.js`))
}
