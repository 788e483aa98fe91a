/** `bottlerocket validate` as people and workflows run it: a real process over real files. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { runTool, startTool, temporaryDirectory } from '../support/run-tool.ts'

const directory = temporaryDirectory()
afterAll(() => {
  directory.remove()
})
const write = (name: string, text: string): void => {
  mkdirSync(path.dirname(path.join(directory.path, name)), { recursive: true })
  writeFileSync(path.join(directory.path, name), text)
}

write('good.toml', '[settings.kubernetes]\nmax-pods = 10\n')
write(
  'nodes/class.yaml',
  'kind: EC2NodeClass\nspec:\n  amiFamily: Bottlerocket\n  userData: |\n    [settings.kubernetes]\n    max-pod = 10\n',
)
const many = Array.from({ length: 3000 }, (_, i) => `wrong-${String(i)} = 1`)
write('many.toml', `[settings.kubernetes]\n${many.join('\n')}\n`)

const options = { cwd: directory.path }

describe('validate', () => {
  it('finds what is wrong in a file that holds user data', async () => {
    const { code, stdout, stderr } = await runTool(
      'bottlerocket',
      ['validate', 'good.toml', '**/*.yaml', '--variant', 'aws-k8s-1.30'],
      options,
    )
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout).toContain(
      'nodes/class.yaml:6:5: error[SETTINGS_UNKNOWN_KEY] settings.kubernetes.max-pod: unknown setting\n',
    )
    expect(stdout).toContain('    hint: did you mean max-pods?\n2 documents, 1 error, 0 warnings (aws-k8s-1.30)\n')
  })

  it('reads a pipe', async () => {
    const run = { ...options, stdin: '[settings]\nmotd = "hi"\n' }
    const { code, stdout } = await runTool('bottlerocket', ['validate', '-', '--variant', 'aws-dev'], run)
    expect({ code, stdout }).toEqual({ code: 0, stdout: '1 document, 0 errors, 0 warnings (aws-dev)\n' })
  })

  it('ends quietly when nobody reads on', async () => {
    const child = startTool('bottlerocket', ['validate', 'many.toml', '--variant', 'aws-k8s-1.30'], options)
    let stderr = ''
    child.stderr?.on('data', (text: Buffer) => (stderr += text.toString()))
    child.stdout?.once('data', () => child.stdout?.destroy())
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
  })

  it.skipIf(process.getuid?.() !== 0)('names a file that an ordinary user may not read', async () => {
    write('closed.toml', '')
    chmodSync(path.join(directory.path, 'closed.toml'), 0o600)
    chmodSync(directory.path, 0o755)
    const run = { ...options, uid: 65_534 }
    const { code, stdout } = await runTool('bottlerocket', ['validate', 'closed.toml', '--variant', 'aws-dev'], run)
    expect(code).toBe(1)
    expect(stdout).toContain('closed.toml:1:1: error[HOST_FILE_UNREADABLE] cannot read it: EACCES\n')
  })
})
