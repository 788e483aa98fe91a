import { describe, expect, it } from 'vitest'
import { MemoryFs } from '../../../src/host/memory-fs.ts'
import { expandGlob, isGlob, matchesName } from '../../../src/lib/glob.ts'

const fs = new MemoryFs()
for (const directory of ['/w/a/b', '/w/.git', '/w/a/.hidden']) fs.makeDirectory(directory)
for (const file of ['/w/1.toml', '/w/2.yaml', '/w/a/3.toml', '/w/a/b/4.toml', '/w/.git/5.toml', '/w/a/b/[x].toml'])
  fs.writeFile(file, '')

describe('patterns of files', () => {
  it.each([
    ['*.toml', ['1.toml']],
    ['?.{toml,yaml}', ['1.toml', '2.yaml']],
    ['[0-1].*', ['1.toml']],
    ['[!1].*', ['2.yaml']],
    ['a/*.toml', ['a/3.toml']],
    ['**/*.toml', ['1.toml', 'a/3.toml', 'a/b/4.toml', 'a/b/[x].toml']],
    ['a/**/4.toml', ['a/b/4.toml']],
    ['./a/*/4.toml', ['a/b/4.toml']],
    ['/w/a/*.toml', ['/w/a/3.toml']],
    ['.git/*', ['.git/5.toml']],
    ['.*/*', ['.git/5.toml']],
    ['nothing/*.toml', []],
    ['*', ['1.toml', '2.yaml']],
    ['a', []],
    ['{1,1}.toml', ['1.toml']],
  ])('%s', (pattern, files) => {
    expect(expandGlob(pattern, '/w', fs)).toEqual(files)
  })

  it('are told from names', () => {
    expect(['a*', 'a?', '[a]', '{a,b}'].every(isGlob)).toBe(true)
    expect(['a.toml', '-', 'a-b/c_d.yaml', 'a+b(c)'].some(isGlob)).toBe(false)
  })

  it('match names as they are written', () => {
    expect(matchesName('aws-k8s-1.3*', 'aws-k8s-1.30')).toBe(true)
    expect(matchesName('aws-k8s-1.3*', 'aws-k8s-1x30')).toBe(false)
    expect(matchesName('{a,b}s-*', 'bs-1')).toBe(true)
    expect(matchesName('[', '[')).toBe(true)
    expect(matchesName('a[]^]b', 'a^b')).toBe(false)
  })
})
