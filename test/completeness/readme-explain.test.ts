/** What the README shows of `bottlerocket explain` is what it prints. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { bottlerocket } from '../../src/cli/program.ts'
import { MemoryFs } from '../../src/host/memory-fs.ts'
import { runToEnd, testHost } from '../support/test-host.ts'

const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8')
const section = /\n## What a setting does, and why a line is there\n([^]*?)\n## /.exec(readme)?.[1] ?? ''
const userData = /\n```toml\n([^]*?)```\n/.exec(section)?.[1] ?? ''

/** Command lines with what is shown below them. */
const sessions = [...section.matchAll(/^ {4}\$ npx bottlerocket (.*)\n((?: {4}(?!\$ ).*\n|\n(?= {4}(?!\$ )))*)/gm)].map(
  ([, line = '', shown = '']) => [line, shown.replace(/^ {4}/gm, '')] as const,
)

describe('the README', () => {
  it('shows a setting, a key, a line and a code', () => {
    expect(sessions.map(([line]) => line.split(' ')[1])).toEqual([
      'settings.kubernetes.max-pods',
      '/etc/kubernetes/kubelet/config',
      '/etc/kubernetes/kubelet/config:3',
      'SETTINGS_UNKNOWN_GROUP',
    ])
  })

  it.each(sessions)('shows what %s prints', async (line, shown) => {
    const fs = new MemoryFs()
    fs.writeFile('/my.toml', userData)
    const { code, stdout } = await runToEnd(bottlerocket, line.split(' '), testHost({ fs }))
    expect(code).toBe(0)
    expect(stdout).toBe(shown)
  })
})
