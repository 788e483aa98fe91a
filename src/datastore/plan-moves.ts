/**
 * The fewest renames that bring files from one directory to another of the same shape. A directory that is not there
 * yet is moved as a whole: that is one rename instead of one for every file, and nothing to make and to remove.
 *
 * @param files relative paths; nothing but these is in the directories that they lie in
 * @param isThere whether a directory exists at the destination
 * @returns relative paths of files and directories
 */
export function planMoves(files: Iterable<string>, isThere: (directory: string) => boolean): string[] {
  const units = new Set<string>()
  for (const file of files) {
    let end = file.indexOf('/')
    while (end >= 0 && isThere(file.slice(0, end))) end = file.indexOf('/', end + 1)
    units.add(end < 0 ? file : file.slice(0, end))
  }
  return [...units]
}
