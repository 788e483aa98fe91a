/**
 * Starts of netdog, each paired with a bare `node -e 0`, so that the figures are ratios.
 *
 *   npm run bench
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const tool = fileURLToPath(new URL('../../dist/netdog.js', import.meta.url))
const runs = 15
const aims = { 'node-ip': 1.8, 'generate-net-config': 2.2 }

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
const work = mkdtempSync(path.join(os.tmpdir(), 'bench-'))
mkdirSync(path.join(work, 'var/lib/netdog'), { recursive: true })
writeFileSync(path.join(work, 'var/lib/netdog/current_ip'), '192.0.2.7')
writeFileSync(path.join(work, 'var/lib/netdog/net.toml'), 'version = 3\n[eth0]\ndhcp4 = true\n')

function timed(args) {
  const start = process.hrtime.bigint()
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return Number(process.hrtime.bigint() - start) / 1e6
}

for (const [name, aim] of Object.entries(aims)) {
  const ratios = []
  for (let i = 0; i <= runs; i++) {
    const bare = timed(['-e', '0'])
    const ratio = timed([tool, '--root', work, name]) / bare
    if (i > 0) ratios.push(ratio) // the first pair warms the page cache
  }
  console.log(`netdog ${name}: ${median(ratios).toFixed(2)} times a bare node start (aim: under ${aim})`)
}
rmSync(work, { recursive: true, force: true })
