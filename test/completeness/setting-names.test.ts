/** The names of settings that are kept apart from the model are those of the model. */
import { describe, expect, it } from 'vitest'
import { OPEN_TABLES, PLAIN_NAMES, SECRET_NAMES, SECRET_TABLES } from '../../src/lib/setting-names.ts'
import { loadModel, MODEL_NAMES } from '../../src/model/models.ts'
import { allowedWords } from '../../src/model/type-words.ts'
import type { Field, SettingType } from '../../src/model/types.ts'

interface Names {
  readonly secret: Set<string>
  readonly plain: Set<string>
  readonly open: Set<string>
  readonly secretTables: Set<string>
}

function namesOf(name: string, { aliases = [] }: Pick<Field, 'aliases'>): string[] {
  return [name, ...aliases]
}

function collect(type: SettingType, own: readonly string[], into: Names): void {
  switch (type.kind) {
    case 'record':
      for (const [name, field] of Object.entries(type.fields)) {
        const names = namesOf(name, field)
        for (const each of names) (field.secret === true ? into.secret : into.plain).add(each)
        collect(field.type, names, into)
        if (field.secret === true && holdsRecord(field.type)) for (const each of names) into.secretTables.add(each)
      }
      break
    case 'map': {
      const words = allowedWords(type.names)
      words?.forEach((word) => into.plain.add(word))
      if (words === undefined && type.values.kind !== 'record') for (const each of own) into.open.add(each)
      collect(type.values, own, into)
      break
    }
    case 'list':
      collect(type.elements, own, into)
      break
    case 'tuple':
      for (const item of type.items) collect(item, own, into)
      break
    case 'union':
      for (const form of type.forms) collect(form, own, into)
      break
    case 'converted':
      collect(type.from, own, into)
      break
    case 'text':
    case 'boolean':
    case 'integer':
    case 'choice':
    case 'enumeration':
  }
}

const holdsRecord = (type: SettingType): boolean =>
  type.kind === 'record' || (type.kind === 'list' && holdsRecord(type.elements))

describe('names of settings', () => {
  const names: Names = { secret: new Set(), plain: new Set(), open: new Set(), secretTables: new Set() }
  for (const model of MODEL_NAMES) {
    for (const group of loadModel(model).groups) {
      names.plain.add(group.name)
      collect(group.type, [group.name], names)
    }
  }

  it('that are secret are those of the model, and the tables with secrets in them', () => {
    for (const name of names.secret) expect(SECRET_NAMES).toContain(name)
    const others = SECRET_NAMES.filter((name) => !names.secret.has(name))
    // lists whose parts are secret
    expect(others.sort()).toEqual(SECRET_TABLES.filter((name) => !names.secret.has(name)).sort())
  })

  it('that may be shown are all others', () => {
    const plain = [...names.plain].filter((name) => !SECRET_NAMES.includes(name))
    expect([...PLAIN_NAMES].sort()).toEqual(plain.sort())
  })

  it('that hold names of the user’s choice are those of the model, and the hosts', () => {
    expect([...OPEN_TABLES].sort()).toEqual([...names.open, 'hosts'].sort())
  })
})
