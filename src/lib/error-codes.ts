/**
 * The catalogue of errors and warnings. Every code that the product prints is an entry here; the README's table and a
 * test are tied to it. Codes are contract, texts are not. Keep each area together, in alphabetical order.
 */

export interface ErrorCodeEntry {
  /** What it means, one sentence. */
  readonly meaning: string
  /** What the reader can do about it, one sentence. */
  readonly hint: string
}

const entry = (meaning: string, hint: string): ErrorCodeEntry => ({ meaning, hint })

/** Code to meaning and hint. */
export const ERROR_CODES = {
  // the machine around us
  HOST_COMMAND_FAILED: entry('A command could not be started or did not succeed.', 'See its exit status and stderr.'),
  HOST_FILE_UNREADABLE: entry('A file could not be read.', 'Check that it exists and its permissions.'),
  HOST_FILE_UNWRITABLE: entry(
    'A file or directory could not be written.',
    'Check its permissions, a read-only mount, and free space.',
  ),
  INTERNAL: entry('A fault of this program, not of your input.', 'Please report it together with the input.'),
  USAGE: entry('The arguments were not understood.', 'See --help of the command.'),

  // the API
  API_BAD_STATUS: entry('The API answered with an error status.', 'The text after the status says what it refused.'),
  API_INVALID_RESPONSE: entry('The API answered with something unexpected.', 'Check that the socket is the API.'),
  API_UNREACHABLE: entry('The API socket could not be reached.', 'Is the server running, and is this its socket?'),
  SOCKET_IN_USE: entry('Another server answers on the socket.', 'Stop it, or choose another root.'),
  SOCKET_PATH_TOO_LONG: entry(
    'A unix socket path may have at most 107 bytes.',
    'Choose a shorter --root or socket path.',
  ),
} as const satisfies Record<string, ErrorCodeEntry>

export type ErrorCode = keyof typeof ERROR_CODES
