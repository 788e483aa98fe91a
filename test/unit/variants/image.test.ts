import { describe, expect, it } from 'vitest'
import { jsonEquals } from '../../../src/lib/json.ts'
import { decodeUtf8 } from '../../../src/lib/utf8.ts'
import { parseTrustedToml } from '../../../src/toml/trusted-toml.ts'
import { imageTree } from '../../../src/variants/image.ts'
import { loadDefaults } from '../../../src/variants/load.ts'
import { findVariant, listVariants } from '../../../src/variants/variant.ts'

const text = (variant: string, path: string): string => {
  const entry = imageTree(findVariant(variant)).get(path)
  if (entry?.kind !== 'file') throw new Error(`${path} is no file of the image`)
  return decodeUtf8(entry.read())
}

const links = (variant: string, directory: string): [string, string][] =>
  [...imageTree(findVariant(variant))].flatMap(([path, entry]): [string, string][] =>
    path.startsWith(`${directory}/`) && entry.kind === 'symlink'
      ? [[path.slice(directory.length + 1), entry.target]]
      : [],
  )

describe('image tree', () => {
  it.each(listVariants())('of %s can be read to the last file', (name) => {
    for (const [path, entry] of imageTree(findVariant(name))) {
      expect(path).toMatch(/^\/(etc|usr)\//)
      if (entry.kind === 'file') expect(entry.read().length, path).toBeGreaterThan(0)
    }
  })

  it.each(listVariants())('of %s has the defaults as one TOML document', (name) => {
    const document = parseTrustedToml(text(name, '/etc/storewolf/defaults.toml'))
    expect(jsonEquals(document, loadDefaults(findVariant(name)))).toBe(true)
  })

  it('names the release', () => {
    const lines = text('aws-k8s-1.30', '/usr/lib/os-release').split('\n')
    expect(lines).toEqual(
      expect.arrayContaining([
        'ID=bottlerocket',
        'VERSION_ID=1.24.1',
        'VARIANT_ID=aws-k8s-1.30',
        'PRETTY_NAME="Bottlerocket OS 1.24.1 (aws-k8s-1.30)"',
      ]),
    )
    expect(lines.filter((line) => /^BUILD_ID=./.test(line))).toHaveLength(1)
  })

  it('links the user data providers of the platform', () => {
    expect(links('aws-ecs-2', '/usr/libexec/early-boot-config/data-providers.d').sort()).toEqual([
      ['10-local-defaults', '../bin/local-defaults-user-data-provider'],
      ['20-local-user-data', '../bin/local-file-user-data-provider'],
      ['30-ec2-identity-doc', '../bin/ec2-identity-doc-user-data-provider'],
      ['40-ec2-imds', '../bin/ec2-imds-user-data-provider'],
      ['99-local-overrides', '../bin/local-overrides-user-data-provider'],
    ])
  })

  it('links the disc and the variables of the hypervisor on VMware, and neither on metal', () => {
    const names = (variant: string): string[] =>
      links(variant, '/usr/libexec/early-boot-config/data-providers.d').map(([name, target]) => `${name} ${target}`)
    const everywhere = [
      '10-local-defaults ../bin/local-defaults-user-data-provider',
      '20-local-user-data ../bin/local-file-user-data-provider',
      '99-local-overrides ../bin/local-overrides-user-data-provider',
    ]
    expect(names('metal-k8s-1.29').sort()).toEqual(everywhere)
    expect(names('vmware-k8s-1.30').sort()).toEqual(
      [
        ...everywhere,
        '30-vmware-cd-rom ../bin/vmware-cd-rom-user-data-provider',
        '40-vmware-guestinfo ../bin/vmware-guestinfo-user-data-provider',
      ].sort(),
    )
  })

  it('links the host name detectors of the platform', () => {
    expect(
      links('aws-ecs-2', '/usr/libexec/hostname-detectors').map(([name, target]) => [name, target.split('/').at(-1)]),
    ).toEqual([
      ['10-reverse-dns', 'reverse-dns-hostname-detector'],
      ['20-imds', 'imds-hostname-detector'],
    ])
  })

  it('has the pods per instance type on AWS Kubernetes only', () => {
    const path = '/usr/share/eks/eni-max-pods'
    expect(imageTree(findVariant('aws-ecs-2')).has(path)).toBe(false)
    const rows = text('aws-k8s-1.30', path)
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
    expect(rows).toHaveLength(824)
    expect(rows.every((row) => /^[a-z0-9-]+\.[a-z0-9-]+ [1-9][0-9]*$/.test(row))).toBe(true)
    expect(rows).toEqual(
      expect.arrayContaining(['m5.large 29', 't3.medium 17', 'c5n.metal 737', 'p5.48xlarge 100', 'trn1n.32xlarge 247']),
    )
    expect([...rows].sort()).toEqual(rows)
  })

  it('takes the kubelet templates of its Kubernetes version', () => {
    expect(text('aws-k8s-1.30', '/usr/share/templates/kubelet-config')).toContain('KubeletConfiguration')
  })
})
