/**
 * The settings models: which groups a family of variants has, and what parsing does with a tree of settings.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../lib/json.ts'
import { record } from './combinators-containers.ts'
import { autoscaling } from './groups/autoscaling.ts'
import { aws } from './groups/aws.ts'
import { boot } from './groups/boot.ts'
import { bootstrapCommands } from './groups/bootstrap-commands.ts'
import { bootstrapContainers } from './groups/bootstrap-containers.ts'
import { cloudformation } from './groups/cloudformation.ts'
import { containerRegistry } from './groups/container-registry.ts'
import { containerRuntime } from './groups/container-runtime.ts'
import { dns } from './groups/dns.ts'
import { ecs } from './groups/ecs.ts'
import { hostContainers } from './groups/host-containers.ts'
import { kernel } from './groups/kernel.ts'
import { kubeletDevicePlugins } from './groups/kubelet-device-plugins.ts'
import { kubernetes } from './groups/kubernetes.ts'
import { metrics } from './groups/metrics.ts'
import { motd } from './groups/motd.ts'
import { network } from './groups/network.ts'
import { ntp } from './groups/ntp.ts'
import { nvidiaContainerRuntime } from './groups/nvidia-container-runtime.ts'
import { ociDefaults } from './groups/oci-defaults.ts'
import { ociHooks } from './groups/oci-hooks.ts'
import { pki } from './groups/pki.ts'
import { updates } from './groups/updates.ts'
import { explain, whereItBelongs, type HintContext } from './hints.ts'
import { holdsSecret, locate } from './locate.ts'
import { MODEL_NAMES, type ModelName } from './model-names.ts'
import { problemOf, runSchema, type ModelProblem } from './problems.ts'
import { lazily, type Group, type RecordType } from './types.ts'

export { MODEL_NAMES, type ModelName } from './model-names.ts'
export type { ModelProblem } from './problems.ts'

const COMMON: readonly Group[] = [
  motd,
  updates,
  hostContainers,
  bootstrapCommands,
  bootstrapContainers,
  ntp,
  network,
  kernel,
  metrics,
  pki,
  containerRegistry,
  ociHooks,
  dns,
]

const KUBERNETES: readonly Group[] = [ociDefaults, kubernetes, containerRuntime]
const EC2: readonly Group[] = [aws, cloudformation, autoscaling]

const FAMILIES: Readonly<Record<ModelName, readonly Group[]>> = {
  'aws-dev': [...COMMON, boot, aws, cloudformation],
  'aws-ecs-1': [...COMMON, ...EC2, ociDefaults, ecs],
  'aws-ecs-2': [...COMMON, boot, ...EC2, ociDefaults, ecs],
  'aws-k8s': [...COMMON, boot, ...EC2, ...KUBERNETES],
  'aws-k8s-nvidia': [...COMMON, boot, ...EC2, ...KUBERNETES, nvidiaContainerRuntime, kubeletDevicePlugins],
  'metal-dev': [...COMMON, boot],
  'metal-k8s': [...COMMON, boot, aws, ...KUBERNETES],
  'vmware-dev': [...COMMON, boot],
  'vmware-k8s': [...COMMON, boot, aws, ...KUBERNETES],
}

/** Settings in their normal form, or everything that is wrong with them. */
export type ModelResult =
  | { readonly ok: true; readonly settings: JsonObject }
  | { readonly ok: false; readonly problems: readonly ModelProblem[] }

export interface SettingsModel {
  readonly name: ModelName
  readonly groups: readonly Group[]
  /** The record of all groups: the type of the content of `settings`. */
  readonly type: RecordType
  /**
   * Checks and normalises the content of `settings`: fields that are null are left out, aliases and enumerations get
   * their stored spelling, addresses their canonical form. Idempotent; never throws.
   */
  parse(tree: JsonValue): ModelResult
  /**
   * Whether a value must not be shown.
   *
   * @param path segments of its key, with or without `settings` in front
   */
  isSecret(path: readonly string[]): boolean
  /** Advice for a name that does not stand below `settings`, if it is one of a group or of a setting in one. */
  whereItBelongs(name: string): string | undefined
}

function familiesWith(group: string): ModelName[] {
  return MODEL_NAMES.filter((name) => FAMILIES[name].some((known) => known.name === group))
}

const allGroups = lazily((): readonly Group[] => [...new Set(MODEL_NAMES.flatMap((name) => FAMILIES[name]))])

class FamilyModel implements SettingsModel {
  readonly name: ModelName
  readonly groups: readonly Group[]
  private readonly makeType: () => RecordType

  constructor(name: ModelName) {
    this.name = name
    this.groups = FAMILIES[name]
    this.makeType = lazily(() =>
      record(Object.fromEntries(this.groups.map((group) => [group.name, group])), { positional: false }),
    )
  }

  get type(): RecordType {
    return this.makeType()
  }

  parse(tree: JsonValue): ModelResult {
    const { value, issues } = runSchema(this.type.schema(), tree)
    if (issues.length === 0 && isJsonObject(value)) return { ok: true, settings: value }
    const context = this.hintContext(tree)
    return { ok: false, problems: issues.map((issue) => explain(problemOf(issue), context)) }
  }

  whereItBelongs(name: string): string | undefined {
    return whereItBelongs(name, this.hintContext(null))
  }

  private hintContext(tree: JsonValue): HintContext {
    return { type: this.type, tree, familiesWith, allGroups: allGroups() }
  }

  isSecret(path: readonly string[]): boolean {
    const location = locate(this.type, path[0] === 'settings' ? path.slice(1) : path)
    return location !== undefined && (location.secret || holdsSecret(location.type))
  }
}

const models = new Map<ModelName, SettingsModel>()

/** The model of a family. Its schemas are built at first use and kept. */
export function loadModel(name: ModelName): SettingsModel {
  const model = models.get(name) ?? new FamilyModel(name)
  models.set(name, model)
  return model
}
