/** The same odd input to every provider that reads user data: what each of them makes of it. */
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { ec2Imds } from '../../../src/early-boot/providers/ec2-imds.ts'
import { localDefaults } from '../../../src/early-boot/providers/local-defaults.ts'
import { localFile } from '../../../src/early-boot/providers/local-file.ts'
import { localOverrides } from '../../../src/early-boot/providers/local-overrides.ts'
import { vmwareCdRom } from '../../../src/early-boot/providers/vmware-cd-rom.ts'
import { vmwareGuestinfo } from '../../../src/early-boot/providers/vmware-guestinfo.ts'
import { createMetadataHandler, httpOverHandler } from '../../../src/imds-server/handler.ts'
import { completeMetadata } from '../../../src/lib/facts.ts'
import { runToEnd, testHost, type ProgramRun, type TestHost } from '../../support/test-host.ts'

type Input = Uint8Array | undefined

function withFile(path: string, content: Input): TestHost {
  const host = testHost()
  host.fs.makeDirectory(path.slice(0, path.lastIndexOf('/')))
  if (content !== undefined) host.fs.writeFile(path, content)
  return host
}

const metadata = (content: Input): TestHost => {
  const userData = content === undefined ? {} : { userData: { base64: Buffer.from(content).toString('base64') } }
  return testHost({ http: httpOverHandler(createMetadataHandler({ imds: completeMetadata(userData) })) })
}

const guestinfo = (content: Input): Promise<ProgramRun> => {
  const text = content === undefined ? undefined : Buffer.from(Buffer.from(content).toString('base64'))
  const host = withFile('/vars/guestinfo.userdata', text)
  host.fs.writeFile('/vars/guestinfo.userdata.encoding', 'gzip+base64')
  return runToEnd(vmwareGuestinfo, ['--guestinfo-dir', '/vars'], host)
}

const READERS = {
  file: [
    (content: Input) => runToEnd(localFile, [], withFile('/var/lib/bottlerocket/user-data.toml', content)),
    (content: Input) => runToEnd(localDefaults, [], withFile('/local/user-data-defaults.toml', content)),
    (content: Input) => runToEnd(localOverrides, [], withFile('/local/user-data-overrides.toml', content)),
  ],
  imds: [(content: Input) => runToEnd(ec2Imds, [], metadata(content))],
  disc: [(content: Input) => runToEnd(vmwareCdRom, [], withFile('/media/cdrom/user-data', content))],
  guestinfo: [guestinfo],
}

/** `-`: no data; a text: the settings; `!`: an error. */
type Verdicts = Readonly<Record<keyof typeof READERS, string>>
const all = (verdict: string): Verdicts => ({ file: verdict, imds: verdict, disc: verdict, guestinfo: verdict })
const text = (content: string): Uint8Array => Buffer.from(content)

function verdictOf({ code, stdout }: ProgramRun): string {
  if (code !== 0) {
    expect(code).toBe(1)
    expect(stdout).toMatch(/^error\[[A-Z0-9_]+\] ./)
    return '!'
  }
  return stdout === '\n' ? '-' : (/^\{"json":(.*),"desc":"[^"]+"\}\n$/.exec(stdout)?.[1] ?? stdout)
}

describe('user data that is odd', () => {
  it.each<[string, Input, Verdicts]>([
    ['missing', undefined, all('-')],
    ['zero bytes', text(''), { ...all('-'), guestinfo: '!' }],
    ['gzip of nothing', gzipSync(''), { ...all('-'), guestinfo: '!' }],
    ['white space', text(' \n\t\r\n'), { ...all('!'), imds: '-' }],
    ['white space in gzip', gzipSync('\n'), { ...all('!'), imds: '-' }],
    ['white space beyond ASCII', text('\u00a0\u0085\u3000'), { ...all('!'), imds: '-' }],
    ['a byte order mark', text('\ufeff'), all('!')],
    ['a byte order mark and settings', text('\ufeffsettings.motd = "x"'), all('{"motd":"x"}')],
    ['a comment', text('# nothing'), all('!')],
    ['other tables only', text('[setting]\nmotd = "x"'), all('!')],
    ['bad TOML', text('settings.motd = x'), all('!')],
    ['a key twice, outside of settings', text('a = 1\na = 2\n[settings]'), all('!')],
    ['a control character in a comment', text('# \u0001\n[settings]'), all('!')],
    ['bytes that are no UTF-8', Uint8Array.of(0x23, 0xff), all('!')],
    ['bytes that are no UTF-8 in gzip', gzipSync(Uint8Array.of(0x23, 0xff)), all('!')],
    ['broken gzip', gzipSync('settings.motd = "x"').subarray(0, 25), all('!')],
    ['one byte of the two that gzip has', Uint8Array.of(0x1f), all('!')],
    ['zstd', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd), all('!')],
    ['JSON', text('{"settings":{"motd":"x"}}'), all('!')],
    ['an empty table', text('[settings]'), all('{}')],
    ['settings that are no table', text('settings = 5'), all('5')],
    ['plain TOML', text('settings.motd = "x"'), all('{"motd":"x"}')],
    ['TOML in gzip', gzipSync('settings.motd = "x"'), all('{"motd":"x"}')],
    [
      'a second gzip member, which is ignored',
      Buffer.concat([gzipSync('settings.motd = "x"'), gzipSync('\nsettings.motd = "y"')]),
      all('{"motd":"x"}'),
    ],
    ['garbage behind gzip', Buffer.concat([gzipSync('settings.motd = "x"'), text('\u0000?')]), all('{"motd":"x"}')],
    [
      'numbers of both kinds, a date, no number',
      text('settings.a = 1.0\nsettings.b = 1\nsettings.c = nan\nsettings.d = 2024-01-02\n'),
      all('{"a":1.0,"b":1,"c":null,"d":{"$__toml_private_datetime":"2024-01-02"}}'),
    ],
  ])('%s', async (_name, content, verdicts) => {
    for (const [kind, expected] of Object.entries(verdicts) as [keyof Verdicts, string][]) {
      for (const read of READERS[kind]) {
        expect(`${kind} ${verdictOf(await read(content))}`).toBe(`${kind} ${expected}`)
      }
    }
  })
})
