import { describe, expect, test } from 'vitest'
import { parseJson } from '../../../src/lib/json-parse.ts'
import type { PciDevice } from '../../../src/lib/ports.ts'
import { createRenderer } from '../../../src/thar-be-settings/engine.ts'
import { testHost } from '../../support/apply-host.ts'

const LIMITS = `[required-extensions]
oci-defaults = { version = "v1", helpers = ["oci_defaults"] }
+++
{{oci_defaults "containerd" settings.oci-defaults.resource-limits}}`

function renderLimits(...pciDevices: PciDevice[]): Promise<string> {
  const host = testHost()
  const facts = { ...host.facts, pciDevices: () => Promise.resolve(pciDevices) }
  const model = parseJson('{"settings":{"oci-defaults":{"resource-limits":{}}},"os":{}}')
  return createRenderer(model, { ...host, facts })('limits', LIMITS)
}

describe('facts', () => {
  test('an Elastic Fabric Adapter lifts the limit of locked memory', async () => {
    expect(await renderLimits({ vendor: '1d0f', device: 'ec20' }, { vendor: '1d0f', device: 'efa1' })).toContain(
      'MEMLOCK',
    )
  })

  test.each<PciDevice[]>([
    [],
    [{ vendor: '1d0f', device: 'ec20' }],
    [{ vendor: '1d0f', device: 'EFA0' }],
    [{ vendor: '8086', device: 'efa0' }],
  ])('other devices do not', async (...devices) => {
    expect(await renderLimits(...devices)).not.toContain('MEMLOCK')
  })
})

test('devices are asked for once, and only by templates that need them', async () => {
  let asked = 0
  const host = testHost()
  const pciDevices = (): Promise<readonly PciDevice[]> => {
    asked++
    return Promise.resolve([])
  }
  const model = parseJson('{"settings":{"oci-defaults":{"resource-limits":{}}},"os":{}}')
  const render = createRenderer(model, { ...host, facts: { ...host.facts, pciDevices } })
  await render('plain', '+++\nx')
  expect(asked).toBe(0)
  await render('limits', LIMITS)
  await render('limits', LIMITS)
  expect(asked).toBe(1)
})

describe('devices that cannot be read', () => {
  const failing = (): ReturnType<typeof createRenderer> => {
    const host = testHost()
    const pciDevices = (): Promise<never> => Promise.reject(new Error('lspci: exit status 1'))
    const model = parseJson(
      '{"settings":{"oci-defaults":{"resource-limits":{},"capabilities":{"chown":true}}},"os":{}}',
    )
    return createRenderer(model, { ...host, facts: { ...host.facts, pciDevices } })
  }

  test('fail a file that depends on them', async () => {
    await expect(failing()('limits', LIMITS)).rejects.toMatchObject({
      code: 'TEMPLATE_HELPER_FAILED',
      message: expect.stringContaining('the PCI devices cannot be read: lspci: exit status 1') as string,
    })
  })

  test('fail no other', async () => {
    const render = failing()
    expect(await render('plain', '+++\nx')).toBe('x')
    expect(await render('capabilities', LIMITS.replace('.resource-limits', '.capabilities'))).toContain('CAP_CHOWN')
  })
})

test('a name is looked up once for all templates', async () => {
  const asked: string[] = []
  const host = testHost()
  const resolver = {
    ...host.resolver,
    lookup: (name: string) => {
      asked.push(name)
      return Promise.resolve([])
    },
  }
  const model = parseJson('{"settings":{"network":{"hostname":"node.example"}},"os":{}}')
  const render = createRenderer(model, { ...host, resolver })
  const template = `[required-extensions]
network = { version = "v1", helpers = ["localhost_aliases"] }
+++
{{localhost_aliases "ipv4" settings.network.hostname settings.network.hosts}}`
  expect(await render('a', template)).toContain('node.example')
  expect(await render('b', template)).toContain('node.example')
  expect(asked).toEqual(['node.example'])
})

test.each(['[]', '{}', '{"settings":{}}', '{"settings":{},"os":[]}', '{"settings":null,"os":{}}'])(
  'the answer %s is refused',
  (answer) => {
    expect(() => createRenderer(parseJson(answer), testHost())).toThrow('settings and OS data')
  },
)
