/** Which of the two network managers a host has. */
import { readOsReleaseText } from '../lib/os-release.ts'
import type { ReadFs } from '../lib/ports.ts'

export const FLAVOURS = ['networkd', 'wicked'] as const
export type Flavour = (typeof FLAVOURS)[number]

export function parseFlavour(text: string): Flavour | undefined {
  return FLAVOURS.find((flavour) => flavour === text)
}

/** aws-ecs-1 and aws-k8s before 1.28, with their NVIDIA forms. */
const WITH_WICKED = /^aws-(?:ecs-1|k8s-1\.(?:\d|1\d|2[0-7]))(?:-nvidia)?$/

/** The flavour of a variant. */
export function flavourOfVariant(variant: string): Flavour {
  return WITH_WICKED.test(variant) ? 'wicked' : 'networkd'
}

/** The flavour of the installed variant; networkd if none is known. */
export function installedFlavour(fs: ReadFs): Flavour {
  try {
    const [, variant] = /^VARIANT_ID="?([^"\n]*)"?$/m.exec(readOsReleaseText(fs)) ?? []
    return variant === undefined ? 'networkd' : flavourOfVariant(variant)
  } catch {
    return 'networkd' // no os-release
  }
}
