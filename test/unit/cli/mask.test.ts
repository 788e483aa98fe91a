import { describe, expect, it } from 'vitest'
import { maskSecrets, maskSecretsOfNetwork } from '../../../src/cli/validate/mask.ts'

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
    // a quotation mark too many makes a name of a value
    [`'auth = "Rd>>72i=e'=:U8}v", registry = "x"`, `'**** * "*********'=***}*"* ******** * "*"`],
    // names of words may be seen, what looks encoded may not
    ['cluster-name = "ProdClusterUsEast1a"', 'cluster-name = "ProdClusterUsEast1a"'],
    ['cluster-name = "EKSClusterProd01"', 'cluster-name = "EKSClusterProd01"'],
    ['motd = "com/MyRepo/team2/images"', 'motd = "com/MyRepo/team2/images"'],
    ['cluster-name = "NFBUVm9ia0ZrWTJ0amR"', 'cluster-name = "*******************"'],
    ['motd = "password is shown"', 'motd = "password is shown"'],
  ])('%j', (given, shown) => {
    expect(maskSecrets(given)).toBe(shown)
    expect(maskSecrets(given)).toHaveLength(given.length)
  })
})

describe('lines of a network configuration', () => {
  it.each([
    ['[enP1s0f0]\ndhcp4 = true', '[enP1s0f0]\ndhcp4 = true'],
    ['enP1s0f0 = "00:53:aB:00:00:01"', 'enP1s0f0 = "00:53:aB:00:00:01"'],
    ['a = 1\nNFBUVm9ia0ZrWTJ0amR', 'a = 1\n*******************'],
    ['[settings.aws]\ncredentials = "hunter2"', '[settings.aws]\ncredentials = "*******"'],
  ])('%j', (given, shown) => {
    expect(maskSecretsOfNetwork(given)).toBe(shown)
  })
})
