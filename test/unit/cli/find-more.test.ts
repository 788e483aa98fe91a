import { describe, expect, it } from 'vitest'
import { checkInputs, type FindMore } from '../../../src/cli/validate/check-inputs.ts'
import type { Diagnostic } from '../../../src/lib/diagnostics.ts'
import { member } from '../../../src/lib/json.ts'
import { findVariant } from '../../../src/variants/variant.ts'

const VARIANTS = ['aws-k8s-1.30', 'aws-ecs-2'].map((name) => findVariant(name))
const text = '[settings]\nmotd = "hi"\nupdates.seed = 1\n'

/** Has something against every motd, at its place, on one variant. */
const againstMotd: FindMore = ({ name }, { settings, sourceMap, at }) => {
  if (name !== 'aws-ecs-2' || member(settings, 'motd') === undefined) return Promise.resolve([])
  const place = sourceMap.value([...at, 'motd'])
  const found: Diagnostic = {
    code: 'VALUE_UNREPRESENTABLE',
    severity: 'warning',
    message: 'no',
    ...(place !== undefined && { at: place }),
  }
  return Promise.resolve([found])
}

const places = async (file: string, content: string): Promise<unknown[]> => {
  const { verdicts } = await checkInputs([{ file, bytes: Buffer.from(content) }], VARIANTS, againstMotd)
  return verdicts.map(({ variant, accepted, diagnostics }) => [
    variant,
    accepted,
    ...diagnostics.map(({ at, related = [] }) => [at?.file, at?.line, at?.column, related.length]),
  ])
}

describe('findings beyond the model', () => {
  it('are asked for per variant and placed like others', async () => {
    expect(await places('u.toml', text)).toEqual([
      ['aws-k8s-1.30', true],
      ['aws-ecs-2', true, ['u.toml', 2, 8, 0]],
    ])
    expect((await places('u.yaml', `UserData: |\n  ${text.trim().replaceAll('\n', '\n  ')}\n`))[1]).toEqual([
      'aws-ecs-2',
      true,
      ['u.yaml', 3, 10, 0],
    ])
    expect((await places('u.json', `{"UserData":"${Buffer.from(text).toString('base64')}"}`))[1]).toEqual([
      'aws-ecs-2',
      true,
      ['u.json#/UserData', 2, 8, 1],
    ])
  })

  it('are not asked for where there are errors', async () => {
    const { verdicts } = await checkInputs(
      [{ file: 'u.toml', bytes: Buffer.from('[settings]\nmotd = 5\n') }],
      VARIANTS,
      () => Promise.reject(new Error('asked')),
    )
    expect(verdicts.map(({ accepted }) => accepted)).toEqual([false, false])
  })
})
