/** The read-only files of a variant's image, as far as the programs of this package read them. */
import type { ImageEntry, ImageTree } from '../lib/image-tree.ts'
import { PATHS } from '../lib/paths.ts'
import { encodeUtf8 } from '../lib/utf8.ts'
import { releaseFile } from './assets.ts'
import { defaultsText, templatesOf, templateText } from './load.ts'
import type { Variant } from './types.ts'

const file = (read: () => Uint8Array): ImageEntry => ({ kind: 'file', read })
const textFile = (text: () => string): ImageEntry => file(() => encodeUtf8(text()))
const link = (target: string): ImageEntry => ({ kind: 'symlink', target })

/**
 * User data providers: name of the link to the program that it starts. The two digits give the order of merging.
 */
const PROVIDERS = {
  all: {
    '10-local-defaults': 'local-defaults',
    '20-local-user-data': 'local-file',
    '99-local-overrides': 'local-overrides',
  },
  aws: { '30-ec2-identity-doc': 'ec2-identity-doc', '40-ec2-imds': 'ec2-imds' },
  metal: {},
  vmware: { '30-vmware-cd-rom': 'vmware-cd-rom', '40-vmware-guestinfo': 'vmware-guestinfo' },
} as const

function providerLinks({ platform }: Variant): [string, ImageEntry][] {
  return Object.entries({ ...PROVIDERS.all, ...PROVIDERS[platform] }).map(([name, program]) => [
    `${PATHS.dataProviders}/${name}`,
    link(`../bin/${program}-user-data-provider`),
  ])
}

/** Detectors of the host name; the one with the highest number is asked first. */
function detectorLinks({ platform }: Variant): [string, ImageEntry][] {
  const detector = (name: string, program: string): [string, ImageEntry] => [
    `${PATHS.hostnameDetectors}/${name}`,
    link(`../../bin/${program}-hostname-detector`),
  ]
  const reverse = detector('10-reverse-dns', 'reverse-dns')
  return platform === 'aws' ? [reverse, detector('20-imds', 'imds')] : [reverse]
}

/** `os-release` as os-release(5) describes it; the API reads the members that have no default there. */
export function osRelease({ name, release, buildId }: Variant): string {
  return [
    'NAME=Bottlerocket',
    'ID=bottlerocket',
    `VERSION="${release} (${name})"`,
    `PRETTY_NAME="Bottlerocket OS ${release} (${name})"`,
    `VARIANT_ID=${name}`,
    `VERSION_ID=${release}`,
    `BUILD_ID=${buildId}`,
    '',
  ].join('\n')
}

/**
 * What an image of this variant ships: defaults, templates, os-release, the links that choose providers and detectors,
 * and the table of pods per instance type. Nothing is read before it is asked for.
 */
export function imageTree(variant: Variant): ImageTree {
  const templates = [...templatesOf(variant)].map(([path, name]): [string, ImageEntry] => [
    path,
    textFile(() => templateText(variant, name)),
  ])
  const tree = new Map<string, ImageEntry>([
    [PATHS.defaults, textFile(() => defaultsText(variant))],
    [PATHS.osRelease, textFile(() => osRelease(variant))],
    // an image lists its packages here; this package is none of them
    [PATHS.inventory, textFile(() => '{"Content":[]}\n')],
    ...providerLinks(variant),
    ...detectorLinks(variant),
    ...templates,
  ])
  if (variant.platform === 'aws' && variant.kubernetesVersion !== undefined) {
    tree.set(
      PATHS.eniMaxPods,
      file(() => releaseFile(variant.release, 'eni-max-pods')),
    )
  }
  return tree
}
