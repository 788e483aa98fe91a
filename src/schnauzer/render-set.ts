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
    const { parseTemplate, compiler } = await this.loadCompiler()
    return this.keep(text, parseTemplate(name, text, compiler))
  }

  /** A template string. @throws PipelineError as `parseTemplateString` */
  async string(name: string, body: string, requirements: readonly Requirement[]): Promise<Template> {
    const key = stringKey(body, requirements)
    const known = this.find(name, key, body)
    if (known !== undefined) return known
    const { parseTemplateString, compiler } = await this.loadCompiler()
    return this.keep(key, parseTemplateString(name, body, requirements, compiler))
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
    return runnableBody(this.runtime.template(body.spec as TemplateSpecification), body.tables, this.runtime)
  }

  /** The compiler is loaded when the first template of another text turns up. */
  private async loadCompiler(): Promise<typeof import('./template.ts') & { readonly compiler: BodyCompiler }> {
    const [templates, { BodyCompiler: Compiler }] = await Promise.all([import('./template.ts'), import('./compile.ts')])
    this.compiler ??= new Compiler()
    return { ...templates, compiler: this.compiler }
  }
}
