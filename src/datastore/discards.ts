/**
 * Directories that are none of the store's any more. They are renamed at once, and removed while nothing waits for it:
 * removing directories takes a file system longer than everything else that a commit does.
 */
import type { RootFs } from '../lib/ports.ts'

/** See above. */
export class Discards {
  private readonly fs: RootFs
  private readonly directory: string
  private isMade = false
  private next = 0
  private readonly queue: string[] = []
  private removing: Promise<void> | undefined

  /** @param directory where they are until they are removed */
  constructor(fs: RootFs, directory: string) {
    this.fs = fs
    this.directory = directory
  }

  /** Makes sure that `add` can only fail for its own rename. @throws a system error */
  prepare(): void {
    if (this.isMade) return
    this.fs.makeDirectory(this.directory)
    // what an earlier process has left is removed with the first that is added
    for (const { name } of this.fs.readDirectory(this.directory)) {
      this.queue.push(name)
      this.next = Math.max(this.next, Number(name) + 1 || 0)
    }
    this.isMade = true
  }

  /** Takes a directory away. @throws a system error; then it is where it was */
  add(directory: string): void {
    const name = String(this.next++)
    this.fs.rename(directory, `${this.directory}/${name}`)
    this.queue.push(name)
    this.removing ??= this.remove()
  }

  private async remove(): Promise<void> {
    await Promise.resolve()
    for (let name = this.queue.shift(); name !== undefined; name = this.queue.shift()) {
      try {
        await this.fs.removeTreeLater(`${this.directory}/${name}`)
      } catch {
        // the next process tries again
      }
    }
    this.removing = undefined
  }

  /** Removes all that is left. */
  async close(): Promise<void> {
    await this.removing
    if (!this.isMade) return
    this.isMade = false
    try {
      await this.fs.removeTreeLater(this.directory)
    } catch {
      // as above
    }
  }
}
