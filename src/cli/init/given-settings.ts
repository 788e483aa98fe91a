/** Settings on the command line, as `KEY=VALUE`. */
import { wordingOfPairs } from '../../apiclient/wording.ts'
import { sortDiagnostics, type Diagnostic } from '../../lib/diagnostics.ts'
import { PipelineError } from '../../lib/errors.ts'
import { EXIT_USAGE } from '../../lib/exit-codes.ts'
import type { JsonObject } from '../../lib/json.ts'
import { formatSegment } from '../../model/key.ts'
import { parseKeypairs } from '../../model/keypairs.ts'
import type { ModelProblem, SettingsModel } from '../../model/models.ts'

const displayKey = (path: ModelProblem['path']): string =>
  path.reduce<string>(
    (text, step) => text + (typeof step === 'number' ? `[${String(step)}]` : `.${formatSegment(step)}`),
    'settings',
  )

/**
 * Settings of some `KEY=VALUE`, each value of the type that the model has for it; lists and tables as JSON.
 *
 * @throws PipelineError `USAGE` with every problem at its place
 */
export function givenSettings(model: SettingsModel, pairs: readonly string[]): JsonObject {
  const result = parseKeypairs(model, pairs, { withStructures: true })
  if (result.ok) return result.settings
  const wording = wordingOfPairs(pairs)
  const diagnostics = result.problems.map(({ code, path, message, hint, atKey = false }): Diagnostic => {
    const at = wording.place(path, atKey)
    return {
      code,
      severity: 'error',
      path: displayKey(path),
      message,
      ...(hint !== undefined && { hint }),
      ...(at !== undefined && { at }),
    }
  })
  throw new PipelineError('USAGE', 'a setting given with --set is not valid, so nothing was written', {
    exit: EXIT_USAGE,
    diagnostics: sortDiagnostics(diagnostics),
    sources: wording.sources,
  })
}
