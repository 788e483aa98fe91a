/**
 * Programs of an image that are no part of the settings pipeline, as programs that write down how they were called. What
 * they do can be changed while a machine runs, by files in it.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** A line for each call: the program's name and arguments, and what settings had changed. */
export const CALLS = '/var/log/calls'
/** A program fails if there is a file of its name here. */
export const FAILING = '/local/failing'
/** A program does not go on while there is a file of its name here, and makes one of its name in `REACHED`. */
export const HELD = '/local/held'
export const REACHED = '/local/reached'

type Behaviour = 'end' | 'stay' | 'notify'

const PROGRAMS: Readonly<Record<string, Behaviour>> = {
  'bin/amazon-ecs-agent': 'stay',
  'bin/bootstrap-commands': 'end',
  'bin/bootstrap-containers': 'end',
  'bin/certdog': 'end',
  'bin/cfsignal': 'end',
  'bin/containerd': 'notify',
  'bin/corndog': 'end',
  'bin/ctr': 'end',
  'bin/dockerd': 'notify',
  'bin/host-containers': 'end',
  'bin/host-ctr': 'stay',
  'bin/kubelet': 'notify',
  'bin/metricdog': 'end',
  'bin/static-pods': 'end',
  'sbin/chronyd': 'stay',
  'sbin/iptables': 'end',
}

const LAST: Readonly<Record<Behaviour, string>> = {
  end: 'exit 0',
  stay: 'exec sleep infinity',
  notify: 'systemd-notify --ready\nexec sleep infinity',
}

function script(name: string, behaviour: Behaviour): string {
  return `#!/bin/sh
echo "${name}\${*:+ $*}\${CHANGED_SETTINGS:+ [$CHANGED_SETTINGS]}" >>${CALLS}
if [ -e ${HELD}/${name} ]; then
  mkdir -p ${REACHED} && : >${REACHED}/${name}
  while [ -e ${HELD}/${name} ]; do sleep 0.02; done
fi
if [ -e ${FAILING}/${name} ]; then
  echo "${name}: told to fail" >&2
  exit 1
fi
${LAST[behaviour]}
`
}

/** Writes the stand-ins below the `/usr` of a layer. */
export function writeStandIns(usr: string): void {
  for (const [file, behaviour] of Object.entries(PROGRAMS)) {
    const target = path.join(usr, file)
    mkdirSync(path.dirname(target), { recursive: true })
    writeFileSync(target, script(path.basename(file), behaviour), { mode: 0o755 })
  }
}
