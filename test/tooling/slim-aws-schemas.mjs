/**
 * Lets the bundler drop the schemas of AWS operations that nobody calls. An object literal with a computed key counts as
 * having side effects, so one such schema keeps all others; here their keys are constants of the same file, and written out.
 */
import { readFileSync } from 'node:fs'

export const slimAwsSchemas = {
  name: 'slim-aws-schemas',
  setup(build) {
    build.onLoad({ filter: /@aws-sdk[\\/].*[\\/]dist-es[\\/].*schemas_0\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8')
      const names = new Map([...source.matchAll(/^const (\w+) = ("[^"\\]*");$/gm)].map((match) => [match[1], match[2]]))
      const contents = source.replace(/\[(\w+)\]:/g, (all, name) => (names.has(name) ? `${names.get(name)}:` : all))
      return { contents, loader: 'js' }
    })
  },
}
