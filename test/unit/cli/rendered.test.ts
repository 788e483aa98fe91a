import { describe, expect, test } from 'vitest'
import { maskedBefore } from '../../../src/cli/rendered/masked.ts'
import { fileSelector, matchesPath } from '../../../src/cli/rendered/select.ts'
import { unifiedDiff, type DiffPalette } from '../../../src/cli/rendered/unified-diff.ts'

describe('patterns of files', () => {
  test.each([
    ['motd', '/etc/motd', true],
    ['motd', '/etc/motd.d/x', false],
    ['*.toml', '/etc/a/b.toml', true],
    ['/etc/*.toml', '/etc/a/b.toml', false],
    ['/etc/**', '/etc/a/b.toml', true],
    ['/etc/**/b.toml', '/etc/b.toml', true],
    ['/etc/**', '/root/.aws/config', false],
    ['kubelet/config', '/etc/kubernetes/kubelet/config', true],
    ['/kubelet/config', '/etc/kubernetes/kubelet/config', false],
    ['{motd,hosts}', '/etc/hosts', true],
    ['.aws/*', '/root/.aws/config', true],
  ])('%s means %s: %s', (pattern, path, expected) => {
    expect(matchesPath(pattern, path)).toBe(expected)
  })

  test('none mean every file, several any of theirs', () => {
    expect(fileSelector([])({ path: '/x' })).toBe(true)
    expect(fileSelector(['a', 'x'])({ path: '/x' })).toBe(true)
    expect(fileSelector(['a', 'b'])({ path: '/x' })).toBe(false)
  })
})

describe('a unified diff', () => {
  const palette: DiffPalette = {
    header: (text) => `H${text}`,
    hunk: (text) => `@${text}`,
    removed: (text) => `R${text}`,
    added: (text) => `A${text}`,
  }

  test('paints its lines, and only those of the head as head', () => {
    expect(unifiedDiff({ path: '/f', before: '-- x\nk\n', after: '++ y\nk' }, palette)).toBe(
      [
        'H--- a/f',
        'H+++ b/f',
        '@@@ -1,2 +1,2 @@',
        'R--- x',
        'R-k',
        'A+++ y',
        'A+k',
        '\\ No newline at end of file',
        '',
      ].join('\n'),
    )
  })

  test('of equal files is empty', () => {
    expect(unifiedDiff({ path: '/f', before: 'a', after: 'a' }, palette)).toBe('')
  })

  test('of a file that is gone', () => {
    expect(unifiedDiff({ path: '/f', before: 'a\n', after: undefined }, palette)).toContain('H+++ /dev/null')
  })
})

describe('an earlier content of a file with secrets', () => {
  const now = 'user = "u"\npassword = "new"\nauth = "same"\n'
  const masked = 'user = "u"\npassword = "(secret)"\nauth = "(secret)"\n'

  test('has the same secrets hidden alike, others told apart, and strange lines hidden whole', () => {
    expect(maskedBefore('user = "u"\npassword = "old"\nauth = "same"\nx = 1\n', now, masked)).toBe(
      'user = "u"\npassword = "(other secret)"\nauth = "(secret)"\n(other secret)\n',
    )
  })

  test('is hidden whole where lines cannot be matched', () => {
    expect(maskedBefore('-----\nkey\n-----\n', 'a\nb\nc\nd\n', '(secret)')).toBe('(secret)\n')
    expect(maskedBefore('a\nb\n', 'a\nb\n', '(secret)')).toBe('(secret)')
  })
})
