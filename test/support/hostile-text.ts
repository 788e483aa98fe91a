/** Texts that are made to break a file. */
import { fc } from '@fast-check/vitest'

/** What some format takes for a quote, an escape, a comment, a type, a line end or the end of a value. */
const PARTS = [
  ...['"', "'", '\\', '\n', '\r', '\t', ' ', '#', ';', '%', '$', '=', ',', ':', '-', '[', ']', '{', '}', '`', '&', '<'],
  ...['>', '|', '*', '!', '~', '?', '@', '(', ')', '/', '+', '.', '_', '^'],
  ...['a', '0', '1', 'e', 'x', 'é', '\u{1f980}', '\u00a0', '\u0301', '\u3042'],
  ...['\u0000', '\u0001', '\u0007', '\u001b', '\u007f', '\u0085', '\u2028', '\u2029', '\ufeff', '\ufffd', '\uffff'],
  ...['\ufdd0', '\u{1fffe}', '\u{10ffff}', '\ue000'],
  ...[
    '"""',
    "'''",
    '{{',
    '}}',
    '{{x}}',
    '{{{',
    '\\"',
    '\\n',
    '\\x41',
    '\\u0041',
    '\\\n',
    '\r\n',
    '---',
    '...',
    ': ',
    ' #',
  ],
  ...['${X}', '$X', '$$', '%n', '%%', '&amp;', '\n[x]\n', '\nk = 1\n', '\nk: v\n', '\nA=b\n', "'\n", '"\n', '";', "';"],
]

/** Whole texts that are something other than text to a reader. */
const WORDS = [
  ...['true', 'True', 'yes', 'no', 'on', 'off', 'n', 'null', 'Null', '~', '.inf', '-.INF', '.nan', 'inf', 'nan'],
  ...['0', '-1', '+1', '007', '0o17', '0x1F', '0b1', '1_000', '1e6', '1E-6', '.5', '1.', '12:30:45', '1e', 'e1'],
  ...[
    '2001-12-14',
    '2001-12-14t21:59:43.10-05:00',
    '<<',
    '=',
    '*a',
    '&a',
    '!t',
    '!!str',
    '? a',
    '- a',
    '-',
    '[]',
    '{}',
  ],
  ...['@a', '`a', '|', '>-', '%YAML 1.1', '---', '...', '#a', ';a', '""', "''", 'export A', '\ufeffa', ' a ', 'a\\'],
]

/**
 * A text of one character at least, for no setting is left out of a file because of it. Names that every JavaScript
 * object has are left to the tests of the engine: the parsers here stumble over them.
 */
export const hostileText: fc.Arbitrary<string> = fc
  .oneof(
    {
      weight: 6,
      arbitrary: fc.array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 8 }).map((parts) => parts.join('')),
    },
    { weight: 2, arbitrary: fc.constantFrom(...WORDS) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }) },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }) },
  )
  .filter((text) => !(text in Object.prototype))

/** Names as the settings models allow them for hosts and kernel modules. */
export const plainName: fc.Arbitrary<string> = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,8}$/)
