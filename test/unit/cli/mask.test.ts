import { describe, expect, it } from 'vitest'
import { maskSecrets } from '../../../src/cli/validate/mask.ts'

describe('lines of a document', () => {
  it.each([
    ['bootstrap-token = "hunter2" # my token', 'bootstrap-token = "*******" # ** *****'],
    [`bootstrap-token = 'hun"r2'`, `bootstrap-token = '***"**'`],
    ['"password"="a\\"b c"', '"password"="*\\"* *"'],
    ['{ "password": "hunter2", "username": "u" }', '{ "password": "*******", "username": "u" }'],
    [
      '{"a":"{\\"password\\":\\"hunter2\\",\\"username\\":1}"}',
      '{"a":"{\\"password\\":\\"*******\\",\\"username\\":1}"}',
    ],
    ['password = hunter2', 'password = *******'],
    ['password = "hunter2', 'password = "*******'],
    ['server-key = """ab\ncd""" \nmotd = "x"', 'server-key = """**\n**""" \nmotd = "x"'],
    [`server-key = '''ab\ncd'''\nmotd = "x"`, `server-key = '''**\n**'''\nmotd = "x"`],
    ['server-key = """ab\ncd', 'server-key = """**\n**'],
    ['my-password = "hidden"', 'my-password = "******"'],
    ['motd = "password is shown"', 'motd = "password is shown"'],
  ])('%j', (given, shown) => {
    expect(maskSecrets(given)).toBe(shown)
    expect(maskSecrets(given)).toHaveLength(given.length)
  })
})
