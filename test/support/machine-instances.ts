/** Instances for machines, and what the offline tool has to say of them. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { MACHINE_ADDRESS } from './machine.ts'
import type { Instance, PipelineMachine } from './pipeline-machine.ts'
import { projectFile } from './run-tool.ts'

const KUBERNETES = `[settings.kubernetes]
cluster-name = "demo"
api-server = "https://demo.example"
cluster-certificate = "Y2VydA=="
[settings.kubernetes.node-labels]
"example.com/pool" = "blue"
`

export const INSTANCES: Readonly<Record<string, Instance>> = {
  'aws-k8s-1.30': { userData: KUBERNETES },
  'aws-ecs-2': { userData: '[settings.ecs]\ncluster = "demo"\n[settings.ecs.instance-attributes]\npool = "blue"\n' },
  'metal-k8s-1.29': {
    localUserData: `[settings.network]\nhostname = "metal.example"\n${KUBERNETES}`.replace(
      '[settings.kubernetes.node-labels]',
      'cluster-dns-ip = "10.96.0.10"\nbootstrap-token = "abcdef.0123456789abcdef"\n[settings.kubernetes.node-labels]',
    ),
  },
}

interface Rendered {
  readonly path: string
  readonly content: string
}

/** The files of an instance as `render` has them, for the hardware of a machine. */
export function renderedFor(variant: string, instance: Instance, machine: PipelineMachine): readonly Rendered[] {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'br-'))
  try {
    const { userData, localUserData = '' } = instance
    const files = { userData: path.join(directory, 'u.toml'), facts: path.join(directory, 'facts.json') }
    writeFileSync(files.userData, userData ?? localUserData)
    const facts = {
      cpus: os.cpus().length,
      memoryBytes: os.totalmem(),
      currentIp: MACHINE_ADDRESS,
      resolve: {},
      imds: { localIpv4: MACHINE_ADDRESS },
    }
    writeFileSync(files.facts, JSON.stringify(facts))
    const args = ['--variant', variant, '--user-data', files.userData, '--facts', files.facts, '--format', 'json']
    const result = spawnSync(process.execPath, [projectFile('dist/bottlerocket.js'), 'render', ...args], {
      encoding: 'utf8',
      timeout: 60_000,
      maxBuffer: 2 ** 26,
    })
    if (result.status !== 0) throw new Error(`render ended with ${String(result.status)}: ${result.stderr}`)
    const { files: rendered } = JSON.parse(result.stdout) as { files: Rendered[] }
    const seed = String(machine.setting('updates.seed'))
    // a random number on a host, 0 offline
    return rendered.map((file) => ({ ...file, content: file.content.replace(/^seed = 0$/m, `seed = ${seed}`) }))
  } finally {
    rmSync(directory, { recursive: true })
  }
}
