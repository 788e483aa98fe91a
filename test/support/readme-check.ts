/** The blocks of the README about checking a repository. */
import { readFileSync } from 'node:fs'
import { projectFile } from './run-tool.ts'

const readme = readFileSync(projectFile('README.md'), 'utf8')
const section = /\n### A whole repository\n([^]*?)\n##+ /.exec(readme)?.[1] ?? ''

/** All blocks of a language, in order. */
export function blocks(language: string): string[] {
  return [...section.matchAll(new RegExp(`\n\`\`\`${language}\n([^]*?)\`\`\`\n`, 'g'))].map(([, text = '']) => text)
}

/** The options that it lists. */
export const listedOptions: readonly string[] = [...section.matchAll(/`(--[a-z-]+)/g)].map(([, name = '']) => name)
