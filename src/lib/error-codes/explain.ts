import { entry } from './entry.ts'

/** Explanations. */
export const EXPLAIN_CODES = {
  EXPLAIN_AMBIGUOUS: entry(
    'What is to be explained could mean several things.',
    'Choose one of those that the message lists.',
  ),
  EXPLAIN_UNKNOWN: entry(
    'What is to be explained is no setting, no rendered file or key in one, and no code.',
    'Check the spelling; `bottlerocket settings` lists settings, `bottlerocket render` lists files.',
  ),
} as const
