/** `bottlerocket`: the umbrella tool. Each command is loaded when it is called. */
import { EXIT_OK, EXIT_USAGE } from '../lib/exit-codes.ts'
import { buildId } from '../lib/build-id.ts'
import type { Program } from '../lib/ports.ts'
import { productVersion } from './product-version.ts'
import { runCommand, type Command } from './run-command.ts'

interface CommandEntry {
  readonly about: string
  load(): Promise<Command>
}

const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  start: {
    about: 'boot a variant with an embedded metadata server and show what happened',
    load: async () => {
      const { start, startSpec } = await import('./commands/start.ts')
      return { run: start, spec: startSpec }
    },
  },
  boot: {
    about: 'boot a variant under a root directory',
    load: async () => {
      const { boot, bootSpec } = await import('./commands/boot.ts')
      return { run: boot, spec: bootSpec }
    },
  },
  render: {
    about: 'offline: which files and commands does this user data lead to',
    load: async () => {
      const { render, renderSpec } = await import('./commands/render.ts')
      return { run: render, spec: renderSpec }
    },
  },
  plan: {
    about: 'what a change of user data comes to: settings, files, commands, reboots',
    load: async () => {
      const { plan, planSpec } = await import('./commands/plan.ts')
      return { run: plan, spec: planSpec }
    },
  },
  init: {
    about: 'a starting user data file: what a variant needs, and described options',
    load: async () => {
      const { init, initSpec } = await import('./commands/init.ts')
      return { run: init, spec: initSpec }
    },
  },
  schema: {
    about: 'JSON Schema of a variant’s user data, for editors',
    load: async () => {
      const { schema, schemaSpec } = await import('./commands/schema.ts')
      return { run: schema, spec: schemaSpec }
    },
  },
  validate: {
    about: 'offline: is this user data right, and if not, on which line',
    load: async () => {
      const { validate, validateSpec } = await import('./commands/validate.ts')
      return { run: validate, spec: validateSpec }
    },
  },
  check: {
    about: 'offline: all user data of a repository, on all processors, with a cache',
    load: async () => {
      const [{ check, checkSpec }, { nodeThreads }, { userCacheDirectory }] = await Promise.all([
        import('./commands/check.ts'),
        import('../host/node-threads.ts'),
        import('../host/cache-directory.ts'),
      ])
      const run: Command['run'] = (argv, io, host) =>
        check(argv, io, { ...host, threads: nodeThreads(), cacheDirectory: userCacheDirectory(io.env), build: buildId })
      return { run, spec: checkSpec }
    },
  },
  settings: {
    about: 'browse and search settings: values, defaults, what a change does',
    load: async () => {
      const { settings, settingsSpec } = await import('./commands/settings.ts')
      return { run: settings, spec: settingsSpec }
    },
  },
  explain: {
    about: 'what a setting does, where a line of a file comes from, what an error code means',
    load: async () => {
      const { explain, explainSpec } = await import('./commands/explain.ts')
      return { run: explain, spec: explainSpec }
    },
  },
  variants: {
    about: 'list variants, or compare two',
    load: async () => {
      const { variants, variantsSpec } = await import('./commands/variants.ts')
      return { run: variants, spec: variantsSpec }
    },
  },
  serve: {
    about: 'serve the API of a variant under a root directory',
    load: async () => {
      const { serve, serveSpec } = await import('./commands/serve.ts')
      return { run: serve, spec: serveSpec }
    },
  },
  analyze: {
    about: 'what took a boot its time: longest parts, critical path, waits; also as a page',
    load: async () => {
      const { analyze, analyzeSpec } = await import('./commands/analyze.ts')
      return { run: analyze, spec: analyzeSpec }
    },
  },
  install: {
    about: 'lay programs, units and data of a variant into a root file system',
    load: async () => {
      const { install, installSpec } = await import('./commands/install.ts')
      return { run: install, spec: installSpec }
    },
  },
  uninstall: {
    about: 'remove what install has laid into a root file system',
    load: async () => {
      const { uninstall, uninstallSpec } = await import('./commands/uninstall.ts')
      return { run: uninstall, spec: uninstallSpec }
    },
  },
  imds: {
    about: 'serve instance metadata and the AWS calls of a boot on loopback',
    load: async () => {
      const { imds, imdsSpec } = await import('./commands/imds.ts')
      return { run: imds, spec: imdsSpec }
    },
  },
}

function usage(): string {
  const rows = Object.entries(COMMANDS).map(([name, { about }]) => `  ${name.padEnd(10)}${about}`)
  return [
    'usage: bottlerocket COMMAND [OPTION]...',
    '',
    ...rows,
    '',
    '`bottlerocket COMMAND --help` tells more; `bottlerocket --version` prints the version.',
    '',
  ].join('\n')
}

/** The umbrella tool as a program. */
export const bottlerocket: Program = {
  name: 'bottlerocket',
  async run(argv, io, host) {
    const [name = '', ...rest] = argv
    if (name === '--help' || name === 'help' || name === '-h') {
      io.stdout.write(usage())
      return EXIT_OK
    }
    if (name === '--version') {
      io.stdout.write(`${productVersion()}\n`)
      return EXIT_OK
    }
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
    if (command === undefined) {
      io.stderr.write(`bottlerocket: ${name === '' ? 'no command' : `unknown command '${name}'`}\n${usage()}`)
      return EXIT_USAGE
    }
    return runCommand(await command.load(), rest, io, host)
  },
}
