/** Which fragment, and which line of it, gives a value of the defaults. */
import { describe, expect, it } from 'vitest'
import { isJsonObject, jsonEquals, type JsonValue } from '../../../src/lib/json.ts'
import { parseTrustedToml } from '../../../src/toml/trusted-toml.ts'
import { releaseText } from '../../../src/variants/assets.ts'
import { compileRelease } from '../../../src/variants/compile.ts'
import { LAYERS_FILE, layersFromSources, layersOf } from '../../../src/variants/layers.ts'
import { loadDefaults } from '../../../src/variants/load.ts'
import { findVariant, listVariants } from '../../../src/variants/variant.ts'

/** Everything of a tree that is not a table. */
function leaves(tree: JsonValue, path: readonly string[] = []): [readonly string[], JsonValue][] {
  if (!isJsonObject(tree) || Object.keys(tree).length === 0) return [[path, tree]]
  return Object.entries(tree).flatMap(([name, value]) => leaves(value, [...path, name]))
}

describe('layers', () => {
  it.each(listVariants())('know the fragment and the line of every default of %s', (name) => {
    const variant = findVariant(name)
    const layers = layersOf(variant)
    const all = leaves(loadDefaults(variant))
    expect(all.length).toBeGreaterThan(100)
    for (const [path, value] of all) {
      const place = layers.placeOf(path)
      const text = releaseText('1.24.1', `fragments/${place?.fragment ?? ''}.toml`)
      expect(place?.file).toBe(`src/variants/releases/1.24.1/fragments/${place?.fragment ?? ''}.toml`)
      expect(text.split('\n')[(place?.line ?? 0) - 1], path.join('.')).toContain(path.at(-1))
      const own = path.reduce<JsonValue | undefined>(
        (inner, step) => (isJsonObject(inner) ? inner[step] : undefined),
        parseTrustedToml(text),
      )
      expect(own !== undefined && jsonEquals(own, value), path.join('.')).toBe(true)
    }
  })

  it('are in the build as they are in the sources', () => {
    expect(JSON.parse(compileRelease('1.24.1').get(LAYERS_FILE) ?? '')).toEqual(layersFromSources('1.24.1'))
  })

  it('know nothing of what is no default', () => {
    expect(layersOf(findVariant('aws-ecs-2')).placeOf(['settings', 'kubernetes', 'max-pods'])).toBeUndefined()
  })
})
