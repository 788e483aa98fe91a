/**
 * The JSON Schema of user data in the tools behind the TOML extensions of editors: Taplo (Even Better TOML, and most
 * language clients) and Tombi. Each is installed at a fixed version from the npm registry into a directory of its own.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jsonObject } from '../../src/lib/json.ts'
import { loadModel, MODEL_NAMES } from '../../src/model/models.ts'
import { printToml } from '../../src/toml/trusted-toml.ts'
import { parseUserToml } from '../../src/toml/user-toml.ts'
import { loadDefaults } from '../../src/variants/load.ts'
import { findVariant, listVariants } from '../../src/variants/variant.ts'
import { LanguageServer } from '../support/language-server.ts'
import { runTool, temporaryDirectory } from '../support/run-tool.ts'

const TOOLS = ['@taplo/cli@0.7.0', 'tombi@0.11.7']

const root = fileURLToPath(new URL('../..', import.meta.url))
const directory = temporaryDirectory()
const work = directory.path
const bin = (name: string): string => path.join(work, 'tools/node_modules/.bin', name)

/** What a tool says about files: whether it accepts all of them, and its output without colours. */
interface Verdict {
  readonly isAccepted: boolean
  readonly text: string
}

type Lint = (...files: string[]) => Verdict

function linter(name: string, args: readonly string[]): Lint {
  return (...files) => {
    const env = { ...process.env, NO_COLOR: '1' }
    const { status, stdout, stderr } = spawnSync(bin(name), [...args, ...files], { cwd: work, encoding: 'utf8', env })
    return { isAccepted: status === 0, text: (stdout + stderr).replace(/\u001b\[[0-9;]*m/g, '') }
  }
}

const EDITORS: readonly [string, Lint][] = [
  ['Taplo', linter('taplo', ['lint', '--colors', 'never'])],
  ['Tombi', linter('tombi', ['lint', '--offline'])],
]

/** A document with the comment that switches the schema on, as the README shows it. */
function write(name: string, variant: string, content: string): string {
  const file = `${name.replaceAll('/', '-')}.toml`
  writeFileSync(path.join(work, file), `#:schema ./${variant}.schema.json\n\n${content}`)
  return file
}

const VARIANTS = MODEL_NAMES.map(
  (model) => listVariants().find((name) => findVariant(name).modelName === model) as string,
)
const variantOf = (model: string): string => VARIANTS[MODEL_NAMES.findIndex((name) => name === model)] as string

beforeAll(async () => {
  for (const variant of VARIANTS) {
    const out = path.join(work, `${variant}.schema.json`)
    expect((await runTool('bottlerocket', ['schema', '--variant', variant, '--out', out])).code).toBe(0)
  }
  writeFileSync(path.join(work, 'package.json'), '{}')
  const install = [
    'install',
    '--prefix',
    path.join(work, 'tools'),
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    ...TOOLS,
  ]
  execFileSync('npm', install, { stdio: 'ignore', cwd: work })
}, 240_000)

afterAll(() => {
  directory.remove()
})

const FOLDER = path.join(root, 'test/rejected')

/** Mistakes in types and names of documents that are TOML; what lies in the meaning of a string is beyond a schema. */
function mistakes(): string[] {
  const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.toml'))
  return files.flatMap((file) => {
    const text = readFileSync(path.join(FOLDER, file), 'utf8')
    const family = MODEL_NAMES.find((name) => text.startsWith(`# family: ${name}\n`))
    const parsed = parseUserToml(text, file)
    if (family === undefined || !parsed.ok) return []
    const result = loadModel(family).parse(parsed.tree['settings'] ?? null)
    const tellable = ['SETTINGS_WRONG_TYPE', 'SETTINGS_UNKNOWN_KEY', 'SETTINGS_UNKNOWN_GROUP', 'SETTINGS_OUT_OF_RANGE']
    if (result.ok || !result.problems.some(({ code }) => tellable.includes(code))) return []
    // a date is a string to these tools
    return file.includes('date') ? [] : [write(file.slice(0, -'.toml'.length), variantOf(family), text)]
  })
}

/** Documents that a host accepts. */
function accepted(): string[] {
  const defaults = VARIANTS.map((variant) => {
    const settings = loadDefaults(findVariant(variant))['settings'] ?? jsonObject()
    return write(`defaults-${variant}`, variant, printToml(jsonObject({ settings })))
  })
  const example = (name: string, model: string): string =>
    write(`example-${model}`, variantOf(model), readFileSync(path.join(root, 'src/cli/examples', name), 'utf8'))
  return [
    ...defaults,
    example('aws-k8s.toml', 'aws-k8s'),
    example('aws-ecs.toml', 'aws-ecs-2'),
    write('outside', variantOf('metal-dev'), '[settings]\nmotd = "x"\n[other]\nx = 1\n'),
  ]
}

const REFUSED: readonly [name: string, content: string, line: number][] = [
  ['a wrong type', '[settings.kubernetes]\nmax-pods = "110"\n', 4],
  ['a float for an integer', '[settings.kubernetes]\nmax-pods = 110.0\n', 4],
  ['a word that is none of the fixed ones', '[settings.kernel]\nlockdown = "full"\n', 4],
  ['an unknown setting', '[settings.kubernetes]\ncluster-nam = "demo"\n', 4],
  ['an unknown group', '[settings.ecs]\ncluster = "demo"\n', 3],
  ['a bad name', '[settings.host-containers.a_b]\nenabled = true\n', 3],
  ['a missing member', '[settings.oci-defaults.resource-limits.max-open-files]\nhard-limit = 5\n', 3],
  ['a broken duration', '[settings.kubernetes]\nshutdown-grace-period = "30"\n', 4],
  ['a number out of range', '[settings.kubernetes]\nlog-level = 256\n', 4],
  ['one setting under two names', '[settings.boot.kernel]\na = []\n[settings.boot.kernel-parameters]\na = []\n', 3],
]

describe.each(EDITORS)('%s', (_name, lint) => {
  it('accepts defaults, examples, and what stands outside of settings', () => {
    const { isAccepted, text } = lint(...accepted())
    expect(isAccepted, text).toBe(true)
  })

  it('refuses mistakes, each with its line', () => {
    const files = REFUSED.map(([name, content]) => write(name.replaceAll(' ', '-'), variantOf('aws-k8s'), content))
    const { isAccepted, text } = lint(...files)
    expect(isAccepted).toBe(false)
    const missed = REFUSED.filter(([, , line], i) => !text.includes(`${files[i] as string}:${String(line)}:`))
    expect(missed).toEqual([])
  })

  it('refuses the mistakes that users make in types and names', () => {
    const files = mistakes()
    expect(files.length).toBeGreaterThan(20)
    const { text } = lint(...files)
    expect(files.filter((file) => !text.includes(`${file}:`))).toEqual([])
  })
})

describe('a language server', () => {
  const text =
    '#:schema ./VARIANT.schema.json\n\n[settings.kubernetes]\nmax-pods = 110\nclu\n\n[settings.kernel]\nlockdown = ""\n'
  let server: LanguageServer
  let uri: string

  beforeAll(async () => {
    const variant = variantOf('aws-k8s')
    uri = pathToFileURL(path.join(work, 'edited.toml')).href
    server = new LanguageServer(bin('tombi'), ['lsp'], work, { ...process.env, TOMBI_OFFLINE: 'true' })
    await server.open(uri, text.replace('VARIANT', variant))
  })

  afterAll(() => {
    server.stop()
  })

  const ask = (method: string, line: number, character: number): Promise<unknown> =>
    server.request(`textDocument/${method}`, { textDocument: { uri }, position: { line, character } })

  it('shows what a setting is', async () => {
    const shown = JSON.stringify(await ask('hover', 3, 2))
    expect(shown).toContain('How many pods the node runs at most.')
    expect(shown).toContain('Set at boot by `pluto`')
  })

  it('offers the settings of a table', async () => {
    const offered = JSON.stringify(await ask('completion', 4, 3))
    for (const name of ['certificate', 'dns-ip', 'domain', 'name']) expect(offered).toContain(`"cluster-${name}"`)
    expect(offered).toContain('Name of the cluster that the node joins.')
  })

  it('offers the words of a setting', async () => {
    const offered = JSON.stringify(await ask('completion', 7, 12))
    for (const word of ['none', 'integrity', 'confidentiality']) expect(offered).toContain(`\\"${word}\\"`)
  })
})
