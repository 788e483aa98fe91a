import { readFileSync } from 'node:fs'
import { parseJson } from '../lib/json-parse.ts'
import { member } from '../lib/json.ts'
import { packageFile } from '../lib/package-root.ts'

/** The version of the package, as in its `package.json`. */
export function productVersion(): string {
  const value = member(parseJson(readFileSync(packageFile('package.json'), 'utf8')), 'version')
  return typeof value === 'string' ? value : 'unknown'
}
