/** A rendered file with what each part of it comes from. */
import { PipelineError } from '../../lib/errors.ts'
import { isJsonArray, isJsonObject, jsonObject, type JsonValue } from '../../lib/json.ts'
import type { DocumentPath } from '../../lib/source-map.ts'
import { formatKey } from '../../model/key.ts'
import { loadModel } from '../../model/models.ts'
import { HIDDEN } from '../../schnauzer/inspect.ts'
import type { ReadPath, SourcePart } from '../../schnauzer/provenance.ts'
import { templatePath } from '../../variants/assets.ts'
import type { VariantFile } from '../../variants/rendered-files.ts'
import type { FileKey } from './file-key.ts'
import { RecordedFile, RecordedTemplate, type TemplateLine } from './recorded-file.ts'
import { formatFileKey } from './key-names.ts'
import { valueAt, type HeldSetting, type RecordedRun } from './recorded-run.ts'

/**
 * What a setting does for a part of a file: it is `shown`, its `name` is, it is an `input` of what is computed, or a block
 * around the part `decides` by it.
 */
export type Role = 'shown' | 'name' | 'input' | 'decides'

/** A setting that a part of a file depends on. */
export interface UsedSetting {
  /** As the template reads it; positions in lists are segments. */
  readonly key: string
  readonly role: Role
  /** What the settings hold there, secrets hidden; none if it is not set. */
  readonly value: JsonValue | undefined
  /** The block that decides by it. */
  readonly block?: { readonly name: string; readonly line: TemplateLine }
  /** The setting, what is below it, or the list that it is in; none if it is not set. */
  readonly held: readonly HeldSetting[]
}

/** A stretch of a rendered file. */
export interface ExplainedPart {
  /** The key whose value it is; none for a line without one. */
  readonly key: string | undefined
  readonly path: DocumentPath | undefined
  /** Of the rendered file, from 1. */
  readonly line: number
  /** As it stands in the file, secrets hidden. */
  readonly text: string
  /** The lines of the template that wrote it. */
  readonly template: readonly TemplateLine[]
  readonly settings: readonly UsedSetting[]
}

const ROLES: readonly Role[] = ['shown', 'name', 'input', 'decides']

/** One rendered file of a run. */
export class ExplainedFile {
  readonly file: VariantFile
  private readonly recorded: RecordedFile
  private readonly run: RecordedRun
  private readonly isSecret: (path: ReadPath) => boolean

  private constructor(file: VariantFile, recorded: RecordedFile, run: RecordedRun, showSecrets: boolean) {
    this.file = file
    this.recorded = recorded
    this.run = run
    const model = loadModel(run.variant.modelName)
    this.isSecret = (path) => !showSecrets && path[0] === 'settings' && model.isSecret(path)
  }

  /**
   * Renders a file once more, with a record.
   *
   * @throws PipelineError as `renderTemplate`, for a file that the settings cannot make
   */
  static async of(run: RecordedRun, file: VariantFile, showSecrets: boolean): Promise<ExplainedFile> {
    const template = new RecordedTemplate(run.variant, file.template)
    const facts = await run.factsFor(template.template.importedHelpers)
    const recorded = await RecordedFile.of(template, { settings: run.settings, os: run.os }, facts)
    if (recorded.text !== run.files.get(file.path)) {
      throw new PipelineError('INTERNAL', `the record of ${file.path} is of another content`)
    }
    return new ExplainedFile(file, recorded, run, showSecrets)
  }

  get text(): string {
    return this.recorded.text
  }

  get keys(): readonly FileKey[] {
    return this.recorded.keys
  }

  get templateFile(): string {
    return templatePath(this.recorded.template.name)
  }

  private usedSettings(parts: readonly SourcePart[]): UsedSetting[] {
    const used = new Map<string, UsedSetting>()
    const add = (path: ReadPath, role: Role, block?: UsedSetting['block']): void => {
      const key = formatKey(path)
      const known = used.get(key)
      if (known !== undefined && ROLES.indexOf(known.role) <= ROLES.indexOf(role)) return
      const held = path[0] === 'settings' ? this.run.held(path).map((one) => this.shown(one)) : []
      used.set(key, { key, role, value: this.valueOf(path), ...(block && { block }), held })
    }
    for (const { shows, isKey, reads, blocks } of parts) {
      if (shows !== undefined) add(shows, isKey ? 'name' : 'shown')
      for (const path of reads) add(path, 'input')
      for (const { name, offset, reads: decisive } of blocks) {
        for (const path of decisive) add(path, 'decides', { name, line: this.recorded.template.lineAt(offset) })
      }
    }
    return [...used.values()].sort((a, b) => ROLES.indexOf(a.role) - ROLES.indexOf(b.role))
  }

  private valueOf(path: ReadPath): JsonValue | undefined {
    const value = valueAt(jsonObject({ settings: this.run.settings, os: this.run.os }), path)
    return value === undefined ? undefined : this.masked(value, path)
  }

  /** A value with what must not be shown in it hidden. */
  private masked(value: JsonValue, path: ReadPath): JsonValue {
    if (this.isSecret(path)) return HIDDEN
    if (isJsonArray(value)) return value.map((item, i) => this.masked(item, [...path, String(i)]))
    if (!isJsonObject(value)) return value
    return jsonObject(
      Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.masked(item, [...path, name])])),
    )
  }

  private shown(held: HeldSetting): HeldSetting {
    return { ...held, value: this.masked(held.value, held.path) }
  }

  /** A stretch of the file, without what must not be shown. */
  private shownText(parts: readonly SourcePart[], start: number, end: number): string {
    let text = ''
    let at = start
    for (const part of parts) {
      const paths = [
        ...(part.shows === undefined || part.isKey ? [] : [part.shows]),
        ...(part.isText ? [] : part.reads),
      ]
      if (part.isText || !paths.some(this.isSecret)) continue
      const from = Math.max(part.start, at)
      if (from >= end || part.end <= at) continue
      text += this.text.slice(at, from) + HIDDEN
      at = Math.min(part.end, end)
    }
    return text + this.text.slice(at, end)
  }

  private part(start: number, end: number, key: FileKey | undefined): ExplainedPart {
    const parts = this.recorded.partsIn(start, end)
    return {
      key: key && formatFileKey(key.path),
      path: key?.path,
      line: this.recorded.lineOf(start),
      text: this.shownText(parts, start, end),
      template: this.recorded.templateLines(start, end),
      settings: this.usedSettings(parts),
    }
  }

  /** A key and what it comes from. */
  explainKey(key: FileKey): ExplainedPart {
    return this.part(key.start, key.end, key)
  }

  /** A line, from 1, and what it comes from; undefined behind the end of the file. */
  explainLine(line: number): ExplainedPart | undefined {
    const lines = this.text.split('\n')
    const text = lines[line - 1]
    if (text === undefined || (text === '' && line === lines.length)) return undefined
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0)
    const end = start + text.length
    const key = this.keys.find((one) => one.start >= start && one.start < end) ?? this.keyAround(start)
    return this.part(start, end, key)
  }

  private keyAround(offset: number): FileKey | undefined {
    return this.keys.find(({ start, end }) => start <= offset && offset < end)
  }
}
