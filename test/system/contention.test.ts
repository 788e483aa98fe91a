/** 16 clients with 500 rounds each, and the same state after the server has been started again. */
import path from 'node:path'
import { expect, it } from 'vitest'
import { socketClient } from '../support/api-socket.ts'
import { contend } from '../support/contention.ts'
import { startTool, stopTool, temporaryDirectory, waitForOutput } from '../support/run-tool.ts'

it('loses no update of 16 clients that commit 500 times each', async () => {
  const directory = temporaryDirectory()
  const root = path.join(directory.path, 'r')
  const socket = path.join(root, 'run/api.sock')
  const start = async (): Promise<ReturnType<typeof startTool>> => {
    const server = startTool('bottlerocket', ['serve', '--variant', 'aws-ecs-2', '--root', root])
    await waitForOutput(server, /serving/)
    return server
  }
  const settings = async (): Promise<unknown> => {
    const client = socketClient(socket)
    const { body } = await client.send('GET', '/settings')
    client.close()
    return JSON.parse(body)
  }
  const first = await start()
  await contend(socket, 16, 500)
  const before = await settings()
  expect(await stopTool(first)).toBe(0)
  const second = await start()
  expect(await settings()).toEqual(before)
  await stopTool(second)
  directory.remove()
}, 400_000)
