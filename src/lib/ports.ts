/**
 * What a program may ask of the machine it runs on. Programs get these as arguments and touch nothing else, so the same
 * code runs on a host, in one process under a root, and offline.
 */
import type { Activity, Wait } from './activity-types.ts'
import type { ExitCode } from './exit-codes.ts'

export type FileKind = 'file' | 'directory' | 'symlink' | 'other'

export interface FileStat {
  readonly kind: FileKind
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number
  readonly size: number
  readonly uid: number
  readonly gid: number
}

export interface DirectoryEntry {
  readonly name: string
  /** Of the entry itself; links are not followed. */
  readonly kind: FileKind
}

/** Reading files. All paths are absolute, as on the target host; an implementation puts its root before them. */
export interface ReadFs {
  /** @throws an error with a system `code` (`ENOENT`, ...) */
  readBytes(path: string): Uint8Array
  /** Strict UTF-8, a byte order mark is kept. @throws a system error, or TypeError if the bytes are not UTF-8 */
  readText(path: string): string
  /** Follows links; undefined if nothing is there (also behind a dangling link). */
  stat(path: string): FileStat | undefined
  /** The entry itself; undefined if nothing is there. */
  lstat(path: string): FileStat | undefined
  /** Entries without `.` and `..`, in byte order of their names. @throws a system error */
  readDirectory(path: string): readonly DirectoryEntry[]
  /** The text of a symbolic link as stored. @throws a system error */
  readLink(path: string): string
}

export interface ReplaceOptions {
  /** Exact where the file is new; an existing file keeps mode and owner unless `forceMode`. */
  readonly mode?: number
  readonly forceMode?: boolean
  /** The process's umask applies to the mode of a new file. */
  readonly underUmask?: boolean
  /** False for what need not outlive a power cut: nothing is synced then. */
  readonly durable?: boolean
}

export interface FileReplacement extends ReplaceOptions {
  readonly path: string
  readonly data: string | Uint8Array
}

/** The first file of a list that could not be replaced. */
export interface ReplaceFailure {
  readonly index: number
  readonly cause: unknown
}

/** Reading and writing files, synchronously but for what syncs many: no await can split a change. */
export interface RootFs extends ReadFs {
  /** `mkdir -p`. Created directories get 0o777 minus umask unless `mode` is given. */
  makeDirectory(path: string, mode?: number): void
  /** Creates or truncates, in place. `mode` (default 0o666) counts at creation only, minus umask. */
  writeFile(path: string, data: string | Uint8Array, mode?: number): void
  /** Writes at the end of a file, which is made if it is missing. `mode` as in `writeFile`. */
  appendFile(path: string, data: string | Uint8Array, mode?: number): void
  /** Cuts a file to its first `size` bytes. */
  truncateFile(path: string, size: number): void
  /** Replaces a file as a whole: temporary name in the same directory, fsync, rename, fsync of the directory. */
  replaceFile(path: string, data: string | Uint8Array, options?: ReplaceOptions): void
  /**
   * `replaceFile` of many, synced at the same time. Stops at the first failure: the files before it are replaced, that
   * file and those behind it are as they were.
   */
  replaceFiles(files: readonly FileReplacement[]): Promise<ReplaceFailure | undefined>
  rename(from: string, to: string): void
  symlink(target: string, path: string): void
  changeMode(path: string, mode: number): void
  changeGroup(path: string, gid: number): void
  /** Removes one file or link; a missing one is fine. */
  remove(path: string): void
  /** Removes an empty directory. @throws a system error (`ENOTEMPTY`, `ENOENT`) */
  removeDirectory(path: string): void
  /** `rm -rf`; missing is fine. */
  removeTree(path: string): void
  /** `removeTree` without holding up anything else; for what nobody looks at any more. Rejects with a system error. */
  removeTreeLater(path: string): Promise<void>
  syncFile(path: string): void
  syncDirectory(path: string): void
  /** fsync of many files and directories at the same time; those that are gone are skipped. */
  syncAll(paths: readonly string[]): Promise<void>
  /** The path on this machine behind a path of the target, for sockets and child processes. Links are resolved inside the root. */
  hostPath(path: string): string
  /** Text that is the same for every path to one file or directory, and no other's. @throws a system error */
  identity(path: string): string
}

