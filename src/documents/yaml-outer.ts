/** YAML files (https://yaml.org/spec/1.2.2/) with the places of everything in them, and CloudFormation's short tags. */
import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  parseAllDocuments,
  Scalar,
  type Document,
  type Node,
  type ParsedNode,
  type YAMLError,
} from 'yaml'
import type { Diagnostic } from '../lib/diagnostics.ts'
import { jsonObject, type JsonValue } from '../lib/json.ts'
import { PlaceFinder, SourceTree, type DocumentPath } from '../lib/source-map.ts'
import { templateText } from '../toml/template-text.ts'
import { embedBlock } from './block-text.ts'
import { EmbeddedTextBuilder, type EmbeddedText } from './embedded-text.ts'
import type { OuterDocument, OuterFile } from './outer.ts'
import { embedQuoted } from './quoted-text.ts'

/** Deeper nesting than any real file has; an alias may lead back to what holds it. */
const MAX_DEPTH = 100
/** Aliases of aliases can make any number of nodes out of a few lines. */
const MAX_ALIASED_NODES = 5_000

function textOf(node: Scalar, source: string): EmbeddedText | undefined {
  const { value, range, type } = node
  if (typeof value !== 'string' || !range) return undefined
  const raw = source.slice(range[0], range[1])
  if (type === Scalar.BLOCK_LITERAL) return embedBlock(raw, range[0], value)
  if (type === Scalar.QUOTE_DOUBLE) return embedQuoted(raw, range[0], value)
  const quotes = type === Scalar.QUOTE_SINGLE ? 1 : 0
  if (raw.slice(quotes, raw.length - quotes) !== value) return undefined
  const builder = new EmbeddedTextBuilder()
  builder.addPlain(value, range[0] + quotes)
  return builder.build()
}

/** Reads one document: builds its tree and notes all places. */
class YamlReader {
  readonly sourceMap: SourceTree
  readonly tree: JsonValue
  private readonly texts = new Map<string, Scalar>()
  private aliases = 0
  private aliasedNodes = 0
  private readonly document: Document.Parsed
  private readonly source: string
  private readonly places: PlaceFinder

  constructor(document: Document.Parsed, source: string, places: PlaceFinder) {
    this.document = document
    this.source = source
    this.places = places
    this.sourceMap = new SourceTree(places.file)
    this.tree = this.read(document.contents, [])
  }

  text(path: DocumentPath): EmbeddedText | undefined {
    const scalar = this.texts.get(JSON.stringify(path))
    return scalar && textOf(scalar, this.source)
  }

  private note(path: DocumentPath, key: Node | null | undefined, value: Node | null | undefined): void {
    const place = (node: Node | null | undefined): ReturnType<PlaceFinder['place']> | undefined =>
      !node?.range ? undefined : this.places.place(node.range[0], node.range[1])
    this.sourceMap.add(path, place(key), place(value))
  }

  private read(node: ParsedNode | null, path: (string | number)[]): JsonValue {
    this.note(path, undefined, node)
    if (node === null || path.length > MAX_DEPTH) return null
    if (this.aliases > 0 && ++this.aliasedNodes > MAX_ALIASED_NODES) return null
    const intrinsic = /^!([A-Z]\w+)$/.exec(node.tag ?? '')?.[1]
    if (intrinsic === undefined) return this.readContent(node, path)
    const name = intrinsic === 'Ref' || intrinsic === 'Condition' ? intrinsic : `Fn::${intrinsic}`
    const below = [...path, name]
    this.note(below, node, node)
    return jsonObject({ [name]: this.readContent(node, below) })
  }

  private readContent(node: ParsedNode, path: (string | number)[]): JsonValue {
    if (isAlias(node)) {
      this.aliases++
      const value = this.read((node.resolve(this.document) ?? null) as ParsedNode | null, path)
      this.aliases--
      return value
    }
    if (isSeq(node)) return node.items.map((item, i) => this.read(item as ParsedNode | null, [...path, i]))
    if (isMap(node)) {
      const object = jsonObject()
      for (const pair of node.items) {
        if (!isPair(pair)) continue
        const key = pair.key as Node
        const name = isScalar(key) ? String(key.value) : ''
        const below = [...path, name]
        this.note(below, key, undefined)
        object[name] = this.read(pair.value ?? null, below)
      }
      return object
    }
    return isScalar(node) ? this.readScalar(node, path) : null
  }

  private readScalar(node: Scalar, path: DocumentPath): JsonValue {
    const { value } = node
    if (typeof value === 'string') {
      this.texts.set(JSON.stringify(path), node)
      // Kubernetes tools read YAML 1.1 here
      const word = node.type === Scalar.PLAIN ? value.toLowerCase() : ''
      if (word === 'yes' || word === 'on') return true
      return word === 'no' || word === 'off' ? false : value
    }
    if (typeof value === 'boolean' || typeof value === 'bigint' || typeof value === 'number') {
      return typeof value === 'number' && !Number.isFinite(value) ? null : value
    }
    return null
  }
}

function toDiagnostic({ message, pos }: YAMLError, places: PlaceFinder, source: string): Diagnostic {
  const hint =
    templateText(source).length > 0
      ? 'if this is a template, render it first: it is read as YAML'
      : 'correct the YAML; user data is looked for in files that can be read'
  const [first = message] = message.split('\n')
  const text = first.replace(/ at line \d+, column \d+:?$/, '')
  return {
    code: 'USERDATA_OUTER_SYNTAX',
    severity: 'error',
    message: text.charAt(0).toLowerCase() + text.slice(1),
    hint,
    at: places.place(...pos),
  }
}

/** Reads all documents of a YAML file. */
export function readYamlFile(source: string, file: string): OuterFile {
  const body = source.startsWith('\uFEFF') ? source.slice(1) : source
  const places = new PlaceFinder(body, file)
  const documents = parseAllDocuments(body, { intAsBigInt: true, uniqueKeys: false, logLevel: 'silent' })
  const parsed = Array.isArray(documents) ? documents : []
  // further errors of a document are mostly consequences of its first
  const errors = parsed.flatMap((document) => document.errors.slice(0, 1))
  if (errors.length > 0) {
    return { ok: false, diagnostics: errors.map((error) => toDiagnostic(error, places, body)) }
  }
  return {
    ok: true,
    documents: parsed.map((document): OuterDocument => {
      const reader = new YamlReader(document, body, places)
      return { tree: reader.tree, sourceMap: reader.sourceMap, places, text: (path) => reader.text(path) }
    }),
  }
}
