import { capabilityName, resourceLimitName } from '../../../../src/model/scalars/oci.ts'
import { expect, it } from 'vitest'
import { describeGroup } from '../support.ts'

describeGroup('aws-ecs-2', 'container-registry', {
  kept: [
    '{}',
    '{"mirrors":[{"endpoint":["a.test"],"registry":"*"},{"registry":"*"},{}]}',
    '{"mirrors":[{"endpoint":[],"registry":""}]}',
    '{"credentials":[{"auth":"dTpw","password":"p","registry":"r","username":"u"},{"identitytoken":"t"},{}]}',
  ],
  changed: [
    [
      '{"mirrors":{"quay.io":["b.test"],"docker.io":["a.test","https://c.test"]}}',
      '{"mirrors":[{"endpoint":["a.test","https://c.test"],"registry":"docker.io"},{"endpoint":["b.test"],"registry":"quay.io"}]}',
    ],
    [
      '{"mirrors":{"9":["a"],"10":["b"]}}',
      '{"mirrors":[{"endpoint":["b"],"registry":"10"},{"endpoint":["a"],"registry":"9"}]}',
    ],
    ['{"mirrors":{}}', '{"mirrors":[]}'],
    ['{"mirrors":{"docker.io":[]}}', '{"mirrors":[{"endpoint":[],"registry":"docker.io"}]}'],
    ['{"mirrors":[{"registry":"a"},{},{"endpoint":null}]}', '{"mirrors":[{"registry":"a"},{},{}]}'],
    ['{"mirrors":[["a",["m.test"]]]}', '{"mirrors":[{"endpoint":["m.test"],"registry":"a"}]}'],
    ['{"creds":[{"registry":"r","auth":"dTpw"}]}', '{"credentials":[{"auth":"dTpw","registry":"r"}]}'],
    ['{"credentials":[["r",null,null,"dTpw",null]]}', '{"credentials":[{"auth":"dTpw","registry":"r"}]}'],
    ['{"credentials":null}', '{}'],
    ['[]', '{}'],
    ['[[{"registry":"a"}]]', '{"mirrors":[{"registry":"a"}]}'],
    ['[{"a":["b"]},[]]', '{"credentials":[],"mirrors":[{"endpoint":["b"],"registry":"a"}]}'],
  ],
  refused: [
    '{"creds":[],"credentials":[]}',
    '{"creds":null,"credentials":[]}',
    '{"mirrors":null}',
    '{"mirrors":"m.test"}',
    '{"mirrors":[null]}',
    '{"mirrors":{"a":"m.test"}}',
    '{"mirrors":{"a":null}}',
    '{"mirrors":{"a\\nb":["m.test"]}}',
    '{"mirrors":[{"registry":"a","endpoint":"m.test"}]}',
    '{"mirrors":[{"registry":"a","endpoint":[""]}]}',
    '{"mirrors":[{"registry":"a\\nb"}]}',
    '{"mirrors":[{"host":"a"}]}',
    '{"credentials":{}}',
    '{"credentials":[{"auth":"dTp"}]}',
    '{"credentials":[{"password":5}]}',
    '{"credentials":[{"identity-token":"t"}]}',
    '[null]',
    '[[],[],[]]',
  ],
})

describeGroup('aws-k8s', 'container-runtime', {
  kept: [
    '{}',
    '{"max-container-log-line-size":-1}',
    '{"max-concurrent-downloads":0}',
    '{"enable-unprivileged-icmp":true}',
  ],
  changed: [['{"enable-unprivileged-ports":null}', '{}']],
  refused: [
    '{"max-concurrent-downloads":"3"}',
    '{"max-concurrent-downloads":3.0}',
    '{"max-container-log-line-size":2147483648}',
    '{"enable-unprivileged-icmp":"true"}',
    '{"snapshotter":"x"}',
  ],
})

const limits = (value: string): string => `{"resource-limits":{"max-open-files":${value}}}`

describeGroup('aws-ecs-2', 'oci-defaults', {
  kept: [
    '{}',
    '{"capabilities":{"chown":true,"wake-alarm":false}}',
    limits('{"hard-limit":1048576,"soft-limit":65536}'),
    limits('{"hard-limit":9223372036854775807,"soft-limit":-1}'),
    limits('{"hard-limit":10,"soft-limit":20}'),
  ],
  changed: [
    [limits('{"hard-limit":"unlimited","soft-limit":0}'), limits('{"hard-limit":-1,"soft-limit":0}')],
    [limits('[2,"unlimited"]'), limits('{"hard-limit":2,"soft-limit":-1}')],
  ],
  refused: [
    limits('{"hard-limit":10}'),
    limits('{"soft-limit":10}'),
    limits('{}'),
    limits('null'),
    limits('{"hard-limit":null,"soft-limit":1}'),
    limits('[1,null]'),
    limits('{"hard-limit":1,"soft-limit":1,"max":1}'),
    limits('{"hard-limit":1.0,"soft-limit":1}'),
    '{"resource-limits":{"max-files":{"hard-limit":1,"soft-limit":1}}}',
    '{"capabilities":{"CHOWN":true}}',
    '{"capabilities":{"chown":"true"}}',
    '{"capabilities":{"chown":null}}',
    '{"capabilities":["chown"]}',
  ],
})

describeGroup('vmware-dev', 'oci-hooks', {
  kept: ['{}', '{"log4j-hotpatch-enabled":true}'],
  changed: [['{"log4j-hotpatch-enabled":null}', '{}']],
  refused: ['{"log4j-hotpatch-enabled":"true"}', '{"log4j-hotpatch-enabled":1}', '{"x":null}'],
})

describeGroup('aws-k8s-nvidia', 'nvidia-container-runtime', {
  kept: ['{"visible-devices-as-volume-mounts":true,"visible-devices-envvar-when-unprivileged":false}'],
  refused: ['{"visible-devices-as-volume-mounts":"true"}', '{"visible-devices":true}'],
})

describeGroup('aws-k8s-nvidia', 'kubelet-device-plugins', {
  kept: [
    '{}',
    '{"nvidia":{}}',
    '{"nvidia":{"device-id-strategy":"uuid","device-list-strategy":"envvar","pass-device-specs":true}}',
  ],
  changed: [
    ['{"nvidia":[true,"index",null]}', '{"nvidia":{"device-id-strategy":"index","pass-device-specs":true}}'],
    ['{"nvidia":{"device-id-strategy":{"uuid":null}}}', '{"nvidia":{"device-id-strategy":"uuid"}}'],
  ],
  refused: [
    '{"amd":{}}',
    '{"nvidia":{"device-id-strategy":"UUID"}}',
    '{"nvidia":{"device-list-strategy":"volume_mounts"}}',
    '{"nvidia":{"device-list-strategy":"cdi-cri"}}',
    '{"nvidia":{"device-list-strategy":["envvar"]}}',
    '{"nvidia":{"pass-device-specs":1}}',
    '{"nvidia":{"device-sharing-strategy":"none"}}',
  ],
})

it('knows all capabilities and limits', () => {
  expect([capabilityName.words.size, resourceLimitName.words.size]).toEqual([41, 16])
})
