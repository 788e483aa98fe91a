/**
 * Parses an octal file mode such as `0600` or `600`.
 *
 * @returns the permission bits (0 to 0o7777), or undefined for any other text
 */
export function parseOctalMode(text: string): number | undefined {
  if (!/^\+?[0-7]+$/.test(text)) return undefined
  const mode = Number.parseInt(text.replace('+', ''), 8)
  return mode <= 0o7777 ? mode : undefined
}

/** Permission bits as at least four octal digits: `0644`. */
export function formatOctalMode(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0')
}