/** What this process owns until it gives it back or ends, however it ends. */
export interface Lock {
  release(): Promise<void>
}

/** Directories of the target that only one process at a time may write to. */
export interface Locks {
  /**
   * Makes this process the owner of a directory.
   *
   * @param owner what another process is told that wants the directory too
   * @returns the lock, or who has it
   * @throws a system error if the directory is not there
   */
  acquire(directory: string, owner: string): Promise<Lock | { readonly heldBy: string }>
}

/** Why a command is run; what is recorded rather than run under another root depends on it. */
export type RunPurpose = 'program' | 'restart' | 'action' | 'reload'

export interface RunRequest {
  /** Program and arguments. A program without `/` is looked up in PATH. */
  readonly command: readonly string[]
  readonly purpose: RunPurpose
  /** Added to the caller's environment; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly stdin?: string | Uint8Array
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /**
   * Lets the command write to this process's own standard output and error, for what goes on in the background after
   * it; the result then holds neither.
   */
  readonly inheritOutput?: boolean
  /** Gets each line of stderr as it comes, without its line end. */
  readonly onStderrLine?: (line: string) => void
  /**
   * Gets what the command tells of itself, if it is a program of ours. Without it, that goes where the caller's own
   * events go.
   */
  readonly onEvent?: (event: HostEvent) => void
}

/** How a command ended. A command that could not be started has `startError` and no exit code. */
export interface RunResult {
  readonly command: readonly string[]
  readonly exitCode: number | undefined
  readonly signal: string | undefined
  readonly timedOut: boolean
  readonly startError: string | undefined
  /** The command was not run but only noted, because the root is not `/`; it then counts as successful. */
  readonly recorded: boolean
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
}

export interface ProcessRunner {
  run(request: RunRequest): Promise<RunResult>
  /** Starts a command and lets it go on by itself. Resolves when it has been started. @throws if it cannot start */
  runDetached(request: RunRequest): Promise<void>
}

/** A proxy that tunnels by `CONNECT` (RFC 9110 section 9.3.6). */
export interface HttpProxy {
  /** Scheme (`http` or `https`), host and port. */
  readonly url: string
  /** The value of `Proxy-Authorization`, if the proxy asks for one. */
  readonly authorization?: string
}

