/** Templates that are rendered together: one Handlebars environment for those that the build compiled, one for others. */
import Handlebars from 'handlebars/dist/handlebars.runtime.js'
import type { BodyCompiler } from './compile.ts'
import { constantBody, registerHelpers, runnableBody, type Compiled } from './engine.ts'
import type { Template } from './render.ts'
import { lastOfEach, type Requirement } from './requirement.ts'
import type { ShippedTemplate, ShippedTemplates } from './shipped.ts'
import { SourceText } from './source-text.ts'

/** What a template string is known by: its requirements and its text. No text of a file begins like this. */
export function stringKey(body: string, requirements: readonly Requirement[]): string {
  const parts = lastOfEach(requirements).map(({ extension, helpers }) => `${extension}(${helpers.join()})`)
  return `\u0000${parts.join(' ')}\n${body}`
}

type Parse = (name: string, text: string) => Template
type ParseString = (name: string, body: string, requirements: readonly Requirement[]) => Template

/** Makes templates ready to be rendered, each text once. */
export class RenderSet {
  private readonly shipped: ShippedTemplates
  private readonly ready = new Map<string, Template>()
  private runtime: typeof Handlebars | undefined
  private compiler: BodyCompiler | undefined

  /** @param shipped what needs no compiling */
  constructor(shipped: ShippedTemplates) {
    this.shipped = shipped
  }

  /** A template file. @throws PipelineError as `parseTemplate` */
  async file(name: string, text: string): Promise<Template> {
    const known = this.find(name, text, text)
    if (known !== undefined) return known
    const { parse } = await this.loadCompiler()
    return this.keep(text, parse(name, text))
  }

  /** A template string. @throws PipelineError as `parseTemplateString` */
  async string(name: string, body: string, requirements: readonly Requirement[]): Promise<Template> {
    const key = stringKey(body, requirements)
    const known = this.find(name, key, body)
    if (known !== undefined) return known
    const { parseString } = await this.loadCompiler()
    return this.keep(key, parseString(name, body, requirements))
  }

  private keep(key: string, template: Template): Template {
    this.ready.set(key, template)
    return template
  }

  private find(name: string, key: string, text: string): Template | undefined {
    const ready = this.ready.get(key)
    if (ready !== undefined) return ready.name === name ? ready : { ...ready, name, source: new SourceText(name, text) }
    const shipped = this.shipped.get(key)?.()
    if (shipped === undefined) return undefined
    const { requiredExtensions, importedHelpers, outputFormat } = shipped
    const source = new SourceText(name, text)
    return this.keep(key, {
      ...{ name, requiredExtensions, importedHelpers, outputFormat, source },
      compiled: this.load(shipped),
    })
  }

  private load({ body }: ShippedTemplate): Compiled {
    if ('text' in body) return constantBody(body.text)
    if (this.runtime === undefined) {
      this.runtime = Handlebars.create()
      registerHelpers(this.runtime)
    }
    return runnableBody(this.runtime.template(body.spec), body.tables, this.runtime)
  }

  /** The compiler is loaded when the first template of another text turns up. */
  private async loadCompiler(): Promise<{ readonly parse: Parse; readonly parseString: ParseString }> {
    const [templates, { BodyCompiler: Compiler }] = await Promise.all([import('./template.ts'), import('./compile.ts')])
    const compiler = (this.compiler ??= new Compiler())
    return {
      parse: (name, text) => templates.parseTemplate(name, text, compiler),
      parseString: (name, body, requirements) => templates.parseTemplateString(name, body, requirements, compiler),
    }
  }
}
