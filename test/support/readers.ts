/** What the programs that read a rendered file see in it, as a tree. */
import { parse as parseIarnaToml } from '@iarna/toml'
import { getStaticTOMLValue, parseTOML } from 'toml-eslint-parser'
import { parse as parseYaml } from 'yaml'
import type { OutputFormat } from '../../src/schnauzer/template.ts'
import { environmentFile, unitSettings, unitWords } from './systemd-readers.ts'

export type Tree = string | number | bigint | boolean | null | readonly Tree[] | ReadonlyMap<Tree, Tree>

/** The values of any parser as a tree. */
export function treeOf(value: unknown): Tree {
  if (Array.isArray(value)) return value.map(treeOf)
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [treeOf(key), treeOf(item)]))
  if (typeof value !== 'object' || value === null) return value as Tree
  return new Map(Object.entries(value).map(([key, item]) => [key, treeOf(item)]))
}

/** Both parsers must read it; the strict one refuses what TOML 1.0 does not allow. */
function toml(text: string): Tree {
  const strict = treeOf(getStaticTOMLValue(parseTOML(text, { tomlVersion: '1.0' })))
  return [strict, treeOf(parseIarnaToml(text))]
}

/** The kubelet reads YAML 1.1 (through sigs.k8s.io/yaml), most other readers 1.2. */
const yaml = (text: string): Tree =>
  (['1.1', '1.2'] as const).map((version) =>
    treeOf(parseYaml(text, { mapAsMap: true, version, strict: true, uniqueKeys: true, logLevel: 'error' })),
  )

const JSON_VARIABLE = /^(ECS_INSTANCE_ATTRIBUTES|ECS_AVAILABLE_LOGGING_DRIVERS|ECS_ENGINE_AUTH_DATA)=([^]*)$/

function environmentWord(word: string): Tree {
  const json = JSON_VARIABLE.exec(word)
  return json === null ? word : [json[1] as string, treeOf(JSON.parse(json[2] as string))]
}

/** A word of a command line: `$$` is a dollar sign, a variable is marked as one. */
const commandWord = (word: string): string =>
  word.replace(/\$(\$|\{[A-Z_]+\})?/g, (_, rest?: string) => (rest === '$' ? '$' : `<variable ${rest ?? ''}>`))

const systemd = (text: string): Tree =>
  unitSettings(text).map(([section, name, value]) => {
    const words = unitWords(value)
    return [section, name, words.map(name.startsWith('Exec') ? commandWord : environmentWord)]
  })

/** White space in files of lines, the line break apart: any run of it separates words. */
const SPACES = /[ \t\r\v\f]+/g

const lines = (text: string): Tree =>
  text
    .split('\n')
    .map((line) => line.replace(SPACES, ' ').trim())
    .filter((line) => line !== '' && !line.startsWith('#'))

/** By output format. Not for `ini` and `shell`, which no file is in. */
export const READERS: Readonly<Record<Exclude<OutputFormat, 'ini' | 'shell'>, (text: string) => Tree>> = {
  toml,
  yaml,
  json: (text) => treeOf(JSON.parse(text)),
  env: (text) => treeOf(environmentFile(text)),
  systemd,
  lines,
  text: (text) => text,
}

/**
 * A tree as text in which equal trees are equal: members sorted by name, types kept apart.
 *
 * @param exchange is applied to every string and name
 */
export function canonical(tree: Tree, exchange: (text: string) => string = (text) => text): string {
  if (typeof tree === 'string') return JSON.stringify(exchange(tree))
  if (Array.isArray(tree)) return `[${tree.map((item: Tree) => canonical(item, exchange)).join(',')}]`
  if (!(tree instanceof Map)) return typeof tree === 'bigint' ? String(tree) : JSON.stringify(tree)
  const members = [...(tree as ReadonlyMap<Tree, Tree>)].map(
    ([key, item]) => `${canonical(key, exchange)}:${canonical(item, exchange)}`,
  )
  return `{${members.sort().join(',')}}`
}
