import path from 'node:path'
import { MAX_BODY_BYTES } from '../api/contract.ts'
import { FilesystemStore } from '../datastore/filesystem.ts'
import { ownDatastores } from '../datastore/ownership.ts'
import { resolveDatastore } from '../datastore/versions.ts'
import type { Logger } from '../lib/log.ts'
import { readOsRelease } from '../lib/os-release.ts'
import { PATHS } from '../lib/paths.ts'
import type { Host } from '../lib/ports.ts'
import type { SettingsModel } from '../model/models.ts'
import { startApplier } from './applier.ts'
import { createApi, type Api } from './router.ts'
import { Tries } from './tries.ts'

export interface ApiServerOptions {
  readonly model: SettingsModel
  /** Default: the current datastore. */
  readonly datastorePath?: string
  /** Default: the API socket. */
  readonly socketPath?: string
  /** Group of the socket. */
  readonly gid?: number
  readonly log?: Logger
}

/** A server that answers on its socket and in this process. */
export interface ApiServer extends Api {
  /** Closes the socket and every open connection. */
  close(): Promise<void>
}

/** Opens the datastore, serves the API on its socket, and gives back how to stop that. */
async function serve(host: Host, options: ApiServerOptions, datastore: string): Promise<ApiServer> {
  const { model, socketPath = PATHS.apiSocket, gid, log } = options
  const store = new FilesystemStore(host.fs, datastore, host.clock)
  const logged = log === undefined ? {} : { log }
  const tries = new Tries({
    host,
    store,
    model,
    datastore,
    ...logged,
    apply: (keys, change) => startApplier(host, socketPath, keys, change),
  })
  const api = createApi({ store, model, osRelease: () => readOsRelease(host), host, socketPath, tries, ...logged })
  tries.load()
  const listener = await host.server.listen(socketPath, (request) => api.handle(request), {
    maxBodyBytes: MAX_BODY_BYTES,
    ...(gid === undefined ? {} : { gid }),
  })
  tries.start()
  return {
    handle: (request) => api.handle(request),
    close: async () => {
      await listener.close()
      await tries.close()
      await store.close()
    },
  }
}

/**
 * Makes this process the owner of the datastore and serves the API on its socket.
 *
 * @throws PipelineError `DATASTORE_MISSING`, `DATASTORE_IN_USE`, or what `SocketServer.listen` throws
 */
export async function startApiServer(host: Host, options: ApiServerOptions): Promise<ApiServer> {
  const datastore = resolveDatastore(host.fs, options.datastorePath ?? PATHS.datastoreCurrent)
  const lock = await ownDatastores(host, path.posix.dirname(datastore), 'apiserver')
  try {
    const server = await serve(host, options, datastore)
    return {
      handle: (request) => server.handle(request),
      close: async () => {
        await server.close()
        await lock.release()
      },
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}
