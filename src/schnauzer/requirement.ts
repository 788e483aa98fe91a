/** Which settings a template sees, and which helpers it imports. */
import { PipelineError } from '../lib/errors.ts'
import { ERROR_CODES } from '../lib/error-codes.ts'

/** One required extension. */
export interface Requirement {
  readonly extension: string
  /** Any text; it is not compared with anything. */
  readonly version: string
  readonly helpers: readonly string[]
}

const SHAPE =
  /^\s*([A-Za-z0-9_-]+)@([A-Za-z0-9_.-]+)(?:\s*\(\s*(?:helpers\s*=\s*\[\s*((?:[A-Za-z0-9_-]+\s*,\s*)*(?:[A-Za-z0-9_-]+\s*)?)\]\s*)?\))?\s*$/

/**
 * Parses `NAME@VERSION` or `NAME@VERSION(helpers=[a, b])` of a command line.
 *
 * @throws PipelineError `TEMPLATE_REQUIREMENT`
 */
export function parseRequirement(text: string): Requirement {
  const [, extension, version, list = ''] = SHAPE.exec(text) ?? []
  if (extension === undefined || version === undefined) {
    throw new PipelineError('TEMPLATE_REQUIREMENT', `'${text}' is no requirement`, {
      hint: ERROR_CODES.TEMPLATE_REQUIREMENT.hint,
    })
  }
  const helpers = list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  return { extension, version, helpers }
}

/** Requirements by name; of several with the same name the last one counts, as a whole. */
export function lastOfEach(requirements: readonly Requirement[]): Requirement[] {
  return [...new Map(requirements.map((requirement) => [requirement.extension, requirement])).values()]
}
