import type { ModelName } from '../model/model-names.ts'
import type { JsonObject } from '../lib/json.ts'

export type NetworkBackend = 'networkd' | 'wicked'
export type Platform = 'aws' | 'metal' | 'vmware'

export interface Variant {
  /** The OS release, such as `1.24.1`. */
  readonly release: string
  /** The variant's name, such as `aws-k8s-1.30`. */
  readonly name: string
  /** What `BUILD_ID` of the image says. */
  readonly buildId: string
  /** The defaults set that it shares with other variants. */
  readonly defaultsSet: string
  /** The settings model: which settings groups exist. */
  readonly modelName: ModelName
  readonly networkBackend: NetworkBackend
  readonly platform: Platform
  /** Major and minor version of its Kubernetes, such as `1.30`. */
  readonly kubernetesVersion?: string
}

/** What the package knows about an OS release. */
export interface Release {
  /** Names of the defaults sets, in byte order. */
  readonly sets: readonly string[]
  readonly variants: ReadonlyMap<string, Variant>
  /** The merged document of a defaults set. */
  readonly defaults: (set: string) => JsonObject
  /** The same as TOML. */
  readonly defaultsText: (set: string) => string
  /** Names of the template files that a defaults set refers to, below the image's template directory. */
  readonly templates: (set: string) => readonly string[]
  /** The document of a defaults set that has exactly this text as TOML, if it is known without parsing it. */
  readonly defaultsOf: (text: string) => JsonObject | undefined
}
