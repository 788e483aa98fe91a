/** What the build makes of the releases' sources, so that the programs need not parse and merge them at each start. */
import { printJson } from '../lib/json.ts'
import { layersFromSources, LAYERS_FILE } from './layers.ts'
import { digestOf, type BuiltIndex } from './release-build.ts'
import { releaseFromSources } from './release-sources.ts'

/** The files of one release's build output: name to text. */
export function compileRelease(release: string): ReadonlyMap<string, string> {
  const { sets, variants, defaults, defaultsText, templates } = releaseFromSources(release)
  const index: BuiltIndex = {
    variants: [...variants.values()],
    templates: Object.fromEntries(sets.map((set) => [set, templates(set)])),
    digests: Object.fromEntries(sets.map((set) => [digestOf(defaultsText(set)), set])),
  }
  return new Map([
    ['index.json', JSON.stringify(index)],
    [LAYERS_FILE, JSON.stringify(layersFromSources(release))],
    ...sets.map((set): [string, string] => [`${set}.json`, printJson(defaults(set))]),
    ...sets.map((set): [string, string] => [`${set}.toml`, defaultsText(set)]),
  ])
}
