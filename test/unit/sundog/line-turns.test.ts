import { expect, it } from 'vitest'
import { test as fuzz, fc } from '@fast-check/vitest'
import { lineTurns } from '../../../src/sundog/line-turns.ts'

it('lets the first speak at once, keeps what others say, and goes on to the next that has not ended', () => {
  const said: string[] = []
  const [a, b, c] = lineTurns(3)
  const say = (text: string) => () => void said.push(text)
  b?.say(say('b1'))
  a?.say(say('a1'))
  expect(said).toEqual(['a1'])
  c?.say(say('c1'))
  c?.end()
  b?.end()
  b?.say(say('b2 after its end'))
  expect(said).toEqual(['a1'])
  a?.end()
  expect(said).toEqual(['a1', 'b1', 'b2 after its end', 'c1'])
})

fuzz.prop([fc.array(fc.nat(4), { maxLength: 60 }), fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 })])(
  'the order is that of the turns, whoever is faster, and nothing is lost',
  (speakers, ends) => {
    const said: [number, number][] = []
    const turns = lineTurns(5)
    speakers.forEach((speaker, i) => {
      turns[speaker]?.say(() => said.push([speaker, i]))
    })
    for (const turn of ends) turns[turn]?.end()
    const expected = speakers.map((speaker, i): [number, number] => [speaker, i])
    expect(said).toEqual(expected.sort(([a, i], [b, j]) => a - b || i - j))
  },
)
