/**
 * Findings for code scanning: SARIF 2.1.0
 * (https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html). Its columns may count code points and its ends
 * are exclusive, as ours.
 */
import path from 'node:path'
import { ERROR_CODES, type ErrorCode } from '../../lib/error-codes.ts'
import type { Diagnostic, Place } from '../../lib/diagnostics.ts'
import { jsonObject, printJson, toJson, type JsonObject } from '../../lib/json.ts'
import type { Outcome } from '../validate/check-inputs.ts'
import { byDocument, sharedFindings, withVariants, workflowPath, type WorkflowPlace } from '../validate/print.ts'

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json'
/** What relative addresses start from: the checkout. */
const BASE = '%SRCROOT%'

const encodePath = (file: string): string => file.split(path.sep).map(encodeURIComponent).join('/')

function artifact(file: string, place: WorkflowPlace): JsonObject {
  const named = workflowPath(file, place.cwd, place.workspace)
  const full = path.resolve(place.cwd, named)
  if (path.isAbsolute(named)) return jsonObject({ uri: `file://${encodePath(full)}` })
  return jsonObject({ uri: encodePath(path.normalize(named)), uriBaseId: BASE })
}

function location(at: Place, place: WorkflowPlace, message?: string): JsonObject {
  const { file, line, column, endLine, endColumn } = at
  return jsonObject({
    physicalLocation: jsonObject({
      artifactLocation: artifact(file, place),
      region: toJson({ startLine: line, startColumn: column, endLine, endColumn }),
    }),
    ...(message === undefined ? {} : { message: jsonObject({ text: message }) }),
  })
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

function result(diagnostic: Diagnostic, file: string, rules: readonly ErrorCode[], place: WorkflowPlace): JsonObject {
  const { code, severity, path: key, message, hint, at, related = [] } = diagnostic
  // a decoded part is no file: the finding goes to where it stands
  const isInside = at !== undefined && at.file !== file
  const main = isInside ? related.find((other) => other.at.file === file)?.at : at
  const others = related.filter((other) => other.at !== main && other.at.file === file)
  const where = isInside ? ` (line ${String(at.line)}, column ${String(at.column)} of the decoded text)` : ''
  const text = [
    sentence(`${key === undefined ? '' : `${key}: `}${message}${where}`),
    ...(hint === undefined ? [] : [`Hint: ${hint}`]),
  ]
  return jsonObject({
    ruleId: code,
    ruleIndex: BigInt(rules.indexOf(code)),
    level: severity,
    message: jsonObject({ text: text.join('\n') }),
    locations: main === undefined ? [] : [location(main, place)],
    ...(others.length === 0 ? {} : { relatedLocations: others.map((each) => location(each.at, place, each.message)) }),
  })
}

function rule(code: ErrorCode): JsonObject {
  const { meaning, hint } = ERROR_CODES[code]
  return jsonObject({ id: code, shortDescription: jsonObject({ text: meaning }), help: jsonObject({ text: hint }) })
}

/** All findings as a log of one run. @param version of the product */
export function sarifLog({ verdicts }: Outcome, place: WorkflowPlace, version: string): string {
  const found = byDocument(verdicts).flatMap((document) =>
    sharedFindings(document).map((shared) => ({ diagnostic: withVariants(shared), file: document[0]?.file ?? '' })),
  )
  const rules = [...new Set(found.map(({ diagnostic }) => diagnostic.code))].sort()
  const driver = jsonObject({ name: 'bottlerocket', version, semanticVersion: version, rules: rules.map(rule) })
  const run = jsonObject({
    tool: jsonObject({ driver }),
    columnKind: 'unicodeCodePoints',
    results: found.map(({ diagnostic, file }) => result(diagnostic, file, rules, place)),
  })
  return printJson(jsonObject({ $schema: SCHEMA, version: '2.1.0', runs: [run] }))
}
