/**
 * Finding the type of a setting by its path.
 */
import type { Field, Fields, SettingType } from './types.ts'

export interface Location {
  readonly type: SettingType
  /** Whether the setting, or one that it is part of, must not be shown. */
  readonly secret: boolean
}

function fieldAt(fields: Fields, step: string | number): Field | undefined {
  if (typeof step === 'number') return Object.values(fields)[step]
  if (Object.hasOwn(fields, step)) return fields[step]
  return Object.values(fields).find((field) => field.aliases?.includes(step))
}

/** One step down. Positions may also be given as text. */
function descend(type: SettingType, step: string | number): Location | undefined {
  switch (type.kind) {
    case 'record': {
      const field = fieldAt(type.fields, step)
      return field && { type: field.type, secret: field.secret === true }
    }
    case 'map':
      return { type: type.values, secret: false }
    case 'list':
      return /^\d+$/.test(String(step)) ? { type: type.elements, secret: false } : undefined
    case 'tuple': {
      const item = type.items[Number(step)]
      return item && { type: item, secret: false }
    }
    case 'union':
      return firstOf(type.forms.map((form) => descend(form, step)))
    case 'converted':
      return descend(type.from, step)
    case 'text':
    case 'boolean':
    case 'integer':
    case 'choice':
    case 'enumeration':
      return undefined
  }
}

function firstOf<T>(items: readonly (T | undefined)[]): T | undefined {
  return items.find((item) => item !== undefined)
}

/** The type at a path below `type`, or undefined if there is no such setting. */
export function locate(type: SettingType, path: readonly (string | number)[]): Location | undefined {
  let location: Location | undefined = { type, secret: false }
  for (const step of path) {
    const next = descend(location.type, step)
    if (next === undefined) return undefined
    location = { type: next.type, secret: location.secret || next.secret }
  }
  return location
}

/** Whether values of the type hold a part that must not be shown and that is stored in one piece with the rest. */
export function holdsSecret(type: SettingType): boolean {
  switch (type.kind) {
    case 'list':
      return hasSecretPart(type.elements)
    case 'tuple':
      return type.items.some(hasSecretPart)
    case 'union':
      return type.forms.some(holdsSecret)
    case 'converted':
      return holdsSecret(type.from)
    case 'record':
    case 'map':
    case 'text':
    case 'boolean':
    case 'integer':
    case 'choice':
    case 'enumeration':
      return false
  }
}

function hasSecretPart(type: SettingType): boolean {
  if (type.kind === 'record') {
    return Object.values(type.fields).some((field) => field.secret === true || hasSecretPart(field.type))
  }
  return type.kind === 'map' ? hasSecretPart(type.values) : holdsSecret(type)
}
