/** What happens on a host that runs when a document is applied to it. */
import { isJsonObject, member, type JsonValue } from '../../lib/json.ts'
import type { Variant } from '../../variants/variant.ts'
import { variantCatalogue } from '../../variants/catalogue.ts'
import type { CommandEvent, NotRenderedEvent } from '../report.ts'
import type { KeptSetting, LiveEffect, PlannedCommand } from './types.ts'

/** The variable that tells a restart command which of its keys are set. */
const CHANGED_SETTINGS = 'CHANGED_SETTINGS'

/** A command as a plan has it. @param differing keys whose values differ; the others are only given again */
export function plannedCommand(
  { command, services, env }: CommandEvent,
  differing: ReadonlySet<string>,
): PlannedCommand {
  const keys = env[CHANGED_SETTINGS]
  // systemd's own reload belongs to no key
  const needed = keys === undefined ? differing.size > 0 : keys.split(' ').some((key) => differing.has(key))
  return { command, services, needed }
}

export interface LiveParts {
  readonly variant: Variant
  /** Keys whose values differ after it. */
  readonly differing: ReadonlySet<string>
  readonly commands: readonly PlannedCommand[]
  readonly kept: readonly KeptSetting[]
  readonly notRendered: readonly NotRenderedEvent[]
}

export function liveEffect({ variant, differing, commands, kept, notRendered }: LiveParts): LiveEffect {
  const catalogue = variantCatalogue(variant)
  const seenAt = (when: string): string[] =>
    [...differing].filter((key) => catalogue.find(key)?.setting.effect.when === when).sort()
  const settings = seenAt('next-boot')
  return {
    commands,
    reboot: { needed: settings.length > 0, settings },
    newNodesOnly: seenAt('first-boot'),
    kept,
    notRendered,
  }
}

/**
 * Whether a new host boots a second time before it is ready: an image comes up without boot settings, and with
 * `reboot-to-reconcile` that is put right at once.
 *
 * @param settings effective settings of the host
 */
export function bootsTwice(settings: JsonValue): boolean {
  const boot = member(settings, 'boot')
  if (member(boot, 'reboot-to-reconcile') !== true) return false
  return ['kernel', 'init'].some((name) => {
    const parameters = member(boot, name)
    return isJsonObject(parameters) && Object.keys(parameters).length > 0
  })
}
