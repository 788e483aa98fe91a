/** A server on disks that are full or read-only, killed there, and one that tells the service manager that it is up. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { socketClient, type SocketClient } from '../support/api-socket.ts'
import { runTool, startTool, stopTool, temporaryDirectory, toolCommand, waitForOutput } from '../support/run-tool.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

interface Disk {
  readonly point: string
  readonly root: string
  fill(): void
  free(): void
  remount(options: string): void
}

/** A file system of 8 MiB: a real one in a file, which is full in other ways than one in memory. */
function makeDisk(): Disk {
  const directory = temporaryDirectory()
  const [image, point] = [path.join(directory.path, 'image'), path.join(directory.path, 'm')]
  mkdirSync(point)
  const run = (...command: string[]): number | null => spawnSync(command[0] ?? '', command.slice(1)).status
  run('truncate', '-s', '8M', image)
  run('mkfs.ext4', '-q', '-F', '-m', '0', image)
  // where there are no loop devices, memory has to do
  if (run('mount', '-o', 'loop', image, point) !== 0) {
    expect(run('mount', '-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', point)).toBe(0)
  }
  cleanups.push(() => {
    spawnSync('umount', ['-l', point])
    directory.remove()
  })
  const filler = path.join(point, 'filler')
  return {
    point,
    root: path.join(point, 'r'),
    fill: () => {
      for (const size of ['64k', '1k', '1'])
        spawnSync('sh', ['-c', `yes | dd of=${filler}${size} bs=${size} 2>/dev/null`])
    },
    free: () => {
      for (const size of ['64k', '1k', '1']) rmSync(`${filler}${size}`, { force: true })
    },
    remount: (options) => {
      expect(run('mount', '-o', `remount,${options}`, point)).toBe(0)
    },
  }
}

interface Server {
  readonly process: ChildProcess
  readonly client: SocketClient
}

async function serve({ root }: Disk): Promise<Server> {
  const process = startTool('bottlerocket', ['serve', '--variant', 'aws-ecs-2', '--root', root])
  await waitForOutput(process, /serving/)
  const client = socketClient(path.join(root, 'run/api.sock'))
  cleanups.push(async () => {
    client.close()
    await stopTool(process, 'SIGKILL')
  })
  return { process, client }
}

async function setMotd({ client }: Server, motd: string): Promise<number> {
  const patched = await client.send('PATCH', '/settings?tx=t', { motd })
  if (patched.status !== 204) return patched.status
  return (await client.send('POST', '/tx/commit?tx=t')).status
}
const motdOf = async ({ client }: Server): Promise<unknown> =>
  (JSON.parse((await client.send('GET', '/settings?prefix=motd')).body) as { motd?: unknown }).motd

describe('a disk that is full', () => {
  it('refuses changes clearly, keeps what was committed across a kill, and goes on when there is room', async () => {
    const disk = makeDisk()
    const first = await serve(disk)
    expect(await setMotd(first, 'before')).toBe(200)
    disk.fill()
    const large = 'x'.repeat(100_000)
    const refused = await first.client.send('PATCH', '/settings?tx=t', { motd: large })
    expect(refused.status).toBe(500)
    expect(refused.body).toMatch(/^the datastore could not be written: ENOSPC/)
    expect(await motdOf(first)).toBe('before')
    first.client.close()
    await stopTool(first.process, 'SIGKILL')
    const second = await serve(disk)
    expect(await motdOf(second)).toBe('before')
    disk.free()
    expect(await setMotd(second, 'after')).toBe(200)
    expect(await motdOf(second)).toBe('after')
  })
})

describe('a disk that becomes read-only', () => {
  it('is still read, refuses changes clearly, and goes on when it can be written again', async () => {
    const disk = makeDisk()
    const first = await serve(disk)
    expect(await setMotd(first, 'before')).toBe(200)
    disk.remount('ro')
    const refused = await first.client.send('PATCH', '/settings?tx=t', { motd: 'x' })
    expect(refused.status).toBe(500)
    expect(refused.body).toMatch(/EROFS/)
    expect(await motdOf(first)).toBe('before')
    first.client.close()
    await stopTool(first.process, 'SIGKILL')
    // what was committed is in the journal at most: nothing can be started here, but nothing is lost
    const failed = await runTool('bottlerocket', ['serve', '--variant', 'aws-ecs-2', '--root', disk.root])
    expect(failed.code).toBe(1)
    expect(failed.stderr).toMatch(/EROFS/)
    disk.remount('rw')
    const second = await serve(disk)
    expect(await motdOf(second)).toBe('before')
    expect(await setMotd(second, 'after')).toBe(200)
  })
})

/** Waits for one datagram on a unix socket, which Node has no means for. */
const RECEIVER = `
import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('bound', flush=True)
s.settimeout(30)
print('got ' + s.recv(1000).decode().strip(), flush=True)
`

describe.runIf(spawnSync('python3', ['--version']).status === 0)('a service manager', () => {
  it('is told READY=1 by sd_notify(3) when the API answers, and the socket has its mode and group', async () => {
    const directory = temporaryDirectory()
    cleanups.push(() => {
      directory.remove()
    })
    const root = path.join(directory.path, 'r')
    // a datastore as a boot leaves it
    const first = startTool('bottlerocket', ['serve', '--variant', 'aws-ecs-2', '--root', root])
    await waitForOutput(first, /serving/)
    await stopTool(first)
    const notify = path.join(directory.path, 'notify')
    const receiver = spawn('python3', ['-c', RECEIVER, notify], { stdio: ['ignore', 'pipe', 'inherit'] })
    await waitForOutput(receiver, /bound/)
    const release = path.join(directory.path, 'os-release')
    writeFileSync(
      release,
      'VERSION_ID=1.24.1\nVARIANT_ID=aws-ecs-2\nBUILD_ID=b\nPRETTY_NAME="Bottlerocket OS 1.24.1 (aws-ecs-2)"\n',
    )
    const socket = path.join(directory.path, 'api.sock')
    const store = path.join(root, 'var/lib/bottlerocket/datastore/current')
    // as on a host: its own root, its own os-release
    const script = `mount --bind "$1" "$(readlink -f /usr/lib/os-release)" && shift && exec "$@"`
    const server = spawn(
      'unshare',
      [
        ...['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', release],
        ...[...toolCommand('apiserver'), '--datastore-path', store],
        ...['--socket-path', socket, '--socket-gid', '274'],
      ],
      { env: { ...process.env, NOTIFY_SOCKET: notify }, stdio: ['ignore', 'pipe', 'inherit'] },
    )
    cleanups.push(() => stopTool(server))
    await waitForOutput(receiver, /got READY=1/)
    const client = socketClient(socket)
    expect((await client.send('GET', '/os')).status).toBe(200)
    client.close()
    const { stdout } = spawnSync('stat', ['-c', '%a %u %g', socket], { encoding: 'utf8' })
    expect(stdout.trim()).toBe('660 0 274')
    expect(await stopTool(server)).toBe(0)
  })
})
