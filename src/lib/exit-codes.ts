/** The only numbers that a program may end with, beside the ones a specification names for one program. */
export type ExitCode = number

/** Done. */
export const EXIT_OK = 0
/** The operation failed, or the input has errors. */
export const EXIT_FAILURE = 1
/** The arguments were not understood. As a settings generator: "no value, skip this setting". */
export const EXIT_USAGE = 2
/** Asked for by `--exit-code`: there are differences. */
export const EXIT_DIFFERENCES = 3
/** Ended by Ctrl-C: 128 + SIGINT. */
export const EXIT_INTERRUPTED = 130
