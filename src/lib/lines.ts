/** Cuts a stream of text into lines as they complete; the last one may lack its line end. */
export function lineSplitter(onLine: (line: string) => void): { push(text: string): void; end(): void } {
  let rest = ''
  return {
    push: (text) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      lines.forEach(onLine)
    },
    end: () => {
      if (rest !== '') onLine(rest)
      rest = ''
    },
  }
}
