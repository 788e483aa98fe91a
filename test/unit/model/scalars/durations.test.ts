import { ecsDuration, kubernetesDuration } from '../../../../src/model/scalars/durations.ts'
import { describeType } from '../support.ts'

describeType('Kubernetes duration', kubernetesDuration, {
  kept: ['30s', '0s', '1.5h', '2h45m', '1h2m3s4ms', '3m250ms', '0.5s', '100ms', '5m'],
  refused: [
    '',
    '30',
    '0',
    '5m1h',
    '1ms1s',
    '10s10s',
    '.5s',
    '5.s',
    '1.2.3s',
    '-5s',
    '1 h',
    '1H',
    '10us',
    '3d',
    '1s\n',
    30n,
  ],
})

describeType('ECS duration', ecsDuration, {
  kept: ['90s', '1h', '1h30m', '1.5h', '0.25s', '100ms', '5us', '5\u00B5s', '7ns', '1h2m3s4ms5us6ns', '0s', '007s'],
  refused: [
    '',
    '90',
    '90 s',
    '1h 2m',
    '2m1h',
    '1s1m',
    '1ms1s',
    '1m1m',
    '1us1us',
    '1.s',
    '.5s',
    '1..5s',
    '-1s',
    '+1s',
    '1H',
    '1d',
    '1h2',
    '5\u03BCs',
  ],
})
