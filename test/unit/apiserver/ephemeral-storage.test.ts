import { describe, expect, it } from 'vitest'
import {
  allowedDirectories,
  bindStorage,
  initStorage,
  listDirectories,
  listDisks,
} from '../../../src/apiserver/ephemeral-storage.ts'
import { MemoryFs } from '../../../src/host/memory-fs.ts'
import { parseJson } from '../../../src/lib/json-parse.ts'
import type { RunRequest } from '../../../src/lib/ports.ts'
import { scriptedRunner, type Ending, type ScriptedRunner } from '../../support/test-host.ts'

const DISKS = '/dev/disk/ephemeral'
const disk = (name: string): string => `${DISKS}/${name}`

function machine(
  disks: readonly string[],
  script?: (request: RunRequest) => Ending | undefined,
): { fs: MemoryFs; runner: ScriptedRunner; commands: () => string[] } {
  const fs = new MemoryFs()
  if (disks.length > 0) fs.makeDirectory(DISKS)
  for (const name of disks) fs.symlink(`../../nvme-${name}`, disk(name))
  const runner = scriptedRunner(script)
  return { fs, runner, commands: () => runner.requests.map(({ command }) => command.join(' ')) }
}

/** Commands that only ask find nothing. */
const unformatted = ({ command }: RunRequest): Ending | undefined =>
  /blkid|findmnt/.test(command[0] ?? '') ? { exitCode: 1 } : undefined

describe('initStorage', () => {
  it('does nothing without disks', async () => {
    const host = machine([])
    expect((await initStorage(host, parseJson('{}'))).status).toBe(204)
    expect(host.commands()).toEqual([])
  })

  it('formats a single disk with xfs', async () => {
    const host = machine(['a'], unformatted)
    await initStorage(host, parseJson('{"filesystem":null,"disks":null,"other":1}'))
    expect(host.commands()).toEqual([
      `/usr/sbin/blkid --match-token TYPE=xfs ${disk('a')}`,
      `/usr/sbin/mkfs.xfs ${disk('a')} -L ephemeral`,
    ])
  })

  it('makes an array of several disks', async () => {
    const host = machine(['b', 'a'], unformatted)
    await initStorage(host, parseJson('{"filesystem":"Ext4"}'))
    expect(host.commands()).toEqual([
      '/usr/sbin/mdadm --detail --scan',
      '/usr/sbin/mdadm --create --force --verbose --homehost=any /dev/md/ephemeral --level=0 --chunk=256 ' +
        `--name ephemeral --raid-devices 2 ${disk('a')} ${disk('b')}`,
      '/usr/sbin/blkid --match-token TYPE=ext4 /dev/md/ephemeral',
      '/usr/sbin/mkfs.ext4 /dev/md/ephemeral -L ephemeral',
    ])
  })

  it('keeps an array and a file system that are there', async () => {
    const host = machine(['a', 'b'], ({ command }) => (command[1] === '--detail' ? { stdout: 'ARRAY' } : undefined))
    await initStorage(host, parseJson('{}'))
    expect(host.commands()).toEqual([
      '/usr/sbin/mdadm --detail --scan',
      '/usr/sbin/blkid --match-token TYPE=xfs /dev/md/ephemeral',
    ])
  })

  it.each([
    ['{"filesystem":"xfs"}', 400],
    ['{"disks":"x"}', 400],
    ['{"disks":[1]}', 400],
    ['[]', 400],
    ['{"disks":[]}', 500],
    [`{"disks":["/dev/sda"]}`, 500],
  ])('refuses %s', async (body, status) => {
    const host = machine(['a'], unformatted)
    await expect(initStorage(host, parseJson(body))).rejects.toMatchObject({ status })
    expect(host.commands()).toEqual([])
  })

  it('is 500 if a command fails', async () => {
    const host = machine(['a'], () => ({ exitCode: 1, stderr: 'busy' }))
    await expect(initStorage(host, parseJson('{}'))).rejects.toMatchObject({ status: 500 })
  })
})

describe('bindStorage', () => {
  it('does nothing without disks, whatever the targets', async () => {
    const host = machine([])
    expect((await bindStorage(host, parseJson('{"targets":["/etc"]}'), 'aws-k8s-1.30')).status).toBe(204)
    expect(host.commands()).toEqual([])
  })

  it('mounts each target once and shares it', async () => {
    const host = machine(['a'], ({ command }) =>
      command[0] === '/usr/bin/findmnt' && command[1] !== '/var/lib/containerd' ? { exitCode: 1 } : undefined,
    )
    const body = parseJson('{"targets":["/var/lib/containerd","/var/lib/kubelet"]}')
    await bindStorage(host, body, 'aws-k8s-1.30')
    expect(host.commands()).toEqual([
      `/usr/bin/mount ${disk('a')} /mnt/.ephemeral`,
      '/usr/bin/findmnt /var/lib/containerd',
      '/usr/bin/findmnt /var/lib/kubelet',
      '/usr/bin/mount --rbind /mnt/.ephemeral/._var_lib_kubelet /var/lib/kubelet',
      '/usr/bin/mount --make-rshared /var/lib/containerd',
      '/usr/bin/mount --make-rshared /var/lib/kubelet',
    ])
    expect(host.fs.stat('/mnt/.ephemeral/._var_lib_kubelet')?.kind).toBe('directory')
  })

  it.each([
    ['{}', 400],
    ['{"targets":null}', 400],
    ['{"targets":["/etc"]}', 500],
    ['{"targets":["/var/lib/docker"]}', 500],
  ])('refuses %s', async (body, status) => {
    const host = machine(['a', 'b'])
    await expect(bindStorage(host, parseJson(body), 'aws-k8s-1.30')).rejects.toMatchObject({ status })
    expect(host.commands()).toEqual([])
  })
})

describe('lists', () => {
  it('prints disks as lines or JSON', () => {
    const host = machine(['b', 'a'])
    expect(listDisks(host, new Map())).toMatchObject({ body: `${disk('a')}\n${disk('b')}\n` })
    expect(listDisks(host, new Map([['format', 'json']])).body).toBe(`["${disk('a')}","${disk('b')}"]`)
    expect(listDisks(machine([]), new Map([['format', 'text']])).body).toBe('')
    expect(() => listDisks(host, new Map([['format', 'xml']]))).toThrow(expect.objectContaining({ status: 400 }))
  })

  it.each([
    ['aws-k8s-1.30', ['/var/lib/kubelet', '/var/log/pods']],
    ['aws-ecs-2', ['/var/lib/docker', '/var/log/ecs']],
    ['aws-dev', []],
  ])('directories of %s', (variant, own) => {
    const all = ['/var/lib/containerd', '/var/lib/host-containerd', ...own]
    expect(allowedDirectories(variant)).toEqual(all)
    expect(listDirectories(variant, new Map()).body).toBe(all.map((directory) => `${directory}\n`).join(''))
  })
})
