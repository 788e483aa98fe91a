/** Direction of dependencies between the folders of src, and what each may import from outside. */
const programs =
  'apiclient|apiserver|bork|early-boot|hostname-detectors|migrator|netdog|pluto|prairiedog|schnauzer-v1|schnauzer-v2|settings-committer|shibaken|storewolf|sundog|thar-be-settings'
const core = { pathNot: '(^|/)(main|[a-z0-9-]+[.]main)[.]ts$' }
const only = (from, allowed) => ({
  name: `${from.replaceAll('|', ',')} may import only ${allowed.join(', ')}`,
  severity: 'error',
  from: { path: `^src/(${from})/`, ...core },
  to: { path: '^src/', pathNot: `^src/(${[...allowed, from === programs ? '$1' : from].join('|')})/` },
})
const sole = (module, owners) => ({
  name: `${module} is imported only by ${owners}`,
  severity: 'error',
  from: { path: '^src/', pathNot: `^src/${owners}` },
  to: { path: `^node_modules/${module}/` },
})
const budget = (program, forbidden) => ({
  name: `${program} must not reach ${forbidden}`,
  severity: 'error',
  // a main file offers other programs as calls, which load what they need when they are run
  from: { path: `^src/${program}`, ...core },
  to: { path: `^node_modules/(${forbidden})/`, reachable: true },
})

module.exports = {
  forbidden: [
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no unresolved imports', severity: 'error', from: {}, to: { couldNotResolve: true } },
    only('lib', ['lib']),
    only('toml', ['lib']),
    only('model', ['lib', 'toml']),
    only('documents', ['lib', 'toml', 'model']),
    only('variants', ['lib', 'toml', 'model']),
    only('units', ['lib', 'toml', 'model', 'variants']),
    only('schnauzer', ['lib', 'toml', 'model']),
    only('datastore', ['lib', 'model']),
    only('imds', ['lib']),
    only('api', ['lib', 'model']),
    only('imds-server', ['lib']),
    only('host', ['lib']),
    only(programs, ['lib', 'toml', 'model', 'variants', 'schnauzer', 'datastore', 'imds', 'api']),
    {
      name: 'only apiserver, migrator and storewolf touch the datastore',
      severity: 'error',
      from: { path: `^src/(${programs})/`, pathNot: '^src/(apiserver|migrator|storewolf)/' },
      to: { path: '^src/datastore/' },
    },
    {
      name: 'only main files and the cli reach the host',
      severity: 'error',
      from: { path: '^src/', pathNot: '(^src/(host|cli)/)|(^|/)(main|[a-z0-9-]+[.]main)[.]ts$' },
      to: { path: '^src/host/' },
    },
    sole('handlebars', 'schnauzer/'),
    sole('(@iarna/toml|toml-eslint-parser)', 'toml/'),
    sole('(zod|ip-num)', '(model|schnauzer|api/schemas|api/openapi)'),
    sole('yaml', 'documents/'),
    sole('pino', 'lib/log'),
    sole('jsonc-parser', 'lib/json-(parse|source)'),
    sole('@aws-sdk', 'pluto/'),
    sole('saxes', 'early-boot/ovf-environment'),
    budget('(documents|toml|model)/', 'handlebars|pino|@aws-sdk'),
    budget('(settings-committer|bork|early-boot|sundog|shibaken|apiclient|netdog)/', 'zod|ip-num|handlebars'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
    exclude: { path: '^(dist|test)/' },
  },
}
