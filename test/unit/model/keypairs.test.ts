import { describe, expect, it } from 'vitest'
import { printJson } from '../../../src/lib/json.ts'
import { guessValue, parseKeypairs } from '../../../src/model/keypairs.ts'
import { loadModel, type ModelName } from '../../../src/model/models.ts'

function outcome(model: ModelName, items: readonly string[]): string {
  const result = parseKeypairs(loadModel(model), items)
  if (result.ok) return printJson(result.settings)
  return result.problems
    .map(({ code, path, hint }) => [code, path.join('/'), hint].filter(Boolean).join(' '))
    .join('; ')
}

describe('what a text looks like', () => {
  it.each([
    ['true', true],
    [' false\n', false],
    ['0', 0n],
    [' 110 ', 110n],
    ['18446744073709551615', 18446744073709551615n],
    ['18446744073709551616', 18446744073709551616],
    ['-1', -1],
    ['-0', -0],
    ['1.0', 1],
    ['1e3', 1000],
    ['True', 'True'],
    ['01', '01'],
    ['+1', '+1'],
    ['.5', '.5'],
    ['1.', '1.'],
    ['0x10', '0x10'],
    ['1e999', '1e999'],
    ['NaN', 'NaN'],
    ['null', 'null'],
    ['[]', '[]'],
    ['{}', '{}'],
    ['"42"', '"42"'],
    [' x ', ' x '],
    ['\u00A01', '\u00A01'],
    ['', ''],
  ])('%j', (text, value) => {
    expect(guessValue(text)).toBe(value)
  })
})

describe('accepted as guessed', () => {
  it.each([
    [['motd=hi there'], '{"motd":"hi there"}'],
    [['settings.motd=a=b'], '{"motd":"a=b"}'],
    [['motd='], '{"motd":""}'],
    [['motd="42"'], '{"motd":"\\"42\\""}'],
    [['motd=a', 'settings.motd=b', 'mo"t"d=c'], '{"motd":"c"}'],
    [['kubernetes.max-pods=110', 'kubernetes.log-level= 2 '], '{"kubernetes":{"log-level":2,"max-pods":110}}'],
    [['kubernetes.kube-reserved.cpu=2000m'], '{"kubernetes":{"kube-reserved":{"cpu":"2000m"}}}'],
    [['kubernetes.image-gc-high-threshold-percent=85'], '{"kubernetes":{"image-gc-high-threshold-percent":85}}'],
    [['kubernetes.cluster-dns-ip=10.2.0.10'], '{"kubernetes":{"cluster-dns-ip":"10.2.0.10"}}'],
    [['kubernetes.eviction-hard."memory.available"=5%'], '{"kubernetes":{"eviction-hard":{"memory.available":"5%"}}}'],
    [
      ['updates.version-lock=1.2.3', 'updates.ignore-waves=true'],
      '{"updates":{"ignore-waves":true,"version-lock":"1.2.3"}}',
    ],
    [[], '{}'],
  ])('%j', (items, settings) => {
    expect(outcome('aws-k8s', items)).toBe(settings)
  })
})

describe('taken as the type that the setting wants', () => {
  it.each([
    ['motd=42', '{"motd":"42"}'],
    ['motd= 42 ', '{"motd":" 42 "}'],
    ['motd=true', '{"motd":"true"}'],
    ['motd=1.50', '{"motd":"1.50"}'],
    ['kubernetes.event-qps=-1', '{"kubernetes":{"event-qps":-1}}'],
    ['kubernetes.pod-pids-limit= -1', '{"kubernetes":{"pod-pids-limit":-1}}'],
    ['kubernetes.reserved-cpus=3', '{"kubernetes":{"reserved-cpus":"3"}}'],
    ['kubernetes.kube-reserved.cpu=2', '{"kubernetes":{"kube-reserved":{"cpu":"2"}}}'],
    ['kubernetes.node-labels.stage=true', '{"kubernetes":{"node-labels":{"stage":"true"}}}'],
    ['kernel.sysctl."vm.max_map_count"=262144', '{"kernel":{"sysctl":{"vm.max_map_count":"262144"}}}'],
    ['oci-defaults.capabilities.chown=true', '{"oci-defaults":{"capabilities":{"chown":true}}}'],
  ])('%s', (item, settings) => {
    expect(outcome('aws-k8s', [item])).toBe(settings)
  })

  it('with both limits given', () => {
    const limit = 'oci-defaults.resource-limits.max-open-files'
    expect(outcome('aws-k8s', [`${limit}.hard-limit=-1`, `${limit}.soft-limit=unlimited`])).toBe(
      '{"oci-defaults":{"resource-limits":{"max-open-files":{"hard-limit":-1,"soft-limit":-1}}}}',
    )
  })
})

describe('refused', () => {
  it.each([
    [['motd'], 'SETTINGS_BAD_KEY motd'],
    [['=x'], 'SETTINGS_BAD_KEY'],
    [['a b=x', 'motd=fine', 'settings..x=1'], 'SETTINGS_BAD_KEY a b; SETTINGS_BAD_KEY settings..x'],
    [['settings=1'], 'SETTINGS_BAD_KEY'],
    [['kernel.sysctl.a=1', 'kernel.sysctl.a.b=2'], 'SETTINGS_BAD_KEY'],
    [['kernel.sysctl.a.b=2', 'kernel.sysctl.a=1'], 'SETTINGS_BAD_KEY'],
    [['nope=1'], 'SETTINGS_UNKNOWN_GROUP nope'],
    [['kubernetes.max-pods=-1'], 'SETTINGS_OUT_OF_RANGE kubernetes/max-pods'],
    [['kubernetes.max-pods=1.0'], 'SETTINGS_WRONG_TYPE kubernetes/max-pods write 1'],
    [['kubernetes.max-pods=-0'], 'SETTINGS_WRONG_TYPE kubernetes/max-pods write 0'],
    [['updates.ignore-waves=1'], 'SETTINGS_WRONG_TYPE updates/ignore-waves write true'],
    [['ntp.time-servers=["a"]'], 'SETTINGS_WRONG_TYPE ntp/time-servers lists need the JSON form: --json'],
    [
      ['kubernetes.eviction-hard.memory.available=5%'],
      'SETTINGS_BAD_KEY kubernetes/eviction-hard/memory put the whole name in quotes: "memory.available"; ' +
        'SETTINGS_WRONG_TYPE kubernetes/eviction-hard/memory put the whole name in quotes: "memory.available"',
    ],
    [
      ['oci-defaults.resource-limits.max-open-files.hard-limit=5'],
      'SETTINGS_MISSING_KEY oci-defaults/resource-limits/max-open-files',
    ],
  ])('%j', (items, problems) => {
    expect(outcome('aws-k8s', items)).toBe(problems)
  })
})
