import { describe, expect, it } from 'vitest'
import { MemoryFs } from '../../../src/host/memory-fs.ts'
import { readOsRelease, readOsReleaseText } from '../../../src/lib/os-release.ts'
import { installedFlavour } from '../../../src/netdog/flavour.ts'

const OURS = 'VARIANT_ID=aws-ecs-1\nVERSION_ID=1.24.1\nBUILD_ID=b\nPRETTY_NAME="Bottlerocket OS"\n'

function hostWith(files: Readonly<Record<string, string>>): { fs: MemoryFs; facts: { arch: () => string } } {
  const fs = new MemoryFs()
  for (const directory of ['/usr/lib', '/usr/share/bottlerocket']) fs.makeDirectory(directory)
  for (const [file, text] of Object.entries(files)) fs.writeFile(file, text)
  return { fs, facts: { arch: () => 'x86_64' } }
}

describe('the os-release of a host', () => {
  it("goes before that of a distribution, which may lack a variant's members", () => {
    const host = hostWith({ '/usr/lib/os-release': 'ID=debian\n', '/usr/share/bottlerocket/os-release': OURS })
    expect(readOsRelease(host)).toMatchObject({ variant_id: 'aws-ecs-1', version_id: '1.24.1', arch: 'x86_64' })
    expect(installedFlavour(host.fs)).toBe('wicked')
  })

  it('is the usual one where there is no other', () => {
    const host = hostWith({ '/usr/lib/os-release': OURS })
    expect(readOsReleaseText(host.fs)).toBe(OURS)
    expect(installedFlavour(host.fs)).toBe('wicked')
  })

  it('is missed by its usual name', () => {
    expect(() => readOsReleaseText(hostWith({}).fs)).toThrow(/cannot read \/usr\/lib\/os-release: ENOENT/)
  })
})
