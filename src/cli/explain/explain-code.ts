/** `explain CODE`: what a code means, who reports it, and an example with what is said about it. */
import { renderDiagnostic, type Palette } from '../../lib/diagnostics.ts'
import { ERROR_CODES, type ErrorCode } from '../../lib/error-codes.ts'
import { jsonObject, type JsonObject, type JsonValue } from '../../lib/json.ts'
import { findVariant } from '../../variants/variant.ts'
import { renderFindings } from '../render-findings.ts'
import { checkInputs } from '../validate/check-inputs.ts'
import { EXAMPLES } from './code-examples.ts'
import { reportersOf } from './code-reporters.ts'
import type { Answer } from './explain-file.ts'

/** User data that leads to a code, and what is said about it. */
export interface CodeExample {
  readonly variant: string
  readonly userData: string
  /** As `validate` prints it. */
  readonly finding: string
}

/** Checks the example of a code. */
export async function exampleOf(code: ErrorCode): Promise<CodeExample | undefined> {
  const example = EXAMPLES[code]
  if (example === undefined) return undefined
  const { variant = 'aws-k8s-1.30', userData, file = 'example.toml' } = example
  const outcome = await checkInputs([{ file, bytes: Buffer.from(userData) }], [findVariant(variant)], renderFindings)
  const [finding] = outcome.verdicts.flatMap(({ diagnostics }) => diagnostics).filter((found) => found.code === code)
  return finding && { variant, userData, finding: renderDiagnostic(finding, userData) }
}

const indented = (text: string): string => text.trimEnd().replace(/^(?=.)/gm, '    ')

function codeText(code: ErrorCode, example: CodeExample | undefined, palette: Palette): string {
  const { meaning, hint } = ERROR_CODES[code]
  const rows = [
    ['meaning', meaning],
    ['what to do', hint],
    ['told by', reportersOf(code).join(', ')],
  ].map(([label = '', text = '']) => `  ${palette.faint(label.padEnd(10))} ${text}`)
  const shown =
    example === undefined
      ? []
      : [
          `  ${palette.faint('example')}`,
          indented(example.userData),
          `  ${palette.faint(`on ${example.variant}`)}`,
          indented(example.finding),
        ]
  return [palette.strong(code), ...rows, ...shown].join('\n')
}

/** Explains a code. */
export async function explainCode(code: ErrorCode): Promise<Answer> {
  const example = await exampleOf(code)
  const { meaning, hint } = ERROR_CODES[code]
  const json: Record<string, JsonValue> = { kind: 'code', code, meaning, hint, reporters: [...reportersOf(code)] }
  if (example !== undefined) json['example'] = jsonObject({ ...example })
  return { text: (palette) => codeText(code, example, palette), json: jsonObject(json) satisfies JsonObject }
}
