/** `bottlerocket plan` as a real process: between documents, and for a host that serves its API. */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { ChildProcess } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applyUnifiedDiff } from '../support/apply-unified-diff.ts'
import {
  runTool,
  startTool,
  stopTool,
  temporaryDirectory,
  waitForOutput,
  type ToolResult,
} from '../support/run-tool.ts'

const directory = temporaryDirectory()
const inDirectory = (name: string): string => path.join(directory.path, name)
const plan = (...words: readonly string[]): Promise<ToolResult> =>
  runTool('bottlerocket', ['plan', ...words], { cwd: directory.path })

const MARK = '# bottlerocket: variant=aws-k8s-1.30\n'
const CLUSTER = '[settings.kubernetes]\ncluster-name = "demo"\napi-server = "https://a.example"\n'

beforeAll(() => {
  writeFileSync(inDirectory('old.toml'), `${MARK}[settings]\nmotd = "old"\n${CLUSTER}max-pods = 10\n`)
  writeFileSync(inDirectory('new.toml'), `${MARK}[settings]\nmotd = "new"\n${CLUSTER}max-pods = 20\n`)
  writeFileSync(inDirectory('change.toml'), '[settings]\nmotd = "changed"\n[settings.kubernetes]\nmax-pods = 20\n')
})
afterAll(() => {
  directory.remove()
})

interface Report {
  readonly differs: boolean
  readonly settings: readonly { readonly key: string; readonly after: unknown }[]
  readonly files: readonly { readonly path: string; readonly diff: string }[]
  readonly live: { readonly commands: readonly { readonly command: string; readonly needed: boolean }[] }
}

describe('between documents', () => {
  it('tells the difference by text, report and exit status', async () => {
    const { code, stdout, stderr } = await plan('--from', 'old.toml', '--to', 'new.toml', '--exit-code')
    expect([code, stderr]).toEqual([3, ''])
    expect(stdout).toContain('  ~ settings.kubernetes.max-pods  10 -> 20\n')
    expect(stdout).toContain('\n-maxPods: 10\n+maxPods: 20\n')
    expect(stdout).toMatch(/\n2 settings, 2 files, 2 commands, no reboot\n$/)
    expect((await plan('--from', 'new.toml', '--to', 'new.toml', '--exit-code')).code).toBe(0)
  })
})

describe('for a host that runs', () => {
  const root = inDirectory('r')
  let server: ChildProcess
  beforeAll(async () => {
    server = startTool('bottlerocket', ['start', '--serve', '--root', root, '--user-data', inDirectory('old.toml')])
    await waitForOutput(server, /The API is up/)
  }, 60_000)
  afterAll(async () => {
    await stopTool(server)
  })

  const contentOf = (file: string): string => readFileSync(path.join(root, file), 'utf8')

  it('is what applying the document then does', async () => {
    const before = contentOf('/etc/motd')
    const { code, stdout } = await plan('--root', root, '--to', 'change.toml', '--format', 'json', '--exit-code')
    expect(code).toBe(3)
    const report = JSON.parse(stdout) as Report
    expect(report.settings.map(({ key, after }) => [key, after])).toEqual([
      ['settings.kubernetes.max-pods', 20],
      ['settings.motd', 'changed'],
    ])
    expect(contentOf('/etc/motd')).toBe(before)
    const changed = report.files.map((file) => applyUnifiedDiff(file.diff, contentOf(file.path)))
    expect(changed.map((file) => file.path)).toEqual(['/etc/kubernetes/kubelet/config', '/etc/motd'])
    const socket = path.join(root, 'run/api.sock')
    const text = await plan('--socket', socket, '--to', 'change.toml', '--summary')
    expect(text.stdout).toContain(`change.toml applied to a node with the host at ${socket}\n`)
    expect(text.stdout).toMatch(/^ {2}~ \/etc\/motd +\? +motd$/m)

    const applied = await runTool('apiclient', ['--socket-path', socket, 'apply', inDirectory('change.toml'), '--wait'])
    expect(applied).toMatchObject({ code: 0 })
    for (const file of changed) expect(contentOf(file.path)).toBe(file.content)
    // only what is given again is left to do
    const again = await plan('--root', root, '--to', 'change.toml', '--format', 'json')
    const rest = JSON.parse(again.stdout) as Report
    expect([rest.settings, rest.files, rest.live.commands.filter(({ needed }) => needed)]).toEqual([[], [], []])
  })

  it('refuses documents for other variants, and names a host that does not answer', async () => {
    writeFileSync(inDirectory('ecs.toml'), '# bottlerocket: variant=aws-ecs-2\n[settings]\nmotd = "x"\n')
    const other = await plan('--root', root, '--to', 'ecs.toml')
    expect([other.code, other.stdout]).toEqual([1, ''])
    expect(other.stderr).toContain('error[PLAN_OTHER_VARIANT] the host under ')
    const nobody = await plan('--root', inDirectory('nobody'), '--to', 'change.toml')
    expect(nobody.code).toBe(1)
    expect(nobody.stderr).toMatch(
      /error\[API_UNREACHABLE\].*\n {4}hint: start its API, for example with bottlerocket serve/,
    )
  })
})
