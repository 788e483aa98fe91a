import { base64, freeText, identifier, singleLine } from '../../../../src/model/scalars/strings.ts'
import { describeType } from '../support.ts'

describeType('free text', freeText, { kept: ['', 'a\nb', '\u0000'], refused: [5n, 1.5, true, null, [], {}] })

describeType('single line', singleLine, {
  kept: ['', 'two words', 'tab\there', '\u001C', 'x\u0000y', '\u00A0', 'naïve'],
  refused: ['a\nb', 'a\r', '\u000B', '\f', '\u0085', '\u2028', '\u2029', 1n],
})

describeType('identifier', identifier, {
  kept: ['web', 'Web-01', '0', '---', 'k'.repeat(76), ''],
  refused: ['web_01', 'web.io', 'a/b', 'a b', 'straße', '../x', 'k'.repeat(77), 'a\n'],
})

describeType('base64', base64, {
  kept: ['', 'Zm9v', 'Zm8=', 'Zg==', '+/+/', 'AA==', 'AAA='],
  refused: [
    'Zm8',
    'Zg=',
    'Zh==',
    'AAB=',
    'Zm9v\n',
    ' Zm9v',
    'Zm\n9v',
    'Zm-_',
    'Zm8=Zm8=',
    '=',
    '====',
    'A',
    'Zm9v====',
  ],
})
