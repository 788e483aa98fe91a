import { describe, expect, test } from 'vitest'
import { encodeUtf8 } from '../../../src/lib/utf8.ts'
import { parseNetToml, type NetToml } from '../../../src/netdog/net-config/parse.ts'
import { generatedFiles } from '../../support/network-files.ts'
import { ACCEPTED, REJECTED } from '../../support/net-toml-cases.ts'

const parse = (text: string): NetToml => parseNetToml(encodeUtf8(text), 'net.toml')

function faultsOf(read: NetToml): string {
  if (read.ok) return 'accepted'
  return read.diagnostics
    .map(({ code, at, path }) => [code, `${String(at?.line)}:${String(at?.column)}`, path].filter(Boolean).join(' '))
    .join(', ')
}

describe('net.toml', () => {
  test.each(ACCEPTED)('may have %s', (_rule, text) => {
    expect(faultsOf(parse(text))).toBe('accepted')
  })

  test.each(REJECTED)('may not have %s', (_rule, text, faults) => {
    const read = parse(text)
    expect(faultsOf(read)).toBe(faults)
    expect(!read.ok && read.diagnostics.every(({ severity, message }) => severity === 'error' && message !== '')).toBe(
      true,
    )
  })

  test('every fault has its place and says what to do', () => {
    const faults = REJECTED.flatMap(([, text]) => {
      const read = parse(text)
      return read.ok ? [] : read.diagnostics
    })
    expect(faults.filter(({ at }) => at?.file !== 'net.toml')).toEqual([])
    const withHint = faults.filter(({ hint }) => hint !== undefined)
    expect(withHint.length / faults.length).toBeGreaterThan(0.6)
  })

  test.each([
    ['version = 1\n[e]\ndhcp4 = true\ndchp6 = true', 'did you mean "dhcp6"?'],
    ['version = 2\n[e]\ndhcp4 = true\nkind = "bond"', 'bonds and VLANs need version = 3'],
    ['version = 1\n[e]\ndhcp4 = "true"', undefined],
    ['version = 1\n[e]\ndhcp4 = true\nprimary = "true"', 'write true without quotes'],
    ['version = 3\n[e]\ndhcp4 = true\ninterfaces = ["p"]', 'only bonds have it: add kind = "bond"'],
    ['version = 3\n[e]\nkind = "bonds"\ndhcp4 = true', 'did you mean "bond"?'],
    ['version = 2\n["52:54:00:ab:cd:ef"]\ndhcp4 = true', 'a MAC address as key needs version = 3'],
    [
      'version = 2\n[e]\nstatic4 = { addresses = [] }\nroute = [{ to = "default", gateway = "::1" }]',
      'did you mean "via"?',
    ],
    ['version = 2\n[[e]]\ndhcp4 = true', 'write [e], with one bracket'],
    ['version = 2\n[e.static4]\naddresses = []\n[e.route]\nto = "default"', 'write [[e.route]], with two brackets'],
  ])('%j: %s', (text, hint) => {
    const read = parse(text)
    expect(!read.ok && read.diagnostics[0]?.hint).toBe(hint)
  })

  test('what is named twice points at the first place', () => {
    const read = parse('version = 1\n[a]\ndhcp4 = true\nprimary = true\n[b]\ndhcp4 = true\nprimary = true')
    expect(!read.ok && read.diagnostics[0]?.related).toMatchObject([{ at: { line: 4, column: 11 } }])
  })

  test('bytes that are no text are refused', () => {
    expect(faultsOf(parseNetToml(Uint8Array.of(0x76, 0xff), 'net.toml'))).toBe('USERDATA_NOT_UTF8 1:1')
  })

  test.each([
    ['[z.dhcp4]\nenabled = true\n[a]\ndhcp4 = true', ['z', 'a']],
    ['[a]\n[b]\ndhcp4 = true\n[a.dhcp4]\nenabled = true', ['a', 'b']],
    ['[a.dhcp4]\nenabled = true\n[b]\ndhcp4 = true\n[a]', ['b', 'a']],
    ['[a.dhcp4]\nenabled = true\n[b]\ndhcp4 = true\n[c]\ndhcp4 = true\n[a]', ['b', 'c', 'a']],
    ['[7]\ndhcp4 = true\n[3]\ndhcp4 = true', ['7', '3']],
    ['b = { dhcp4 = true }\na.dhcp4 = true\n[1]\ndhcp4 = true', ['b', 'a', '1']],
  ])('the devices of %j are in the order %j', (text, order) => {
    const read = parse(`version = 2\n${text}`)
    expect(read.ok && read.config.devices.map(({ id }) => id.text)).toEqual(order)
  })

  test('two spellings of a MAC address are one device, at the first place, as the last one says', () => {
    const read = parse(
      'version = 3\n[52-54-00-ab-cd-ef]\ndhcp4 = true\n[e]\ndhcp4 = true\n["52:54:00:AB:CD:EF"]\ndhcp6 = true',
    )
    expect(
      read.ok && read.config.devices.map(({ id, dhcp4, dhcp6 }) => [id.text, dhcp4 !== undefined, dhcp6 !== undefined]),
    ).toEqual([
      ['52:54:00:ab:cd:ef', false, true],
      ['e', true, false],
    ])
    expect(read.ok && read.warnings).toMatchObject([{ code: 'NET_DEVICE_SHADOWED', at: { line: 6, column: 2 } }])
  })

  test('faults of a device that is dropped count, too', () => {
    const read = parse('version = 3\n[52-54-00-ab-cd-ef]\ndhcp4 = 1\n["52:54:00:AB:CD:EF"]\ndhcp6 = true')
    expect(faultsOf(read)).toContain('NET_WRONG_TYPE 3:9')
  })
})

describe('generate-net-config', () => {
  test.each(REJECTED)('writes nothing for a net.toml with %s', async (_rule, text, faults) => {
    for (const flavour of ['networkd', 'wicked'] as const) {
      const run = await generatedFiles({ netToml: text }, flavour)
      expect(run).toMatchObject({ exitCode: 1, stdout: '', files: {} })
      expect(run.stderr).toContain('error[NET_CONFIG_INVALID]')
      for (const fault of faults.split(', ')) {
        const [code = '', place = ''] = fault.split(' ')
        expect(run.stderr).toContain(`/var/lib/netdog/net.toml:${place}: error[${code}]`)
      }
    }
  })

  test.each(ACCEPTED)('writes files for a net.toml with %s', async (_rule, text) => {
    for (const flavour of ['networkd', 'wicked'] as const) {
      const run = await generatedFiles({ netToml: text }, flavour)
      expect(run).toMatchObject({ exitCode: 0, stdout: '' })
      expect(Object.keys(run.files).length).toBeGreaterThan(text === 'version = 2' ? -1 : 1)
    }
  })
})
