/** The commands that only show what the package knows: `schema`, `settings`, `variants`. */
import { describe, expect, it } from 'vitest'
import { bottlerocket } from '../../../src/cli/program.ts'
import { MemoryFs } from '../../../src/host/memory-fs.ts'
import { parseJson } from '../../../src/lib/json-parse.ts'
import { member, type JsonValue } from '../../../src/lib/json.ts'
import { userDataSchema } from '../../../src/variants/json-schema.ts'
import { findVariant, listVariants } from '../../../src/variants/variant.ts'
import { runToEnd, testHost } from '../../support/test-host.ts'

const run = (...argv: string[]): ReturnType<typeof runToEnd> => runToEnd(bottlerocket, argv, testHost())

describe('schema', () => {
  it('prints the schema of a variant', async () => {
    const { code, stdout, stderr } = await run('schema', '--variant', 'aws-ecs-2')
    expect([code, stderr]).toEqual([0, ''])
    expect(parseJson(stdout)).toEqual(userDataSchema(findVariant('aws-ecs-2')))
    expect(stdout.endsWith('}\n')).toBe(true)
  })

  it('writes it to a file', async () => {
    const fs = new MemoryFs()
    fs.makeDirectory('/home/u')
    const { code, stdout } = await runToEnd(
      bottlerocket,
      ['schema', '--variant', 'aws-ecs-2', '--release', '1.24.1', '--out', '/home/u/a.json'],
      testHost({ fs }),
    )
    expect([code, stdout]).toEqual([0, ''])
    expect(parseJson(fs.readText('/home/u/a.json'))).toEqual(userDataSchema(findVariant('aws-ecs-2')))
  })

  it.each([
    [['schema'], 2, 'USAGE'],
    [['schema', '--variant', 'aws-ecs-3'], 1, 'VARIANT_UNKNOWN'],
    [['schema', '--variant', 'aws-ecs-2', '--release', '9.9.9'], 1, 'VARIANT_RELEASE_UNKNOWN'],
    [['schema', '--variant', 'aws-ecs-2', '--out', '/no/such/folder/a.json'], 1, 'HOST_FILE_UNWRITABLE'],
  ])('%j fails', async (argv, code, error) => {
    const result = await run(...argv)
    expect(result.code).toBe(code)
    expect(result.stderr).toContain(error)
    expect(result.stdout).toBe('')
  })
})

const keysOf = async (...argv: string[]): Promise<JsonValue[]> => {
  const { code, stdout } = await run('settings', '--format', 'json', ...argv)
  expect(code).toBe(0)
  const report = parseJson(stdout)
  expect(member(report, 'schemaVersion')).toBe(1n)
  return (member(report, 'settings') as JsonValue[]).map((setting) => member(setting, 'writtenKey') as JsonValue)
}

