import { messageOf, PipelineError, systemCode } from './errors.ts'

const reasonOf = (cause: unknown): string => {
  const code = systemCode(cause)
  if (code !== undefined) return code
  return cause instanceof TypeError ? 'not UTF-8 text' : messageOf(cause)
}

/** The error for a file that could not be read. @param cause what reading threw */
export function unreadableFile(path: string, cause: unknown): PipelineError {
  return new PipelineError('HOST_FILE_UNREADABLE', `cannot read ${path}: ${reasonOf(cause)}`, {
    details: { path },
    cause,
  })
}

/** The error for a file that could not be written. @param cause what writing threw */
export function unwritableFile(path: string, cause: unknown): PipelineError {
  return new PipelineError('HOST_FILE_UNWRITABLE', `cannot write ${path}: ${reasonOf(cause)}`, {
    details: { path },
    cause,
  })
}
