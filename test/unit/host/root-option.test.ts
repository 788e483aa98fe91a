import { describe, expect, it } from 'vitest'
import { takeRootOption } from '../../../src/host/root-option.ts'

describe('--root in front of a command line', () => {
  it.each<[string[], string | undefined, string[]]>([
    [['--root', '/r', 'get', '--root', 'x'], '/r', ['get', '--root', 'x']],
    [['--root=/r', 'get'], '/r', ['get']],
    [['--root='], '', []],
    [['--flavour', 'wicked', '--root', '/r', 'sub'], '/r', ['--flavour', 'wicked', 'sub']],
    [['--flavour', '--root', '/r'], undefined, ['--flavour', '--root', '/r']],
    [['get', '--root', '/r'], undefined, ['get', '--root', '/r']],
    [['--other', '--root', '/r'], undefined, ['--other', '--root', '/r']],
    [['--root'], undefined, ['--root']],
    [['--flavour'], undefined, ['--flavour']],
    [[], undefined, []],
  ])('%j', (given, root, argv) => {
    const taken = takeRootOption(given, ['--flavour'])
    expect(taken.root).toBe(root)
    expect(taken.argv).toEqual(argv)
  })
})
