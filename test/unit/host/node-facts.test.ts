import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { nodeFacts, parseLspci } from '../../../src/host/node-facts.ts'
import { SpawnRunner } from '../../../src/host/spawn-runner.ts'

describe('what lspci prints', () => {
  test.each([
    ['', []],
    ['00:1d.0 "0200" "1d0f" "efa1" "" ""\n', [{ vendor: '1d0f', device: 'efa1' }]],
    ['00:1d.0 "0200" "1d0f" "ec20" -p00 "1d0f" "ec20"\n', [{ vendor: '1d0f', device: 'ec20' }]],
    ['00:1d.0 "0200" "1d0f" "ec20" "1d0f" "ec20" -r01 -p00\n', [{ vendor: '1d0f', device: 'ec20' }]],
    ['00:1d.0 "0200" "1d0f" "EFA0"', [{ vendor: '1d0f', device: 'EFA0' }]],
    [
      '00:05.0 0200 1d0f ec20\r\n00:1d.0 "0200" "1d0f" "efa0"\r\n',
      [
        { vendor: '1d0f', device: 'ec20' },
        { vendor: '1d0f', device: 'efa0' },
      ],
    ],
  ])('%j', (text, devices) => {
    expect(parseLspci(text)).toEqual(devices)
  })

  test.each(['00:1d.0 "0200" "1d0f"\n', 'lspci: broken\n', '00:1d.0 "0200" "1d0f" "efa0" "1d0f"\n'])(
    '%j is no device',
    (text) => {
      expect(() => parseLspci(text)).toThrow('no device')
    },
  )
})

describe('the devices of a host', () => {
  let directory: string
  let lspci: string
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'lspci-'))
    lspci = path.join(directory, 'lspci')
  })
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true })
  })
  const stub = (script: string): void => {
    writeFileSync(lspci, `#!/bin/sh\n${script}\n`)
    chmodSync(lspci, 0o755)
  }
  const devices = (): ReturnType<ReturnType<typeof nodeFacts>['pciDevices']> =>
    nodeFacts(new SpawnRunner({ PATH: '/usr/bin:/bin' }), lspci).pciDevices()

  test('are those of the vendor', async () => {
    stub('[ "$*" = "-n -m -d 1d0f:::" ] && echo \'00:1d.0 "0200" "1d0f" "efa2" "" ""\'')
    expect(await devices()).toEqual([{ vendor: '1d0f', device: 'efa2' }])
  })

  test('are none without lspci', async () => {
    expect(await devices()).toEqual([])
  })

  test.each([
    ['fails', 'exit 3', 'exit status 3'],
    ['is killed', 'kill -9 $$', 'SIGKILL'],
    ['prints something else', 'echo oops', "no device: 'oops'"],
  ])('cannot be told when it %s', async (_, script, reason) => {
    stub(script)
    await expect(devices()).rejects.toMatchObject({ code: 'HOST_COMMAND_FAILED' })
    await expect(devices()).rejects.toThrow(reason)
  })

  test('cannot be told when it does not start', async () => {
    writeFileSync(lspci, 'no program')
    await expect(devices()).rejects.toMatchObject({ code: 'HOST_COMMAND_FAILED' })
  })
})
