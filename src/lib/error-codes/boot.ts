import { entry } from './entry.ts'

/** Early boot, metadata service, generators, variants, and the boot as a whole. */
export const BOOT_CODES = {
  FACTS_INVALID: entry(
    'The facts file is not understood.',
    'See which member the message names, and what it should be.',
  ),
  IMDS_INVALID_ANSWER: entry(
    'The metadata service answered with something that cannot be read.',
    'Compare with `curl` on the instance; a proxy in between may answer instead.',
  ),
  IMDS_UNAVAILABLE: entry(
    'The metadata service gave no usable answer in time.',
    'Check that it is switched on for the instance and reachable, with IMDSv2.',
  ),
  IMDS_VALUE_MISSING: entry(
    'The metadata service lacks an entry that is needed.',
    "Check the instance's metadata, or set the setting in user data.",
  ),
} as const
