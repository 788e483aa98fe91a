import { describe, expect, it } from 'vitest'
import { jsonObject } from '../../../src/lib/json.ts'
import { metadataDefaults, NOTHING, planPopulate, type Existing } from '../../../src/storewolf/plan-populate.ts'
import { parseTrustedToml } from '../../../src/toml/trusted-toml.ts'

const DEFAULTS = parseTrustedToml(`
[settings.ntp]
time-servers = ["a", "b"]
options = {}
[metadata.settings.ntp]
affected-services = ["chronyd"]
[metadata.settings.updates]
seed.setting-generator = "bork seed"
[services.chronyd]
configuration-files = ["chrony-conf"]
restart-commands = []
`)

const ALL = [
  ['settings.ntp.time-servers', '["a","b"]', 'pending'],
  ['settings.ntp affected-services', '["chronyd"]', 'live'],
  ['settings.updates.seed setting-generator', '"bork seed"', 'live'],
  ['services.chronyd.configuration-files', '["chrony-conf"]', 'live'],
  ['services.chronyd.restart-commands', '[]', 'live'],
]

function planned(existing: Existing): unknown[] {
  return planPopulate(DEFAULTS, existing).map((change) =>
    change.kind === 'metadata'
      ? [`${change.key} ${change.metadataKey}`, change.text, 'live']
      : [change.key, change.text, change.scope.kind],
  )
}

describe('planPopulate', () => {
  it('writes all defaults to a new store, settings to the launch transaction', () => {
    expect(planned(NOTHING)).toEqual(expect.arrayContaining(ALL))
    expect(planned(NOTHING)).toHaveLength(ALL.length)
    const settings = planPopulate(DEFAULTS, NOTHING).find((change) => change.key === 'settings.ntp.time-servers')
    expect(settings).toMatchObject({ scope: { kind: 'pending', transaction: 'bottlerocket-launch' } })
  })

  it('never touches what exists, even if it differs', () => {
    const existing: Existing = {
      data: (key) => (key.startsWith('services.') || key.startsWith('settings.ntp') ? '["other"]' : undefined),
      metadata: (key) => (key === 'settings.ntp' ? '[]' : undefined),
    }
    expect(planned(existing)).toEqual([['settings.updates.seed setting-generator', '"bork seed"', 'live']])
  })

  it('mends services and metadata that were cut off, but no setting', () => {
    expect(planned({ data: () => '', metadata: () => '["chro' })).toEqual(
      expect.not.arrayContaining([['settings.ntp.time-servers', '["a","b"]', 'pending']]),
    )
    expect(planned({ data: () => '', metadata: () => '["chro' })).toHaveLength(ALL.length - 1)
  })

  it.each([
    ['settings = 1', 'settings is no table'],
    ['services = "x"', 'services is no table'],
    ['[settings]\n"a b" = 1', 'illegal character'],
    ['[settings]\nd = 1979-05-27', 'illegal character'],
    ['[services]\n"" = 1', 'empty'],
    [`[settings]\n${'x'.repeat(250)} = 1`, '255'],
    ['metadata = "x"', 'metadata'],
    ['[metadata]\nx = "y"', 'metadata.x'],
    ['[metadata.settings]\nx = true', 'metadata.settings.x'],
    ['[metadata.settings.a]\nx = 1', 'neither'],
    ['[metadata.settings.a]\nx = 1979-05-27', 'metadata'],
    ['[metadata.settings."a\\nb"]\nx = "y"', 'illegal character'],
    ['[metadata.settings."a b"]\nx = "y"', 'illegal character'],
  ])('refuses %j', (toml, reason) => {
    expect(() => planPopulate(parseTrustedToml(toml), NOTHING)).toThrow(
      expect.objectContaining({ code: 'STOREWOLF_DEFAULTS_INVALID', message: expect.stringContaining(reason) }),
    )
  })

  it('skips numbers that are none, and empty tables', () => {
    expect(planPopulate(parseTrustedToml('[settings]\na = nan\nb = {}\n[services]\n'), NOTHING)).toEqual([])
  })
})

describe('metadataDefaults', () => {
  it('joins names without quotes, so that a dot makes two segments', () => {
    const table = jsonObject({ settings: jsonObject({ 'a.b': jsonObject({ template: 'x' }) }) })
    expect(metadataDefaults(table)).toEqual([{ key: 'settings.a.b', metadataKey: 'template', text: '"x"' }])
  })
})
