/**
 * JSON Schema of a settings model, for editors and other readers that know nothing of Bottlerocket.
 *
 * Written in draft 4 (https://json-schema.org/specification-links#draft-4): it is what the widespread readers of TOML
 * promise to know in full, and the last draft in which `1.0` is no integer. Later keywords appear only as annotations.
 *
 * Whatever the model accepts in its documented form fits the schema. Left out are the accidental forms of the reference
 * (null for "not given", a list in place of a table, `{ word = null }` in place of a word), which would spoil completion.
 */
import { jsonObject, type JsonObject, type JsonValue, type MutableJsonObject } from '../lib/json.ts'
import { ANY_NAME, EACH_ELEMENT } from './catalogue.ts'
import { allowedWords } from './type-words.ts'
import type { Fields, IntegerType, ListType, MapType, RecordType, SettingType, TextType, TupleType } from './types.ts'

/**
 * Members that describe a setting without restricting its values, such as `description` and `default`.
 *
 * @param path below `settings`, as in the catalogue
 */
export type Annotate = (path: readonly string[]) => JsonObject

type Path = readonly string[]

const TABLE = { type: 'object', additionalProperties: false } as const
/** From here on a bound says nothing: TOML integers have 64 bits. */
const LARGEST = 2n ** 63n - 1n

class SchemaWriter {
  private readonly annotate: Annotate

  constructor(annotate: Annotate) {
    this.annotate = annotate
  }

  typeSchema(type: SettingType, path: Path): JsonObject {
    switch (type.kind) {
      case 'text':
        return textSchema(type)
      case 'choice':
      case 'enumeration':
        return jsonObject({ type: 'string', enum: allowedWords(type) ?? [] })
      case 'boolean':
        return jsonObject({ type: 'boolean' })
      case 'integer':
        return integerSchema(type)
      case 'list':
        return this.listSchema(type, path)
      case 'tuple':
        return this.tupleSchema(type, path)
      case 'map':
        return this.mapSchema(type, path)
      case 'record':
        return this.recordSchema(type, path)
      case 'union':
        return jsonObject({ anyOf: type.forms.map((form) => this.typeSchema(form, path)) })
      case 'converted':
        return type.firstWord === undefined
          ? this.typeSchema(type.from, path)
          : this.listAfterSchema(type.firstWord, type.from as ListType, path)
    }
  }

  private listSchema(type: ListType, path: Path): JsonObject {
    const items = this.typeSchema(type.elements, [...path, EACH_ELEMENT])
    return jsonObject({ type: 'array', items, ...(type.nonEmpty === true && { minItems: 1n }) })
  }

  private listAfterSchema(word: string, type: ListType, path: Path): JsonObject {
    const others = this.typeSchema(type.elements, [...path, EACH_ELEMENT])
    return jsonObject({ type: 'array', minItems: 1n, items: [jsonObject({ enum: [word] })], additionalItems: others })
  }

  private tupleSchema(type: TupleType, path: Path): JsonObject {
    const items = type.items.map((item) => this.typeSchema(item, [...path, EACH_ELEMENT]))
    return jsonObject({ type: 'array', minItems: BigInt(items.length), items, additionalItems: false })
  }

  private mapSchema(type: MapType, path: Path): JsonObject {
    const values = this.typeSchema(type.values, [...path, ANY_NAME])
    const words = allowedWords(type.names)
    if (words !== undefined) {
      return jsonObject({ ...TABLE, properties: jsonObject(Object.fromEntries(words.map((word) => [word, values]))) })
    }
    const pattern = type.names.kind === 'text' ? type.names.shape.pattern : undefined
    if (pattern === undefined) return jsonObject({ ...TABLE, additionalProperties: values })
    return jsonObject({ ...TABLE, patternProperties: jsonObject({ [pattern]: values }) })
  }

  private recordSchema({ fields, open }: RecordType, path: Path): JsonObject {
    const properties = jsonObject()
    for (const [name, field] of Object.entries(fields)) {
      const below = [...path, name]
      const described = jsonObject({ ...this.annotate(below), ...this.typeSchema(field.type, below) })
      const offered = field.writtenAs ?? name
      for (const spelling of [name, ...(field.aliases ?? [])]) {
        properties[spelling] = spelling === offered ? described : hidden(described)
      }
    }
    return jsonObject({
      type: 'object',
      properties,
      additionalProperties: open === true ? jsonObject({ description: 'Ignored.' }) : false,
      ...requiredMembers(fields),
      ...oneSpelling(fields),
    })
  }
}

function textSchema({ shape }: TextType): JsonObject {
  const { words, pattern, minLength, maxLength } = shape
  return jsonObject({
    type: 'string',
    ...(words !== undefined && { enum: words }),
    ...(pattern !== undefined && { pattern }),
    ...(minLength !== undefined && { minLength: BigInt(minLength) }),
    ...(maxLength !== undefined && { maxLength: BigInt(maxLength) }),
  })
}

function integerSchema({ minimum, maximum }: IntegerType): JsonObject {
  return jsonObject({
    type: 'integer',
    ...(minimum > -LARGEST && { minimum }),
    ...(maximum < LARGEST && { maximum }),
  })
}

/** For a spelling that is accepted but not offered in completion (an extension of Taplo's that others ignore). */
function hidden(schema: JsonObject): JsonObject {
  return jsonObject({ ...schema, 'x-taplo': jsonObject({ hidden: true }) })
}

function requiredMembers(fields: Fields): MutableJsonObject {
  const required = Object.keys(fields).filter((name) => fields[name]?.required === true)
  return required.length === 0 ? {} : { required }
}

/** No setting under two of its names. */
function oneSpelling(fields: Fields): MutableJsonObject {
  const pairs = Object.entries(fields).flatMap(([name, { aliases = [] }]): JsonValue[] =>
    aliases.map((alias) => jsonObject({ required: [name, alias] })),
  )
  return pairs.length === 0 ? {} : { not: pairs.length === 1 ? (pairs[0] as JsonValue) : jsonObject({ anyOf: pairs }) }
}

/** The schema of the content of `settings`. */
export function settingsSchema(type: RecordType, annotate: Annotate): JsonObject {
  return new SchemaWriter(annotate).typeSchema(type, [])
}
