import { entry } from './entry.ts'

/** Laying the pipeline into a root file system, and taking it out again. */
export const INSTALL_CODES = {
  INSTALL_COMMAND_MISSING: entry(
    'The root lacks a program that settings bring into play.',
    'Install the package that has it; a restart command that cannot be started fails the boot.',
  ),
  INSTALL_CONFLICT: entry(
    'Something else is where a file is to be installed; nothing was changed.',
    'Look at the files named; `--force` replaces them.',
  ),
  INSTALL_FILE_CHANGED: entry(
    'An installed file was changed since, and stays.',
    'Remove it yourself once nobody needs the change.',
  ),
  INSTALL_LEDGER_INVALID: entry(
    'The list of installed files under the root cannot be used.',
    'Remove it and install again with `--force`.',
  ),
  INSTALL_NODE_MISSING: entry(
    'The root has no Node.js to start the programs with.',
    'Install Node.js 20.19 or newer to /usr/bin, or give `--executable`.',
  ),
  INSTALL_NOT_FOUND: entry('Nothing is installed under the root.', 'Check --root.'),
  INSTALL_PROGRAMS_MISSING: entry(
    'This copy of the package has no bundles of its programs.',
    'Run `npm run build`, or give `--executable`.',
  ),
  INSTALL_ROOT_MISSING: entry('The root to install into is not there.', 'Make the directory first, or check --root.'),
} as const
