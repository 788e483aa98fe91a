/** No secret setting is told by any text about user data that is fine, nor by what a boot leaves behind. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderEvent } from '../../src/cli/present.ts'
import { bottlerocket } from '../../src/cli/program.ts'
import { nodeHost } from '../../src/host/node-host.ts'
import { PLAIN } from '../../src/lib/diagnostics.ts'
import { jsonObject, printJson, type JsonObject } from '../../src/lib/json.ts'
import { PATHS } from '../../src/lib/paths.ts'
import { LeakDetector } from '../support/leaks.ts'
import { documentsOf, markedSettings } from '../support/marked-settings.ts'
import { startNode } from '../support/running-node.ts'
import { runToEnd } from '../support/test-host.ts'

const HOST_CONTAINERS = '/etc/host-containers/host-containers.toml'
const SEED = Math.floor(Math.random() * 2 ** 31)

describe.each([
  ['aws-k8s-1.30', 'kubernetes'],
  ['aws-ecs-2', 'ecs'],
] as const)(`secrets on %s (seed ${String(SEED)})`, (variant, family) => {
  const [before, after] = fc.sample(markedSettings(family), { numRuns: 2, seed: SEED }) as [
    { settings: JsonObject; secrets: string[] },
    { settings: JsonObject; secrets: string[] },
  ]
  const detector = new LeakDetector([...before.secrets, ...after.secrets])
  let directory = ''

  const run = async (...argv: readonly string[]): Promise<string> => {
    const { stdout, stderr } = await runToEnd(bottlerocket, argv, nodeHost({ ...process.env }), {
      cwd: directory,
      env: process.env,
    })
    return `${stdout}\n${stderr}`
  }
  const told = async (...argv: readonly string[]): Promise<string[]> => detector.find(await run(...argv))

  beforeAll(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'secrecy-'))
    for (const [prefix, { settings }] of [
      ['before', before],
      ['after', after],
    ] as const) {
      for (const { file, text } of documentsOf(settings)) writeFileSync(path.join(directory, `${prefix}-${file}`), text)
    }
    await run('render', '--variant', variant, '--user-data', 'before-headed.toml', '--out', 'rendered')
  })
  afterAll(() => {
    rmSync(directory, { recursive: true })
  })

  const data = ['--variant', variant, '--user-data', 'after-headed.toml']
  const plan = ['plan', '--variant', variant, '--from', 'before-headed.toml', '--to', 'after-plain.toml']
  it.each([
    ['a list of files', ['render', ...data], false],
    ['contents', ['render', ...data, '--print'], true],
    ['differences', ['render', ...data, '--diff'], true],
    ['changes', ['render', ...data, '--change', 'before-settings.json', '--diff'], true],
    ['differences from files', ['render', ...data, '--diff-against', 'rendered'], true],
    ['a plan', plan, true],
    ['a plan of a change', [...plan, '--as', 'apply'], true],
    ['an explained setting', ['explain', 'settings.container-registry.credentials', ...data], true],
    ['an explained file', ['explain', HOST_CONTAINERS, ...data], false],
    ['an explained key', ['explain', HOST_CONTAINERS, 'host-containers.admin.user-data', ...data], true],
    ['an explained line', ['explain', `${HOST_CONTAINERS}:5`, ...data], true],
    ['findings', ['validate', '--variant', variant, 'after-*.*'], false],
    ['annotations', ['validate', '--variant', variant, 'after-*.*', '--format', 'github'], false],
    ['a report of findings', ['validate', '--variant', variant, 'after-*.*', '--format', 'json'], false],
    ['a whole directory', ['check', '.', '--variant', variant, '--jobs', '1'], false],
  ])('are not in %s', async (_, argv, hasSecrets) => {
    const text = await run(...argv)
    expect(text.length).toBeGreaterThan(50)
    expect(detector.find(text)).toEqual([])
    // the same command can tell them
    if (hasSecrets) expect(await told(...argv, '--show-secrets')).not.toEqual([])
  })

  it('are not in what a boot says and leaves behind', async () => {
    const root = path.join(directory, 'root')
    expect(await told('start', ...data, '--root', root)).toEqual([])
    const records = path.join(root, PATHS.bootRecordDirectory)
    const names = readdirSync(records)
    expect(names.length).toBeGreaterThan(3)
    for (const name of names) expect(detector.find(readFileSync(path.join(records, name), 'utf8'))).toEqual([])
    expect(await told('analyze', root, '--html', 'page.html')).toEqual([])
    expect(await told('analyze', root, '--format', 'json')).toEqual([])
    expect(detector.find(readFileSync(path.join(directory, 'page.html'), 'utf8'))).toEqual([])
    expect(await told('plan', '--root', root, '--to', 'before-headed.toml')).toEqual([])
  }, 30_000)

  it('are not in what a boot that fails says and leaves behind', async () => {
    const root = path.join(directory, 'failed')
    const text = readFileSync(path.join(directory, 'after-headed.toml'), 'utf8')
    // a secret of the wrong type, one without quotes, and one under a name that does not exist
    const broken = text
      .replace(/^user-data = (.*)$/m, 'user-data = [$1]')
      .replace(/^identitytoken=.(.*).$/m, 'identitytoken=$1')
      .replace(/^password=/m, 'pasword=')
    writeFileSync(path.join(directory, 'broken.toml'), broken)
    writeFileSync(
      path.join(directory, 'unknown.toml'),
      text.replace(/^password=/m, 'pasword=').replace(/^user-data = (.*)$/m, 'user-data = 5'),
    )
    for (const file of ['broken.toml', 'unknown.toml']) {
      const output = await run('start', '--variant', variant, '--user-data', file, '--root', root, '--fresh')
      expect(output).toMatch(/error\[/)
      expect(detector.find(output)).toEqual([])
      const records = path.join(root, PATHS.bootRecordDirectory)
      for (const name of readdirSync(records)) {
        expect(detector.find(readFileSync(path.join(records, name), 'utf8'))).toEqual([])
      }
      expect(await told('analyze', root, '--html', 'page.html')).toEqual([])
    }
  }, 30_000)

  it('are not in what the client and the server say of a change', async () => {
    const node = await startNode({ variant, userData: before.settings })
    const json = printJson(jsonObject(after.settings))
    const said: string[] = []
    for (const argv of [
      ['set', '-j', json, '--dry-run'],
      ['set', '-j', json, '--try', '60'],
      ['confirm'],
      ['status'],
      ['set', `host-containers.admin.user-data=%${after.secrets[0] ?? ''}`],
      ['set', '-j', json.replace('"password"', '"pasword"')],
      ['set', '-j', json.replace('"username"', 'username')],
    ]) {
      const { stdout, stderr } = await node.change(...argv)
      said.push(`${argv.slice(0, 2).join(' ').slice(0, 20)}: ${stdout}${stderr}`)
    }
    const events = node.events.take().map((event) => renderEvent(event, PLAIN) ?? '')
    await node.close()
    expect(said.join('\n').length).toBeGreaterThan(500)
    expect(events.join('').length).toBeGreaterThan(50)
    for (const text of [...said.map((each) => each.slice(22)), ...events]) expect(detector.find(text)).toEqual([])
  })
})