describe('settings', () => {
  it('tells everything about one setting', async () => {
    expect((await run('settings', '--variant', 'aws-k8s-1.30', 'kubernetes.max-pods')).stdout).toBe(
      [
        'settings.kubernetes.max-pods',
        '  How many pods the node runs at most.',
        '  value    an integer from 0 to 4294967295',
        '  example  110',
        '  default  set by pluto, unless the instance type is unknown',
        '  effect   at once',
        '  runs     /usr/bin/systemctl try-restart kubelet.service',
        '',
      ].join('\n'),
    )
  })

  it('tells where variants differ', async () => {
    const { stdout } = await run('settings', 'settings.kubernetes.cloud-provider')
    expect(stdout).toContain(
      [
        '  default  aws-k8s[-nvidia] 1.23 to 1.25: "aws"',
        '           aws-k8s[-nvidia] 1.26 to 1.31, vmware-k8s: "external"',
        '           metal-k8s: ""',
        '  effect   at once',
      ].join('\n'),
    )
    expect(stdout).toContain('only on  aws-k8s[-nvidia], vmware-k8s, metal-k8s\n')
  })

  it('lists many with a line each, or all that is known', async () => {
    const short = await run('settings', '--variant', 'aws-ecs-2', 'ecs')
    expect(short.stdout).toMatch(/^settings\.ecs\.awsvpc-block-imds +Whether tasks .*\.$/m)
    expect(short.stdout).not.toContain('example')
    const long = await run('settings', '--variant', 'aws-ecs-2', '--long', 'ecs')
    expect(long.stdout).toContain(
      'settings.ecs.reserved-memory\n  Memory in MiB that tasks do not get.\n  value    an integer',
    )
  })

  it('says what is secret, stored otherwise, without function or wanted with others', async () => {
    expect((await run('settings', 'server-key')).stdout).toContain('note     secret')
    expect((await run('settings', 'kernel-parameters')).stdout).toContain('note     stored as settings.boot.kernel\n')
    expect((await run('settings', 'log4j')).stdout).toContain('note     without function')
    expect((await run('settings', 'hard-limit')).stdout).toContain('note     has to be given together')
    expect((await run('settings', 'container-registry.credentials')).stdout).toContain('also written creds')
  })

  it('finds by words of key and description, by pattern, and by concrete key', async () => {
    expect(await keysOf('--variant', 'aws-ecs-2', 'IMAGE', 'unused')).toEqual([
      'settings.ecs.image-cleanup-age',
      'settings.ecs.image-cleanup-enabled',
    ])
    expect(await keysOf('--variant', 'aws-ecs-2', 'network.*-proxy')).toEqual([
      'settings.network.https-proxy',
      'settings.network.no-proxy',
    ])
    expect(await keysOf('settings.dns.*')).toHaveLength(2)
    expect(await keysOf('host-containers.admin.enabled')).toEqual(['settings.host-containers.<name>.enabled'])
    expect(await keysOf('boot.kernel.quiet')).toEqual(['settings.boot.kernel-parameters'])
    expect(await keysOf('aws.region')).toEqual(['settings.aws.region'])
  })

  it.each([
    [['settings', 'max-podz'], 'did you mean settings.kubernetes.max-pods?'],
    [
      ['settings', '--variant', 'aws-ecs-2', 'max-pods'],
      'only these variants have it: aws-k8s[-nvidia], metal-k8s, vmware-k8s',
    ],
    [['settings', 'foo'], undefined],
  ])('%j finds nothing, and says what would', async (argv, hint) => {
    const { code, stdout, stderr } = await run(...argv)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr.split('\n').slice(1)).toEqual(hint === undefined ? [''] : [`    hint: ${hint}`, ''])
  })

  it('says on which variants a setting is needed', async () => {
    const { stdout } = await run('settings', 'cluster-dns-ip')
    expect(stdout).toContain(
      '\n  needed   metal-k8s, vmware-k8s: without it pods do not know the DNS service of their cluster\n',
    )
  })

  it('lists everything without a word', async () => {
    const keys = await keysOf('--variant', 'aws-k8s-1.30')
    expect(keys).toContain('settings.motd')
    expect(keys.length).toBeGreaterThan(130)
  })

  it.each([
    [['--variant', 'aws-ecs-2', 'ecs.clustr'], 'did you mean settings.ecs.cluster?'],
    [
      ['--variant', 'aws-ecs-2', 'kubernetes.max-pods'],
      'only these variants have it: aws-k8s[-nvidia], metal-k8s, vmware-k8s',
    ],
    [['nothing of the kind'], 'SETTINGS_UNKNOWN_KEY'],
  ])('%j is not found', async (argv, text) => {
    const { code, stdout, stderr } = await run('settings', ...argv)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain(text)
  })

  it('gives groups of variants with what differs', async () => {
    const report = parseJson((await run('settings', '--format', 'json', 'motd')).stdout)
    const [setting] = member(report, 'settings') as JsonValue[]
    const [group, ...others] = member(setting, 'variants') as JsonValue[]
    expect(others).toEqual([])
    expect(member(group, 'names')).toEqual(listVariants())
    expect(member(group, 'origins')).toEqual([
      { kind: 'default', key: 'settings.motd', value: 'Welcome to Bottlerocket!' },
    ])
    expect(member(group, 'services')).toEqual([{ name: 'motd', files: ['/etc/motd'], restartCommands: [] }])
  })
})

