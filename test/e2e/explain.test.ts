/** `bottlerocket explain` as it is shipped: the bundle, which reads layers from the build's output. */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parseJson } from '../../src/lib/json-parse.ts'
import { isJsonArray, member } from '../../src/lib/json.ts'
import { runTool, temporaryDirectory } from '../support/run-tool.ts'

const directory = temporaryDirectory()
afterAll(() => {
  directory.remove()
})

const USER_DATA = `# bottlerocket: variant=aws-k8s-1.30
[settings.kubernetes]
max-pods = 58
`
const file = path.join(directory.path, 'my.toml')
writeFileSync(file, USER_DATA)

const explain = (...args: string[]): ReturnType<typeof runTool> =>
  runTool('bottlerocket', ['explain', ...args], { cwd: directory.path })

describe('explain', () => {
  it('tells the layers of a setting and the keys that it ends up in', async () => {
    const { code, stdout, stderr } = await explain('settings.kubernetes.max-pods', '--user-data', 'my.toml')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('fragments/kubernetes-services.toml:')
    expect(stdout).toContain('user data, my.toml:3:1\n')
    expect(stdout).toContain('maxPods              src/templates/kubelet-config:')
  })

  it('tells where keys of YAML, TOML, JSON and units come from', async () => {
    const keys = [
      ['/etc/kubernetes/kubelet/config', 'clusterDomain', 'fragments/kubernetes-services.toml:'],
      ['/etc/containerd/config.toml', 'sandbox_image', 'none: it is always so'],
      ['/etc/containerd/cri-base.json', 'process.capabilities.bounding', 'oci-defaults-capabilities.toml:'],
      [
        '/etc/systemd/system/kubelet.service.d/exec-start.conf',
        'ExecStart.--cloud-provider',
        'settings.kubernetes.cloud-provider',
      ],
    ] as const
    for (const [name, key, said] of keys) {
      const { code, stdout } = await explain(name, key, '--user-data', file)
      expect([key, code]).toEqual([key, 0])
      expect(stdout).toContain(said)
    }
  }, 30_000)

  it('takes user data from standard input and gives a report', async () => {
    const { code, stdout } = await runTool(
      'bottlerocket',
      ['explain', 'kubelet/config', 'maxPods', '--user-data', '-', '--format', 'json'],
      { stdin: USER_DATA },
    )
    expect(code).toBe(0)
    const report = parseJson(stdout)
    expect(member(report, 'schemaVersion')).toBe(1n)
    const parts = member(report, 'parts')
    expect(isJsonArray(parts) ? parts.map((part) => member(part, 'text')) : []).toEqual(['maxPods: 58'])
  })

  it.each([
    [['settings.kubernetes.max-pod'], 1, 'did you mean settings.kubernetes.max-pods?'],
    [['/etc/kubernetes/kubelet/config'], 2, 'give --variant NAME'],
    [[], 2, 'usage: bottlerocket explain'],
  ])('%j fails', async (words, code, text) => {
    const result = await explain(...words)
    expect([result.code, result.stdout]).toEqual([code, ''])
    expect(result.stderr).toContain(text)
  })
})
