/** Lets modules of others start without what nobody here uses, so that short processes need not wait for it. */
import { readFileSync } from 'node:fs'

const RANGE = String.raw`IPRange_\d\.IPv[46]CidrRange\.fromCidr\("[^"]*"\)`
const CONSTANT = new RegExp(String.raw`^(IPv[46])\.(\w+) = (${RANGE}|\[(?:\s*${RANGE},?)+\s*\]);$`, 'gm')

/** ip-num works out every well-known range of addresses when it is loaded; here each when it is asked for. */
function withLazyRanges(source) {
  return source.replace(
    CONSTANT,
    (_, owner, name, value) => `Object.defineProperty(${owner},"${name}",{get:()=>${value}});`,
  )
}

/**
 * pino's own ways of writing to files and threads, since our loggers hand it a destination; and the reading of TOML as a
 * stream, which loads Node's streams.
 */
const UNUSED = 'module.exports = class { constructor() { throw new Error("not part of this program") } }'

export const lighterModules = {
  name: 'lighter-modules',
  setup(build) {
    build.onLoad({ filter: /ip-num[\\/]dist[\\/]src[\\/]IPNumber\.js$/ }, ({ path }) => {
      const contents = withLazyRanges(readFileSync(path, 'utf8'))
      if (!contents.includes('defineProperty(IPv4,"LOOPBACK_RANGE"')) throw new Error(`${path} is not as expected`)
      return { contents, loader: 'js' }
    })
    build.onResolve({ filter: /^(?:sonic-boom|thread-stream)$/ }, ({ path }) => ({ path, namespace: 'unused' }))
    build.onResolve({ filter: /^[.][/]parse-stream[.]js$/ }, ({ path, importer }) =>
      /[\\/]@iarna[\\/]toml[\\/]/.test(importer) ? { path, namespace: 'unused' } : undefined,
    )
    build.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: UNUSED, loader: 'js' }))
  },
}