describe('variants', () => {
  it('lists them', async () => {
    const { code, stdout } = await run('variants')
    const [title, ...rows] = stdout.trimEnd().split('\n')
    expect(code).toBe(0)
    expect(title).toMatch(/^VARIANT +PLATFORM +KUBERNETES +SETTINGS MODEL +DEFAULTS +NETWORK$/)
    expect(rows.map((row) => row.split(' ', 1)[0])).toEqual(listVariants())
    const report = parseJson((await run('variants', '--format', 'json')).stdout)
    expect((member(report, 'variants') as JsonValue[])[0]).toEqual({
      name: 'aws-dev',
      release: '1.24.1',
      platform: 'aws',
      model: 'aws-dev',
      defaults: 'aws-dev',
      networkBackend: 'networkd',
    })
  })

  it('compares two', async () => {
    const { stdout } = await run('variants', 'diff', 'aws-ecs-2', 'aws-ecs-2-nvidia')
    expect(stdout).toBe(
      [
        '- aws-ecs-2',
        '+ aws-ecs-2-nvidia',
        '',
        'Defaults',
        '  - settings.kernel.lockdown  "integrity"',
        '  + settings.kernel.lockdown  "none"',
        '',
        'Services that see a change',
        '  - settings.oci-hooks.log4j-hotpatch-enabled  log4j-hotpatch-enabled',
        '  + settings.oci-hooks.log4j-hotpatch-enabled  oci-hooks',
        '',
        'Files and their templates (~: the same template with other lines)',
        '  - /etc/deprecated-settings/log4j-hotpatch-enabled  log4j-hotpatch-enabled',
        '  - /etc/docker/daemon.json                          docker-daemon-json',
        '  + /etc/docker/daemon.json                          docker-daemon-nvidia-json',
        '  + /etc/shimpei/nvidia-oci-hooks.json               nvidia-oci-hooks-json',
        '',
        'Restart commands of services',
        '  - log4j-hotpatch-enabled  systemctl restart deprecation-warning@log4j-hotpatch-enabled.timer',
        '',
      ].join('\n'),
    )
  })

  it('tells of another network manager and another Kubernetes', async () => {
    const { stdout } = await run('variants', 'diff', 'aws-k8s-1.27', 'aws-k8s-1.28')
    expect(stdout).toContain(
      '\nVariants\n  - Kubernetes  1.27\n  + Kubernetes  1.28\n  - network     wicked\n  + network     networkd\n',
    )
  })

  it('names tables that one lacks, but not what is in them, and templates that differ between versions', async () => {
    const { stdout } = await run('variants', 'diff', 'aws-k8s-1.30', 'metal-k8s-1.28')
    expect(stdout).toContain('  - settings.cloudformation ')
    expect(stdout).not.toContain('settings.cloudformation.should-signal  Whether')
    const { stdout: versions } = await run('variants', 'diff', 'aws-k8s-1.26', 'aws-k8s-1.27')
    expect(versions).toContain('  ~ /etc/systemd/system/kubelet.service.d/exec-start.conf')
    expect(stdout).toMatch(/^ {2}- settings\.kubernetes\.max-pods +pluto$/m)
    expect(stdout).toContain('  + settings.kubernetes.node-ip')
  })

  it.each(['aws-dev', 'aws-k8s-1.31-nvidia'])('%s does not differ from itself', async (name) => {
    expect((await run('variants', 'diff', name, name)).stdout).toBe(`- ${name}\n+ ${name}\n\nno difference\n`)
  })

  it('is the same the other way round', async () => {
    const report = async (a: string, b: string): Promise<JsonValue> =>
      parseJson((await run('variants', 'diff', a, b, '--format', 'json')).stdout)
    const [there, back] = [await report('aws-dev', 'vmware-dev'), await report('vmware-dev', 'aws-dev')]
    for (const area of ['settings', 'defaults', 'generators', 'affectedServices', 'files', 'services']) {
      const turned = (member(back, area) as JsonValue[]).map((difference) => ({
        name: member(difference, 'name'),
        from: member(difference, 'to'),
        to: member(difference, 'from'),
      }))
      const straight = (member(there, area) as JsonValue[]).map((difference) => ({
        name: member(difference, 'name'),
        from: member(difference, 'from'),
        to: member(difference, 'to'),
      }))
      expect(straight).toEqual(turned)
    }
    expect(member(member(there, 'from'), 'name')).toBe('aws-dev')
  })

  it.each([
    [['variants', 'compare']],
    [['variants', 'diff', 'aws-dev']],
    [['variants', 'diff', 'aws-dev', 'metal-dev', 'vmware-dev']],
    [['variants', '--format', 'yaml']],
    [['settings', '--nonsense']],
  ])('%j is bad usage', async (argv) => {
    const { code, stderr } = await run(...argv)
    expect(code).toBe(2)
    expect(stderr).toContain('usage: bottlerocket')
  })
})
