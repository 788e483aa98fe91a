import { expect, it } from 'vitest'
import { planMoves } from '../../../src/datastore/plan-moves.ts'

it.each<[string, string[], string[], string[]]>([
  ['nothing', [], ['a'], []],
  ['a new directory as a whole', ['a/b/c', 'a/b/d', 'a/e'], [], ['a']],
  ['the topmost that is missing', ['a/b/c/d', 'a/b/c/e', 'a/f/g'], ['a', 'a/b'], ['a/b/c', 'a/f']],
  ['single files where the directory is there', ['a/b', 'a/c/d', 'e'], ['a', 'a/c'], ['a/b', 'a/c/d', 'e']],
  ['names that begin alike apart', ['a/bc/d', 'a/b/d'], ['a', 'a/b'], ['a/bc', 'a/b/d']],
])('moves %s', (_, files, there, moves) => {
  expect(planMoves(files, (directory) => there.includes(directory))).toEqual(moves)
})
