/** The keys of a rendered file and where they stand in it, by the rules of the file's format. */
import { parseJsonSource } from '../../lib/json-source.ts'
import { isJsonArray, isJsonObject, type JsonValue } from '../../lib/json.ts'
import { PlaceFinder, type DocumentPath, type SourceMap } from '../../lib/source-map.ts'
import type { OutputFormat } from '../../schnauzer/output/write.ts'
import { parseUserToml } from '../../toml/user-toml.ts'
import type { FileKey } from './file-key.ts'
import { assignmentKeys, lineKeys, sectionKeys } from './line-keys.ts'

interface Tree {
  readonly tree: JsonValue
  readonly sourceMap: SourceMap
}

const holdsObject = (value: JsonValue): boolean =>
  isJsonObject(value) || (isJsonArray(value) && value.some((item) => holdsObject(item)))

/** What has no further keys in it: a scalar, a list of such, an empty table. */
function leaves(value: JsonValue, path: DocumentPath): DocumentPath[] {
  if (isJsonObject(value) && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([name, item]) => leaves(item, [...path, name]))
  }
  if (isJsonArray(value) && value.some(holdsObject)) {
    return value.flatMap((item, i) => leaves(item, [...path, i]))
  }
  return [path]
}

/** Back to the first character of the line, unless the key stands behind others: a dotted key is there as a whole. */
function lineStart(text: string, offset: number): number {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  const before = text.slice(start, offset)
  return /[{[,]/.test(before) ? offset : start + (/^\s*/.exec(before)?.[0].length ?? 0)
}

function treeKeys(text: string, { tree, sourceMap }: Tree): FileKey[] {
  const places = new PlaceFinder(text, '')
  return leaves(tree, []).flatMap((path): FileKey[] => {
    const [key, value] = [sourceMap.key(path), sourceMap.value(path)]
    const [from, to] = [key ?? value, value ?? key]
    if (from === undefined || to === undefined || path.length === 0) return []
    const start = lineStart(text, places.offset(from.line, from.column))
    // a list of YAML ends where the next key begins
    const end = start + text.slice(start, places.offset(to.endLine, to.endColumn)).trimEnd().length
    return [{ path, start, end, valueStart: value === undefined ? end : places.offset(to.line, to.column) }]
  })
}

async function yamlTree(text: string): Promise<Tree | undefined> {
  const { readYamlFile } = await import('../../documents/yaml-outer.ts')
  const read = readYamlFile(text, '')
  return read.ok ? read.documents[0] : undefined
}

function parsedTree(parsed: ReturnType<typeof parseUserToml> | ReturnType<typeof parseJsonSource>): Tree | undefined {
  return parsed.ok ? parsed : undefined
}

/**
 * The keys of a file in the order in which they stand there. A file without keys, or one that its own format does not
 * accept, has its lines: `['line', 3]`.
 */
export async function fileKeys(format: OutputFormat, text: string): Promise<readonly FileKey[]> {
  const tree = await treeOf(format, text)
  if (tree !== undefined) return treeKeys(text, tree).sort((a, b) => a.start - b.start)
  if (format === 'env' || format === 'shell') return assignmentKeys(text)
  return format === 'systemd' || format === 'ini' ? sectionKeys(text) : lineKeys(text)
}

async function treeOf(format: OutputFormat, text: string): Promise<Tree | undefined> {
  if (format === 'toml') return parsedTree(parseUserToml(text, ''))
  if (format === 'json') return parsedTree(parseJsonSource(text, ''))
  return format === 'yaml' ? yamlTree(text) : undefined
}
