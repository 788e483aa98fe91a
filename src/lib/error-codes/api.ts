import { entry } from './entry.ts'

/** The API, its client and the datastore behind it. */
export const API_CODES = {
  API_BAD_STATUS: entry('The API answered with an error status.', 'The text after the status says what it refused.'),
  API_INVALID_RESPONSE: entry('The API answered with something unexpected.', 'Check that the socket is the API.'),
  API_UNREACHABLE: entry('The API socket could not be reached.', 'Is the server running, and is this its socket?'),
  SOCKET_IN_USE: entry('Another server answers on the socket.', 'Stop it, or choose another root.'),
  SOCKET_PATH_TOO_LONG: entry(
    'A unix socket path may have at most 107 bytes.',
    'Choose a shorter --root or socket path.',
  ),
} as const
