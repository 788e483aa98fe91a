import { entry } from './entry.ts'

/** The API, its client and the datastore behind it. */
export const API_CODES = {
  API_BAD_STATUS: entry('The API answered with an error status.', 'The text after the status says what it refused.'),
  API_INVALID_RESPONSE: entry('The API answered with something unexpected.', 'Check that the socket is the API.'),
  API_UNREACHABLE: entry('The API socket could not be reached.', 'Is the server running, and is this its socket?'),
  DATASTORE_CORRUPT: entry(
    'The datastore, or a value in it, cannot be read.',
    'The message names the key or directory; restore the file, or start over with a new datastore.',
  ),
  DATASTORE_IN_USE: entry(
    'Another process owns the datastore; two writers would destroy each other’s work.',
    'Use the API of the server that runs on it, or stop that server first.',
  ),
  DATASTORE_INVALID_VALUE: entry(
    'A stored value does not fit the settings model or the kind of its key.',
    'The message names the key; write the setting again with a valid value.',
  ),
  DATASTORE_KEY_TOO_LONG: entry(
    'A part of a key, or the name of a transaction, is too long for a file name.',
    'It may have 255 bytes, and each byte but letters, digits, `_` and `-` counts three.',
  ),
  DATASTORE_LINKS_EXIST: entry(
    'A datastore has version links but no data, so it cannot be created anew.',
    'Remove the directory of the datastore if its data is really gone.',
  ),
  DATASTORE_MISSING: entry('There is no datastore at the path.', 'Run storewolf first; it creates the datastore.'),
  DATASTORE_NOT_A_VALUE: entry(
    'The key names a group of settings, or lies below a value.',
    'Use a prefix to read a group; see the message for the key in question.',
  ),
  DATASTORE_UNWRITABLE: entry(
    'The datastore could not be written; everything in it is as it was before.',
    'Check free space, permissions, and whether the file system is mounted read-only.',
  ),
  MIGRATION_FAILED: entry(
    'A migration of the datastore failed; the old version stays in force.',
    'The message names the migration and the key; what was made so far lies beside the datastore.',
  ),
  MIGRATION_MANIFEST_INVALID: entry(
    'The list of migrations is not understood.',
    'Its keys are pairs of versions, `(1.24.0, 1.24.1)`, each once, and its values lists of names.',
  ),
  MIGRATION_NO_PATH: entry(
    'No migrations are known between the version of the datastore and that of the OS.',
    'Go by a release in between, or back to the one before.',
  ),
  MIGRATION_VERSION_UNKNOWN: entry(
    'The links of the datastore do not tell its version.',
    '`current` leads to `v1`, that to `v1.24`, and that to `v1.24.1`.',
  ),
  OS_RELEASE_INVALID: entry(
    'The os-release file lacks a variable or has no full version.',
    'VARIANT_ID, VERSION_ID, BUILD_ID and PRETTY_NAME are needed; VERSION_ID has three numbers.',
  ),
  SOCKET_IN_USE: entry('Another server answers on the socket.', 'Stop it, or choose another root.'),
  SOCKET_PATH_TOO_LONG: entry(
    'A unix socket path may have at most 107 bytes.',
    'Choose a shorter --root or socket path.',
  ),
  STOREWOLF_DEFAULTS_INVALID: entry(
    'The defaults file is not TOML, or holds something that cannot be stored.',
    'The message names the place; the file comes with the variant.',
  ),
  UPDATE_FAILED: entry('A step of an update failed or did not end in time.', 'See `apiclient get /updates/status`.'),
} as const
