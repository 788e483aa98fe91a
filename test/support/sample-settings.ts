/**
 * Settings that hold every setting of every model, built from the models' own types, with a text of the test's choice at
 * each place where a string can stand. Nothing is checked against the rules for values: what a template does with a
 * value must not depend on who checked it before.
 */
import { jsonObject, type JsonObject, type JsonValue } from '../../src/lib/json.ts'
import { MODEL_NAMES, loadModel } from '../../src/model/models.ts'
import type { Group, MapType, SettingType } from '../../src/model/types.ts'

/** A place where a string stands: a value, or a name that the user chooses. */
export interface Place {
  /** The setting with `{}` for a chosen name, `*` for what lies below one and `[]` for an item of a list. */
  readonly pattern: string
  /** Different at each place of a sample. */
  readonly number: number
}

/** What differs between samples, so that together they reach every branch of every template. */
export interface Shape {
  readonly authenticationMode: 'aws' | 'tls'
  readonly standalone: boolean
  readonly switches: boolean
  /** A credential provider with this name has variables of its own. */
  readonly provider?: string
  /** A mirror and a credential for Docker Hub, beside those for any registry. */
  readonly dockerHub: boolean
  /** Lists that may also be a single value are one. */
  readonly single: boolean
}

export const SHAPES: readonly Shape[] = [
  { authenticationMode: 'aws', standalone: false, switches: true, dockerHub: false, single: false },
  {
    authenticationMode: 'tls',
    standalone: false,
    switches: false,
    provider: 'ecr-credential-provider',
    dockerHub: true,
    single: true,
  },
  { authenticationMode: 'tls', standalone: true, switches: true, dockerHub: false, single: false },
]

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64')

/**
 * Text around a value, where the bare value means something of its own: a URL has a host, `""` is no cloud provider, and
 * a number is the number of a NUMA node.
 */
const AROUND: Readonly<Record<string, (text: string) => string>> = {
  'kubernetes.api-server': (text) => `https://h.example.com/${text}`,
  'kubernetes.cloud-provider': (text) => `c${text}`,
  'kubernetes.memory-manager-reserved-memory{}': (text) => `n${text}`,
  // files whose content is the decoded setting
  'aws.config': base64,
  'aws.credentials': base64,
  'kubernetes.cluster-certificate': base64,
  'kubernetes.server-certificate': base64,
  'kubernetes.server-key': base64,
}

/** Settings that choose between branches, or whose names come from a table that the helpers have too. */
function fixedValue(pattern: string, shape: Shape): JsonValue | undefined {
  switch (pattern) {
    case 'kubernetes.authentication-mode':
      return shape.authenticationMode
    case 'kubernetes.standalone-mode':
      return shape.standalone
    case 'oci-defaults.capabilities':
      return jsonObject({ chown: true })
    case 'oci-defaults.resource-limits':
      return jsonObject({ 'max-open-files': jsonObject({ 'hard-limit': 2n, 'soft-limit': 1n }) })
    case 'network.hosts[](0)':
      return '10.0.0.7'
    case 'kubernetes.image-gc-high-threshold-percent':
    case 'kubernetes.image-gc-low-threshold-percent':
      return 50n
    default:
      return pattern.endsWith('.enabled') ? true : undefined
  }
}

class Builder {
  private number = 0
  private readonly shape: Shape
  private readonly choose: (place: Place) => string

  constructor(shape: Shape, choose: (place: Place) => string) {
    this.shape = shape
    this.choose = choose
  }

  private text(pattern: string): string {
    const text = this.choose({ pattern, number: this.number++ })
    return AROUND[pattern]?.(text) ?? text
  }

  private map(type: MapType, pattern: string): JsonObject {
    // the names of reserved resources are looked up one by one
    if (pattern === 'kubernetes.kube-reserved' && type.names.kind === 'choice') {
      return jsonObject(
        Object.fromEntries(type.names.words.map((word) => [word, this.value(type.values, `${pattern}.*`)])),
      )
    }
    const fixed = pattern === 'kubernetes.credential-providers' ? this.shape.provider : undefined
    const name = fixed ?? this.text(`${pattern}{}`)
    return jsonObject({ [name]: this.value(type.values, `${pattern}.*`) })
  }

  private list(elements: SettingType, pattern: string): JsonValue[] {
    const items = [this.value(elements, `${pattern}[]`), this.value(elements, `${pattern}[]`)]
    // of two registries with one name only the last has a table
    const registries = pattern === 'container-registry.mirrors' || pattern === 'container-registry.credentials'
    if (!registries) return pattern === 'kubernetes.cpu-manager-policy-options' ? items.slice(0, 1) : items
    const [first, second] = items as [JsonObject, JsonObject]
    return this.shape.dockerHub ? [jsonObject({ ...second, registry: 'docker.io' }), first] : [first]
  }

  value(type: SettingType, pattern: string): JsonValue {
    const fixed = fixedValue(pattern, this.shape)
    if (fixed !== undefined) return fixed
    switch (type.kind) {
      case 'text':
      case 'choice':
      case 'enumeration':
        return this.text(pattern)
      case 'boolean':
        return this.shape.switches
      case 'integer':
        return 5n
      case 'list':
        return this.list(type.elements, pattern)
      case 'tuple':
        return type.items.map((item, i) => this.value(item, `${pattern}(${String(i)})`))
      case 'map':
        return this.map(type, pattern)
      case 'record':
        return jsonObject(
          Object.fromEntries(
            Object.entries(type.fields).map(([name, field]) => [name, this.value(field.type, `${pattern}.${name}`)]),
          ),
        )
      case 'converted':
        return this.value(type.from, pattern)
      case 'union': {
        const lists = type.forms.find((form) => form.kind === 'list')
        const [first] = type.forms
        return this.value(
          (pattern === 'kubernetes.cluster-dns-ip' && this.shape.single ? first : (lists ?? first)) as SettingType,
          pattern,
        )
      }
    }
  }
}

/** Every settings group of every model. */
function allGroups(): readonly Group[] {
  const groups = new Map<string, Group>()
  for (const name of MODEL_NAMES) for (const group of loadModel(name).groups) groups.set(group.name, group)
  return [...groups.values()]
}

/** Settings of a shape with the text that `choose` gives for each place, always in the same order. */
export function sampleSettings(shape: Shape, choose: (place: Place) => string): JsonObject {
  const builder = new Builder(shape, choose)
  return jsonObject(Object.fromEntries(allGroups().map(({ name, type }) => [name, builder.value(type, name)])))
}

/** Every place of a shape's sample. */
export function placesOf(shape: Shape): readonly Place[] {
  const places: Place[] = []
  sampleSettings(shape, (place) => {
    places.push(place)
    return `p${String(place.number)}`
  })
  return places
}

const MARK = /zq(\d+)qz/g

/** A text that no template holds, by which a place is found in a rendered file. A valid name almost everywhere. */
export const markOf = ({ number }: Place): string => `zq${String(number)}qz`

/** Numbers of the places whose marks a text holds. */
export const marksIn = (text: string): Set<number> => new Set([...text.matchAll(MARK)].map(([, n]) => Number(n)))

/** A text with what `value` gives in the place of each mark. */
export const withoutMarks = (text: string, value: (number: number) => string): string =>
  text.replace(MARK, (_, n: string) => value(Number(n)))
