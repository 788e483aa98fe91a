/** Compiling: the part of Handlebars that a template needs once. */
import Handlebars from 'handlebars/dist/handlebars.js'
import { constantBody, registerHelpers, runnableBody, type Compiled, type HandlebarsTemplate } from './engine.ts'
import { visibleHelpers } from './helpers/owners.ts'
import { Lowering, type HandlebarsNode, type Tables } from './lower.ts'
import type { Statement } from './tree.ts'

/** A body ready for Handlebars, or the text of one that has no tags. */
type Lowered = { readonly text: string } | { readonly program: HandlebarsNode; readonly tables: Tables }

function lower(body: readonly Statement[], importedHelpers: readonly string[]): Lowered {
  const texts = body.filter((statement) => statement.kind === 'text')
  if (texts.length === body.length) return { text: texts.map(({ text }) => text).join('') }
  const lowering = new Lowering(visibleHelpers(importedHelpers))
  return { program: lowering.program(body), tables: lowering.tables }
}

/** A body as JavaScript source, for a build. */
export type BodySource = { readonly text: string } | { readonly spec: string; readonly tables: Tables }

const OLD_RUNTIMES = / \|\| function\(parent, propertyName\) \{.*?return undefined\s*\}/gs
const NO_CONTEXT = /depth0 != null \? depth0 : \(container\.nullContext \|\| \{\}\)/g

/** Leaves out what Handlebars repeats in each function: help for its older run times, and a `this` that no helper reads. */
function withoutRepeats(spec: string): string {
  return spec.replace(OLD_RUNTIMES, '').replace(NO_CONTEXT, 'depth0')
}

/** Compiles the bodies of templates, all in one Handlebars environment of its own. */
export class BodyCompiler {
  private readonly environment = Handlebars.create()
  private readonly options: CompileOptions

  constructor() {
    const helpers = registerHelpers(this.environment)
    // the tree is made here and already has its white space; Handlebars would trim it a second time
    this.environment.parse = (tree) => tree as unknown as ReturnType<typeof Handlebars.parse>
    this.options = {
      noEscape: true,
      knownHelpersOnly: true,
      knownHelpers: Object.fromEntries(helpers.map((name) => [name, true])),
      ignoreStandalone: true,
    }
  }

  /** Makes a body ready to run. Handlebars compiles it at its first rendering. */
  compile(body: readonly Statement[], importedHelpers: readonly string[]): Compiled {
    const lowered = lower(body, importedHelpers)
    if ('text' in lowered) return constantBody(lowered.text)
    return this.runnable(lowered)
  }

  /** The same for a body that tells a trace of all its text. */
  compileTraced(body: readonly Statement[], importedHelpers: readonly string[]): Compiled {
    const lowering = new Lowering(visibleHelpers(importedHelpers), true)
    return this.runnable({ program: lowering.program(body), tables: lowering.tables })
  }

  private runnable(lowered: { readonly program: HandlebarsNode; readonly tables: Tables }): Compiled {
    const template: HandlebarsTemplate = this.environment.compile(lowered.program, this.options)
    return runnableBody(template, lowered.tables, this.environment)
  }

  /** Compiles a body to the source of what `loadBody` takes. */
  precompile(body: readonly Statement[], importedHelpers: readonly string[]): BodySource {
    const lowered = lower(body, importedHelpers)
    if ('text' in lowered) return lowered
    const spec = this.environment.precompile(lowered.program, this.options) as string
    return { spec: withoutRepeats(spec), tables: lowered.tables }
  }
}