export interface HttpRequest {
  readonly method: string
  readonly url: string
  /** Where to tunnel an `https` request through; others go direct. */
  readonly proxy?: HttpProxy
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

export interface HttpResponse {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** HTTP to the outside (metadata service, AWS). Redirects are not followed here. @throws on connection errors */
export interface Http {
  request(request: HttpRequest): Promise<HttpResponse>
}

export interface ApiRequest {
  readonly method: string
  /** Path and query, percent-encoded. */
  readonly uri: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Why there is no body although one was sent. */
  readonly bodyFault?: 'too-large' | 'not-utf8'
}

export interface ApiResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The way to an API server. @throws PipelineError `API_UNREACHABLE` */
export interface ApiTransport {
  request(request: ApiRequest): Promise<ApiResponse>
}

export interface ApiListener {
  close(): Promise<void>
}

export interface ListenOptions {
  /** Group of the socket; the mode is always 0660. */
  readonly gid?: number
  readonly maxBodyBytes: number
}

/** Serves HTTP/1.1 on a unix socket of the target. */
export interface SocketServer {
  /** @throws PipelineError `SOCKET_PATH_TOO_LONG`, `SOCKET_IN_USE`, `HOST_FILE_UNWRITABLE` */
  listen(
    socketPath: string,
    handler: (request: ApiRequest) => Promise<ApiResponse>,
    options: ListenOptions,
  ): Promise<ApiListener>
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Milliseconds that only go forward, for durations. */
  monotonic(): number
  /** @throws the signal's reason when it is aborted while waiting */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export interface Entropy {
  /** A uniform integer from 0 to `max`, both included. */
  integer(max: number): number
  /** That many characters of `A-Z a-z 0-9`. */
  alphanumeric(length: number): string
}

/** A PCI device as vendor and device id, four lower-case hex digits each. */
export interface PciDevice {
  readonly vendor: string
  readonly device: string
}

/** What rendering needs to know of the machine; gathered before rendering, so that no helper does I/O. */
export interface HostFacts {
  /** Processors usable by this process: affinity mask, capped by the cgroup quota rounded up. */
  cpus(): number
  /** `x86_64` or `aarch64`. */
  arch(): string
  memoryBytes(): number
  /** Devices of Amazon's vendor id (1d0f); none where `lspci` is missing. */
  pciDevices(): Promise<readonly PciDevice[]>
}

export interface Resolver {
  /** Addresses of a host name; an empty list if there are none or the lookup fails. */
  lookup(name: string): Promise<readonly string[]>
  /** A name of an address; undefined if there is none. */
  reverse(address: string): Promise<string | undefined>
}

/** What happened, for whoever watches: the terminal of `serve`, a report, a boot record. Never holds a secret value. */
export type HostEvent =
  | {
      readonly kind: 'file'
      readonly name: string
      readonly path: string
      /** Four octal digits: what the file has after the write. */
      readonly mode: string
      readonly content: string
      readonly changed: boolean
      readonly services: readonly string[]
    }
  | {
      readonly kind: 'not-rendered'
      readonly name: string
      readonly path: string
      readonly code: string
      readonly message: string
    }
  | {
      readonly kind: 'command'
      readonly command: string
      readonly purpose: RunPurpose
      readonly services: readonly string[]
      readonly env: Readonly<Record<string, string>>
      /** Whether it was run, or only recorded because the root is not `/`. */
      readonly ran: boolean
    }
  | { readonly kind: 'changed-keys'; readonly keys: readonly string[] }
  /** A part of a step, such as a provider or a generator, has ended. */
  | { readonly kind: 'activity'; readonly activity: Activity }
  | { readonly kind: 'wait'; readonly wait: Wait }
  /** Something that the program has told its user on standard error, while it is still at work. */
  | { readonly kind: 'notice'; readonly program: string; readonly text: string }
  /** A server is up. */
  | { readonly kind: 'ready' }

export interface EventSink {
  emit(event: HostEvent): void
}

/** Everything that a program may use of its host. */
export interface Host {
  readonly fs: RootFs
  readonly runner: ProcessRunner
  readonly http: Http
  /** The transport for a socket path of the target (`/run/api.sock` unless told). */
  api(socketPath?: string): ApiTransport
  readonly server: SocketServer
  readonly locks: Locks
  readonly clock: Clock
  readonly entropy: Entropy
  readonly facts: HostFacts
  readonly resolver: Resolver
  readonly events: EventSink
  /** Base URL of the metadata service, without a final slash. */
  readonly imdsUrl: string
}

export interface TextSink {
  write(text: string): void
}

/** A program's own streams and surroundings. */
export interface ProgramIo {
  /** Reads standard input to its end; strict UTF-8 is up to the caller. */
  readStdin(): Promise<Uint8Array>
  readonly stdout: TextSink
  readonly stderr: TextSink
  readonly env: Readonly<Record<string, string | undefined>>
  /** Directory that host paths typed by the user are relative to. */
  readonly cwd: string
  /** Aborted when the program is asked to stop. */
  readonly signal: AbortSignal
  /** The command that started this program, to start it again; absent where programs are run as calls. */
  readonly self?: readonly string[]
}

/** A program as a value. It never ends the process; it returns its exit code or throws a PipelineError. */
export interface Program<H = Host> {
  readonly name: string
  run(argv: readonly string[], io: ProgramIo, host: H): Promise<ExitCode>
}
