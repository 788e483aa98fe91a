/** What systemd itself has to say of the units, in a root that `install` filled and that has every program of others. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ownName } from '../../src/cli/install/needs.ts'
import { isTemplateUnit, programsOfUnit } from '../../src/units/unit-file.ts'
import { unitsOf } from '../../src/units/host-units.ts'
import { findVariant } from '../../src/variants/variant.ts'
import { runTool, temporaryDirectory } from '../support/run-tool.ts'

const directory = temporaryDirectory()
afterAll(() => {
  directory.remove()
})
/** Programs of a distribution that units and settings start. */
const STOCK = ['/usr/bin/systemctl', '/usr/bin/node', '/usr/bin/host-containers', '/usr/bin/certdog']

function makeRoot(name: string, programs: readonly string[]): string {
  const root = path.join(directory.path, name)
  for (const each of ['etc', 'run', 'usr/bin', 'usr/sbin', 'usr/lib/systemd']) {
    mkdirSync(path.join(root, each), { recursive: true })
  }
  for (const each of ['bin', 'lib', 'sbin']) symlinkSync(`usr/${each}`, path.join(root, each))
  cpSync('/usr/lib/systemd/system', path.join(root, 'usr/lib/systemd/system'), {
    recursive: true,
    verbatimSymlinks: true,
  })
  writeFileSync(path.join(root, 'etc/machine-id'), '')
  for (const program of programs) writeFileSync(path.join(root, program), '', { mode: 0o755 })
  return root
}

function verify(root: string, units: readonly string[]): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', `--root=${root}`, ...units], { encoding: 'utf8' })
  return { status, stderr }
}

describe.each(['aws-k8s-1.30', 'aws-ecs-2-nvidia', 'aws-ecs-1', 'vmware-k8s-1.29', 'metal-dev'])('%s', (variant) => {
  const units = unitsOf(findVariant(variant), { isGeneral: true, hasProgram: () => false })
  const own = new Set(['bin', 'sbin'].map((each) => `/usr/${each}`))
  const programs = units
    .flatMap(({ content }) => programsOfUnit(content))
    .map((program) => (program.startsWith('/usr') ? program : `/usr${program}`))
    .filter((program) => own.has(path.dirname(program)))

  it('has units that systemd accepts without a word', async () => {
    const ofOthers = programs.filter((program) => ownName(program) === undefined)
    const root = makeRoot(variant, [
      ...new Set([...ofOthers, ...STOCK, '/usr/bin/kubelet', '/usr/bin/bootstrap-commands']),
    ])
    const installed = await runTool('bottlerocket', [
      'install',
      '--variant',
      variant,
      '--root',
      root,
      '--format',
      'json',
    ])
    expect(installed).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(installed.stdout)).toMatchObject({ notEnabled: [], generalHost: true })
    const names = readdirSync(path.join(root, 'usr/local/lib/systemd/system'), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => (isTemplateUnit(name) ? name.replace('@', '@name') : name))
    expect(names.length).toBeGreaterThan(30)
    expect(verify(root, names)).toEqual({ status: 0, stderr: '' })
    // and would say one
    rmSync(path.join(root, 'usr/bin/storewolf'))
    expect(verify(root, ['storewolf.service']).stderr).toMatch(/storewolf is not executable/)
  })
})
