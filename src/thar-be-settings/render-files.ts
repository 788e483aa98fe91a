import { messageOf, PipelineError } from '../lib/errors.ts'
import { unreadableFile } from '../lib/file-errors.ts'
import type { ReadFs } from '../lib/ports.ts'
import type { PlannedFile } from './plan-apply.ts'

export interface RenderedFile {
  readonly file: PlannedFile
  readonly content: string
}

export interface RenderFailure {
  readonly file: PlannedFile
  readonly error: PipelineError
}

export interface RenderResult {
  readonly rendered: readonly RenderedFile[]
  readonly failures: readonly RenderFailure[]
}

/** Renders the text of one template file. @throws PipelineError for a faulty template or a missing value */
export type RenderTemplate = (name: string, text: string) => Promise<string>

function readTemplate(path: string, fs: ReadFs): string {
  try {
    return fs.readText(path)
  } catch (cause) {
    throw unreadableFile(path, cause)
  }
}

/** Whatever one file's rendering throws is that file's failure; the other files go on. */
function toFailure(file: PlannedFile, cause: unknown): RenderFailure {
  const error = cause instanceof PipelineError ? cause : new PipelineError('INTERNAL', messageOf(cause), { cause })
  return { file, error }
}

/** Renders every file, whatever becomes of the others; both lists keep the order of `files`. */
export async function renderFiles(
  files: readonly PlannedFile[],
  fs: ReadFs,
  render: RenderTemplate,
): Promise<RenderResult> {
  const rendered: RenderedFile[] = []
  const failures: RenderFailure[] = []
  for (const file of files) {
    try {
      const content = await render(file.templatePath, readTemplate(file.templatePath, fs))
      rendered.push({ file, content })
    } catch (cause) {
      failures.push(toFailure(file, cause))
    }
  }
  return { rendered, failures }
}
