import { entry } from './entry.ts'

/** The machine around us, and command lines. */
export const HOST_CODES = {
  HOST_COMMAND_FAILED: entry('A command could not be started or did not succeed.', 'See its exit status and stderr.'),
  HOST_FILE_EXISTS: entry(
    'A file to be written is there already.',
    'Choose another name, or give --force to overwrite it.',
  ),
  HOST_FILE_UNREADABLE: entry('A file could not be read.', 'Check that it exists and its permissions.'),
  HOST_FILE_UNWRITABLE: entry(
    'A file or directory could not be written.',
    'Check its permissions, a read-only mount, and free space.',
  ),
  INTERNAL: entry('A fault of this program, not of your input.', 'Please report it together with the input.'),
  NOT_AVAILABLE: entry('This part of the program is not available yet.', 'See what the message offers instead.'),
  USAGE: entry('The arguments were not understood.', 'See --help of the command.'),
} as const
