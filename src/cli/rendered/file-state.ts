/** Rendered files as they are at one moment, and what two moments differ in. */
import type { RenderOutcome } from '../render.ts'
import { maskedBefore } from './masked.ts'
import { unifiedDiff, type DiffPalette } from './unified-diff.ts'

interface Content {
  readonly content: string
  /** The same with its secrets hidden. */
  readonly shown: string
}

/** Path of each file to its content. */
export type FileState = ReadonlyMap<string, Content>

/** The files after a run: those of before, with what it wrote over them. */
export function stateAfter({ files, masked }: RenderOutcome, before: FileState = new Map()): FileState {
  const state = new Map(before)
  for (const { path, content } of files) state.set(path, { content, shown: masked.get(path) ?? content })
  return state
}

/** The files of a directory that have a counterpart in a state. */
export function stateOf(read: (path: string) => string | undefined, counterpart: FileState): FileState {
  const state = new Map<string, Content>()
  for (const [path, now] of counterpart) {
    const content = read(path)
    if (content === undefined) continue
    const shown = now.shown === now.content ? content : maskedBefore(content, now.content, now.shown)
    state.set(path, { content, shown })
  }
  return state
}

/** The part of a state that is meant. */
export function only(state: FileState, isMeant: (file: { readonly path: string }) => boolean): FileState {
  return new Map([...state].filter(([path]) => isMeant({ path })))
}

/** Every difference between two states as a unified diff, in the order of the paths; empty if there is none. */
export function diffStates(before: FileState, after: FileState, palette: DiffPalette): string {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort()
  return paths
    .map((path) => {
      const [from, to] = [before.get(path), after.get(path)]
      if (from?.content === to?.content) return ''
      const text = unifiedDiff({ path, before: from?.shown, after: to?.shown }, palette)
      return text === '' ? `${palette.header(`${path}: only secret values differ`)}\n` : text
    })
    .join('')
}
