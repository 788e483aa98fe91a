import { describe, expect, it } from 'vitest'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/lib/json.ts'
import { loadDefaults } from '../../../src/variants/load.ts'
import { loadRelease } from '../../../src/variants/release.ts'
import { findVariant } from '../../../src/variants/variant.ts'

const leaves = (value: JsonValue | undefined): number =>
  isJsonObject(value) ? Object.values(value).reduce<number>((sum, item) => sum + leaves(item), 0) : 1

const named = (value: JsonValue | undefined, name: string): number =>
  isJsonObject(value)
    ? Object.entries(value).reduce(
        (sum, [key, item]) => sum + (key === name && !isJsonObject(item) ? 1 : named(item, name)),
        0,
      )
    : 0

const size = (value: JsonValue | undefined): number => Object.keys(value as JsonObject).length

// how many of each the sets of this release have: settings, affected-services, setting-generator, services, files
const SETS: readonly [string, number, number, number, number, number][] = [
  ['aws-dev', 17, 22, 9, 22, 23],
  ['aws-ecs-1', 37, 23, 8, 22, 23],
  ['aws-ecs-1-nvidia', 37, 22, 8, 21, 23],
  ['aws-ecs-2', 37, 24, 9, 23, 24],
  ['aws-ecs-2-nvidia', 37, 23, 9, 22, 24],
  ['aws-k8s-1.24', 39, 27, 9, 27, 37],
  ['aws-k8s-1.24-nvidia', 44, 28, 9, 28, 39],
  ['aws-k8s-1.25', 40, 27, 9, 27, 37],
  ['aws-k8s-1.25-nvidia', 45, 28, 9, 28, 39],
  ['aws-k8s-1.26', 41, 27, 9, 27, 37],
  ['aws-k8s-1.26-nvidia', 46, 28, 9, 28, 39],
  ['aws-k8s-1.31', 44, 27, 9, 27, 37],
  ['aws-k8s-1.31-nvidia', 49, 28, 9, 28, 39],
  ['metal-dev', 11, 21, 4, 21, 22],
  ['vmware-dev', 11, 21, 4, 21, 22],
  ['metal-k8s-1.30', 41, 24, 5, 24, 34],
  ['vmware-k8s-1.31', 41, 24, 5, 24, 34],
]

describe('defaults sets of 1.24.1', () => {
  it('are all listed', () => {
    expect([...loadRelease('1.24.1').sets].sort()).toEqual(SETS.map(([name]) => name).sort())
  })

  it.each(SETS)('%s has as many entries as the release', (defaultsSet, ...counts) => {
    const document = loadDefaults({ ...findVariant('aws-ecs-2', '1.24.1'), defaultsSet })
    expect([
      leaves(document['settings']),
      named(document['metadata'], 'affected-services'),
      named(document['metadata'], 'setting-generator'),
      size(document['services']),
      size(document['configuration-files']),
    ]).toEqual(counts)
    expect(Object.keys(document).sort()).toEqual(['configuration-files', 'metadata', 'services', 'settings'])
  })
})
