/** `bottlerocket check` as people, hooks and workflows run it: real processes and threads over real files. */
import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { CORPUS_VARIANTS, writeCorpus } from '../support/check-corpus.ts'
import { blocks } from '../support/readme-check.ts'
import { runTool, startTool, temporaryDirectory, toolCommand, type ToolResult } from '../support/run-tool.ts'

const directory = temporaryDirectory()
afterAll(() => {
  directory.remove()
})

const FILES = 100
const tree = path.join(directory.path, 'tree')
const documents = writeCorpus(tree, FILES).reduce((sum, file) => sum + file.documents, 0)
const cache = path.join(directory.path, 'cache')

const check = (args: readonly string[], cwd = tree, env: Readonly<Record<string, string>> = {}): Promise<ToolResult> =>
  runTool('bottlerocket', ['check', ...CORPUS_VARIANTS, ...args], { cwd, env })

describe('check', () => {
  it('says the same on any number of threads, and from the cache', async () => {
    const single = await check(['--jobs', '1'])
    expect(single.stderr).toBe('')
    expect(single.code).toBe(1)
    expect(single.stdout).toContain(`\n${String(documents)} documents, `)
    for (const args of [
      ['--jobs', '2'],
      ['--jobs', '5'],
    ])
      expect(await check(args)).toEqual(single)
    for (let i = 0; i < 2; i++) expect(await check(['--cache-file', cache])).toEqual(single)
    expect(statSync(cache).mode & 0o777).toBe(0o600)
    const { stderr } = await check(['--cache-file', cache, '--verbose'])
    expect(stderr).toBe(`${String(FILES)} of ${String(FILES)} files were known from the cache\n`)
  })

  it('shares a cache with runs at the same time', async () => {
    rmSync(cache, { force: true })
    const expected = await check(['--format', 'json'], path.join(tree, 'user-data'))
    const all = await Promise.all(
      Array.from({ length: 3 }, () => check(['--format', 'json', '--cache-file', cache], path.join(tree, 'user-data'))),
    )
    for (const each of all) expect(each).toEqual(expected)
    const again = await check(['--format', 'json', '--cache-file', cache, '--verbose'], path.join(tree, 'user-data'))
    expect(again.stdout).toBe(expected.stdout)
    expect(again.stderr).toMatch(/^(\d+) of \1 files/)
  })

  it('keeps its cache where the user’s caches are', async () => {
    const env = { XDG_CACHE_HOME: path.join(directory.path, 'caches') }
    await check(['user-data', '--cache'], tree, env)
    expect(existsSync(path.join(env.XDG_CACHE_HOME, 'bottlerocket/check'))).toBe(true)
  })

  it('ends soon after Ctrl-C, and leaves nothing', async () => {
    const large = path.join(directory.path, 'large')
    writeCorpus(large, 3000)
    for (const jobs of ['1', '2']) {
      const unfinished = path.join(directory.path, `unfinished-${jobs}`)
      const args = ['check', ...CORPUS_VARIANTS, '--jobs', jobs, '--cache-file', unfinished]
      const child = startTool('bottlerocket', args, { cwd: large })
      let output = ''
      for (const stream of [child.stdout, child.stderr])
        stream?.on('data', (text: Buffer) => (output += text.toString()))
      await new Promise((resolve) => setTimeout(resolve, 1000))
      const stoppedAt = performance.now()
      child.kill('SIGINT')
      const code = await new Promise((resolve) => child.on('close', resolve))
      expect({ code, output }).toEqual({ code: 130, output: '' })
      expect(performance.now() - stoppedAt).toBeLessThan(5000)
      expect(existsSync(unfinished)).toBe(false)
    }
    rmSync(large, { recursive: true })
  })

  it('shows on a terminal how far it is, and takes that away', async () => {
    const large = path.join(directory.path, 'long')
    writeCorpus(large, 300)
    const command = [...toolCommand('bottlerocket'), 'check', '--quiet', ...CORPUS_VARIANTS]
    const quoted = command.map((word) => `'${word}'`).join(' ')
    const child = spawn('script', ['-qec', `${quoted} >/dev/null`, '/dev/null'], {
      cwd: large,
      env: { ...process.env, TERM: 'xterm' },
    })
    let output = ''
    child.stdout.on('data', (text: Buffer) => (output += text.toString()))
    await new Promise((resolve) => child.on('close', resolve))
    expect(output).toMatch(/\r\u001b\[K\[#*\.*\] \d+\/300 files/)
    expect(output.endsWith('\r\u001b[K')).toBe(true)
    rmSync(large, { recursive: true })
  })

  it.skipIf(process.getuid?.() !== 0)('goes on where an ordinary user may not read', async () => {
    const closed = path.join(directory.path, 'closed')
    mkdirSync(path.join(closed, 'private'), { recursive: true })
    writeFileSync(path.join(closed, 'a.toml'), '# bottlerocket: variant=aws-dev\n[settings]\nmotd = "a"\n')
    writeFileSync(path.join(closed, 'b.toml'), '')
    chmodSync(path.join(closed, 'b.toml'), 0o600)
    chmodSync(path.join(closed, 'private'), 0o700)
    chmodSync(directory.path, 0o755)
    const { code, stdout } = await runTool('bottlerocket', ['check', '--verbose'], { cwd: closed, uid: 65_534 })
    expect(code).toBe(1)
    expect(stdout).toContain('b.toml:1:1: error[HOST_FILE_UNREADABLE] cannot read it: EACCES\n')
    expect(stdout).toContain('private: left out: cannot read the directory: EACCES\n')
    expect(stdout).toMatch(/^a\.toml +aws-dev +ok/m)
  })
})

describe('the hook of the README', () => {
  const repository = path.join(directory.path, 'repository')
  const programs = path.join(directory.path, 'programs')
  const git = (...args: string[]): SpawnSyncReturns<string> =>
    spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
      cwd: repository,
      encoding: 'utf8',
      env: {
        PATH: `${programs}:${process.env['PATH'] ?? ''}`,
        HOME: directory.path,
        GIT_CONFIG_NOSYSTEM: '1',
      },
    })
  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(repository, name)), { recursive: true })
    writeFileSync(path.join(repository, name), text)
  }
  const GOOD = '# bottlerocket: variant=aws-k8s-1.30\n[settings.kubernetes]\nmax-pods = 58\n'
  const BAD = GOOD.replace('58', '"58"')

  it('refuses a commit with an error in it, by what is staged', () => {
    mkdirSync(programs)
    const words = toolCommand('bottlerocket').map((word) => `'${word}'`)
    writeFileSync(path.join(programs, 'bottlerocket'), `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`, { mode: 0o755 })
    mkdirSync(repository)
    expect(git('init', '-q').status).toBe(0)
    const [hook = ''] = blocks('sh')
    expect(hook).toContain('git checkout-index')
    writeFileSync(path.join(repository, '.git/hooks/pre-commit'), hook, { mode: 0o755 })

    write('nodes/a.toml', GOOD)
    git('add', '.')
    expect(git('commit', '-qm', 'good')).toMatchObject({ status: 0, stdout: '', stderr: '' })

    write('nodes/a.toml', BAD)
    git('add', '.')
    // mended in the working tree only
    write('nodes/a.toml', GOOD)
    const refused = git('commit', '-qm', 'bad')
    expect(refused.status).toBe(1)
    expect(`${refused.stdout}${refused.stderr}`).toContain('nodes/a.toml:3:12: error[SETTINGS_WRONG_TYPE]')
    expect(git('log', '--format=%s').stdout).toBe('good\n')

    git('add', '.')
    write('nodes/b.toml', BAD)
    // what is not staged is no matter of the commit
    write('README', 'x\n')
    git('add', 'README')
    expect(git('commit', '-qm', 'better').status).toBe(0)
    expect(readFileSync(path.join(directory.path, '.cache/bottlerocket/check'), 'utf8')).toContain('aws-k8s-1.30')
  })
})
