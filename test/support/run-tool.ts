/** Runs the built programs as real processes. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const packageRoot = fileURLToPath(new URL('../..', import.meta.url))

export interface ToolResult {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface ToolOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  readonly uid?: number
  readonly cwd?: string
}

/** A file of this project. */
export function projectFile(relative: string): string {
  return path.resolve(packageRoot, relative)
}

/** The one executable that the programs are taken from instead of Node's bundles, where the environment names one. */
export const executable = process.env['BOTTLEROCKET_EXECUTABLE']

/** The command that runs a program of the build under test. */
export function toolCommand(name: string): readonly [string, string] {
  return executable === undefined ? [process.execPath, projectFile(`dist/${name}.js`)] : [projectFile(executable), name]
}

/** This process's environment without what would change the outcome. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^AWS_|_proxy$|^NO_COLOR$/i.test(name)))
}

/** Starts a program. */
export function startTool(name: string, args: readonly string[], options: ToolOptions = {}): ChildProcess {
  const [command, program] = toolCommand(name)
  return spawn(command, [program, ...args], {
    env: { ...cleanEnvironment(), ...options.env },
    cwd: options.cwd ?? os.tmpdir(),
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  })
}

/** Runs a program to its end. */
export function runTool(name: string, args: readonly string[], options: ToolOptions = {}): Promise<ToolResult> {
  const child = startTool(name, args, options)
  return new Promise((resolve, reject) => {
    let stdout = ''
    let stderr = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject)
    child.on('close', (code, signal) => {
      resolve({ code, signal, stdout, stderr })
    })
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(options.stdin ?? '')
  })
}

/** A new directory with a short name, removed by `remove`. */
export function temporaryDirectory(): { path: string; remove(): void } {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'br-'))
  return {
    path: directory,
    remove: () => {
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** Waits until what a child printed on standard output matches. */
export function waitForOutput(child: ChildProcess, pattern: RegExp, timeoutMs = 30_000): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let text = ''
    const timer = setTimeout(() => {
      reject(new Error(`nothing matched ${String(pattern)} in: ${text}`))
    }, timeoutMs)
    const onData = (chunk: Buffer): void => {
      text += chunk.toString()
      const match = pattern.exec(text)
      if (match === null) return
      clearTimeout(timer)
      child.stdout?.off('data', onData)
      resolve(match)
    }
    child.stdout?.on('data', onData)
    child.on('close', () => {
      reject(new Error(`ended before ${String(pattern)}: ${text}`))
    })
  })
}

/** Stops a child and waits for its end. */
export function stopTool(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode)
  return new Promise((resolve) => {
    child.on('close', (code) => {
      resolve(code)
    })
    child.kill(signal)
  })
}
