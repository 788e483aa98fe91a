import { describe, expect, it } from 'vitest'
import { PipelineError } from '../../../src/lib/errors.ts'
import { member } from '../../../src/lib/json.ts'
import { loadDefaults } from '../../../src/variants/load.ts'
import { defaultRelease, findVariant, listVariants } from '../../../src/variants/variant.ts'

const failure = (work: () => unknown): PipelineError => {
  try {
    work()
  } catch (error) {
    if (error instanceof PipelineError) return error
  }
  throw new Error('expected a PipelineError')
}

describe('variants', () => {
  it('of the newest release are the default', () => {
    expect(defaultRelease()).toBe('1.24.1')
    expect(listVariants()).toEqual(listVariants('1.24.1'))
    expect(findVariant('aws-ecs-2')).toEqual(findVariant('aws-ecs-2', '1.24.1'))
  })

  it('know their model, backend and platform', () => {
    expect(findVariant('aws-k8s-1.30')).toMatchObject({
      release: '1.24.1',
      name: 'aws-k8s-1.30',
      defaultsSet: 'aws-k8s-1.31',
      modelName: 'aws-k8s',
      networkBackend: 'networkd',
      platform: 'aws',
      kubernetesVersion: '1.30',
    })
    expect(findVariant('aws-ecs-2')).toMatchObject({ modelName: 'aws-ecs-2', networkBackend: 'networkd' })
    expect(findVariant('aws-ecs-2')).not.toHaveProperty('kubernetesVersion')
  })

  it('that do not exist are refused, with the closest name', () => {
    expect(failure(() => findVariant('aws-ecs2'))).toMatchObject({
      code: 'VARIANT_UNKNOWN',
      hint: 'did you mean "aws-ecs-2"?',
    })
    expect(failure(() => findVariant('windows')).hint).toBe(`known variants: ${listVariants().join(', ')}`)
    expect(failure(() => findVariant('constructor')).code).toBe('VARIANT_UNKNOWN')
  })

  it('of an unknown release are refused, with the known ones', () => {
    expect(failure(() => findVariant('aws-ecs-2', '9.9.9'))).toMatchObject({
      code: 'VARIANT_RELEASE_UNKNOWN',
      hint: 'known releases: 1.24.1',
    })
    expect(failure(() => listVariants('../releases/1.24.1')).code).toBe('VARIANT_RELEASE_UNKNOWN')
  })
})

describe('defaults', () => {
  const at = (variant: string, ...path: string[]): unknown =>
    path.reduce<ReturnType<typeof loadDefaults> | undefined>(
      (value, name) => member(value, name) as ReturnType<typeof loadDefaults>,
      loadDefaults(findVariant(variant)),
    )

  it.each([
    ['aws-ecs-2', ['settings', 'oci-defaults', 'resource-limits', 'max-open-files', 'hard-limit'], 4096n],
    ['aws-k8s-1.30', ['settings', 'oci-defaults', 'resource-limits', 'max-open-files', 'hard-limit'], 1048576n],
    [
      'aws-ecs-2',
      ['settings', 'metrics', 'service-checks'],
      ['apiserver', 'chronyd', 'containerd', 'host-containerd', 'docker', 'ecs'],
    ],
    ['aws-k8s-1.30', ['settings', 'kubernetes', 'cloud-provider'], 'external'],
    ['aws-k8s-1.30', ['settings', 'kubernetes', 'hostname-override-source'], 'private-dns-name'],
    [
      'aws-ecs-2',
      ['metadata', 'settings', 'network', 'affected-services'],
      ['containerd', 'docker', 'ecs', 'host-containerd', 'host-containers', 'updog'],
    ],
    ['aws-k8s-1.30', ['metadata', 'settings', 'network', 'hostname', 'setting-generator'], 'netdog generate-hostname'],
    ['aws-k8s-1.30', ['configuration-files', 'kubelet-config', 'mode'], '0600'],
    ['aws-k8s-1.30', ['configuration-files', 'kubelet-server-key', 'mode'], undefined],
    ['aws-ecs-2', ['services', 'dns', 'restart-commands'], ['netdog write-resolv-conf']],
    [
      'aws-ecs-2',
      ['metadata', 'settings', 'updates', 'metadata-base-url', 'setting-generator'],
      "schnauzer-v2 render --requires 'aws@v1' --requires 'updates@v1(helpers=[metadata-prefix, tuf-prefix])' --template '{{ tuf-prefix settings.aws.region }}{{ metadata-prefix settings.aws.region }}/2020-07-07/{{ os.variant_id }}/{{ os.arch }}/'",
    ],
    [
      'aws-k8s-1.30',
      ['metadata', 'settings', 'host-containers', 'admin', 'source', 'setting-generator'],
      "schnauzer-v2 render --requires 'aws@v1(helpers=[ecr-prefix])' --template '{{ ecr-prefix settings.aws.region }}/bottlerocket-admin:v0.11.12'",
    ],
  ] as const)('of %s: %j', (variant, path, expected) => {
    expect(at(variant, ...path)).toEqual(expected)
  })
})
