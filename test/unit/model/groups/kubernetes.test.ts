import { expect, it } from 'vitest'
import { kubernetes } from '../../../../src/model/groups/kubernetes.ts'
import { describeGroup, outcome, problemsOf } from '../support.ts'

const inside = (name: string, values: readonly string[]): string[] => values.map((value) => `{"${name}":${value}}`)

describeGroup('aws-k8s', 'kubernetes', {
  kept: [
    '{}',
    '{"max-pods":4294967295,"log-level":255,"event-qps":-1,"pod-pids-limit":9007199254740993}',
    '{"allowed-unsafe-sysctls":["kernel.msg*","",""]}',
    '{"cpu-manager-policy-options":["full-pcpus-only","full-pcpus-only"],"reserved-cpus":"7-3"}',
    '{"image-gc-high-threshold-percent":50,"image-gc-low-threshold-percent":80}',
    '{"cluster-certificate":"Zm9v","server-certificate":"","server-key":"Zm9v"}',
    '{"eviction-hard":{"memory.available":"5%","nodefs.inodesFree":"1Gi"},"eviction-soft-grace-period":{"pid.available":"30s"}}',
    '{"kube-reserved":{"cpu":"60m"},"system-reserved":{"ephemeral-storage":"1Gi"}}',
    '{"node-labels":{"a/b":"","c":"x"}}',
    ...inside('node-taints', ['{}', '{"gpu":["a:NoSchedule","b:NoExecute"]}', '{"gpu":["a:X","a:X"]}']),
    ...inside('static-pods', [
      '{"a":{}}',
      '{"a":{"enabled":true,"manifest":"Zm9v"}}',
      '{"a":{"manifest":""}}',
      '{"":{}}',
    ]),
    ...inside('credential-providers', [
      '{"p":{"enabled":true,"image-patterns":["*.test"]}}',
      '{"p":{"enabled":true,"image-patterns":[]}}',
      '{"p":{"cache-duration":"12h","enabled":true,"environment":{"A B":"v","__proto__":"w"},"image-patterns":["a"]}}',
    ]),
    ...inside('memory-manager-reserved-memory', [
      '{"0":{"enabled":true}}',
      '{"0":{"enabled":true,"hugepages-1Gi":"2Gi","hugepages-2Mi":"0","memory":"900Mi"}}',
    ]),
  ],
  changed: [
    [
      '{"memory-manager-policy":"static","cpu-manager-policy":"Static","cloud-provider":"","node-ip":"FD00:0:0::7","image-gc-high-threshold-percent":"090","node-taints":{"a":"b:C"},"log-level":null}',
      '{"cloud-provider":"\\"\\"","cpu-manager-policy":"Static","image-gc-high-threshold-percent":"90","memory-manager-policy":"Static","node-ip":"fd00::7","node-taints":{"a":["b:C"]}}',
    ],
    [
      '{"memory-manager-reserved-memory":{"9":{"enabled":true},"10":{"memory":"1Gi","enabled":true}}}',
      '{"memory-manager-reserved-memory":{"10":{"enabled":true,"memory":"1Gi"},"9":{"enabled":true}}}',
    ],
    ['{"node-taints":{"gpu":"true:NoSchedule"}}', '{"node-taints":{"gpu":["true:NoSchedule"]}}'],
    ['{"static-pods":{"a":[true,"aGk="]}}', '{"static-pods":{"a":{"enabled":true,"manifest":"aGk="}}}'],
    ['{"static-pods":{"a":[null,null]}}', '{"static-pods":{"a":{}}}'],
    ['{"static-pods":{"a":{"enabled":null}}}', '{"static-pods":{"a":{}}}'],
    ['{"hostname-override-source":{"instance-id":null}}', '{"hostname-override-source":"instance-id"}'],
    [
      '{"credential-providers":{"p":{"enabled":true,"image-patterns":["a"],"imagePatterns":1,"x":{}}}}',
      '{"credential-providers":{"p":{"enabled":true,"image-patterns":["a"]}}}',
    ],
    [
      '{"credential-providers":{"p":{"enabled":false,"image-patterns":["a"],"cache-duration":null,"environment":null}}}',
      '{"credential-providers":{"p":{"enabled":false,"image-patterns":["a"]}}}',
    ],
    [
      '{"credential-providers":{"p":[true,["a"],null,null]}}',
      '{"credential-providers":{"p":{"enabled":true,"image-patterns":["a"]}}}',
    ],
  ],
  refused: [
    '[]',
    '"x"',
    '{"max-pods":110.0}',
    '{"max-pods":"110"}',
    '{"max-pods":4294967296}',
    '{"log-level":"2"}',
    '{"log_level":2}',
    '{"logLevel":null}',
    '{"reserved-cpus":3}',
    '{"kube-reserved":{"pid":"1"}}',
    '{"kube-reserved":{"cpu":2}}',
    '{"eviction-hard":{"memory.available":"100%"}}',
    '{"node-labels":{"a":null}}',
    '{"node-labels":[]}',
    '{"cluster-name":""}',
    '{"node-ip":["10.0.0.7"]}',
    '{"cpu-manager-policy":{"none":null}}',
    '{"hostname-override-source":{"instance-id":null,"private-dns-name":null}}',
    '{"hostname-override-source":{"instance-id":{}}}',
    ...[
      'device-ownership-from-security-context',
      'ids-per-pod',
      'single-process-oom-kill',
      'container-log-max-workers',
      'image-minimum-gc-age',
      'max-parallel-image-pulls',
      'nvidia',
    ].map((newer) => `{"${newer}":null}`),
    ...inside('node-taints', [
      'null',
      '[]',
      '""',
      '{"gpu":[]}',
      '{"gpu":null}',
      '{"gpu":[null]}',
      '{"gpu":1}',
      '{"gpu":[1]}',
      '{"gpu":{}}',
      '{"gpu":[["a:X"]]}',
      '{"gpu":""}',
      '{"gpu":[""]}',
    ]),
    ...inside('static-pods', [
      '{"a":null}',
      '{"a":{"enabled":"true"}}',
      '{"a":{"enabled":1}}',
      '{"a":{"manifest":"a pod"}}',
      '{"a":{"path":"x"}}',
      '{"web_1":{}}',
      '{"a":[true]}',
      '{"a":[true,null,null]}',
    ]),
    ...inside('credential-providers', [
      '{"p":{}}',
      '{"p":{"enabled":true}}',
      '{"p":{"image-patterns":[]}}',
      '{"p":{"enabled":null,"image-patterns":[]}}',
      '{"p":{"enabled":true,"image-patterns":null}}',
      '{"p":{"enabled":true,"image-patterns":"a"}}',
      '{"p":{"enabled":true,"image-patterns":[],"cache-duration":"12"}}',
      '{"p":{"enabled":true,"image-patterns":[],"environment":{"K":1}}}',
      '{"p":{"enabled":true,"image-patterns":[],"environment":{"K":"a\\nb"}}}',
    ]),
    ...inside('memory-manager-reserved-memory', [
      '{"0":{}}',
      '{"0":{"memory":"1Gi"}}',
      '{"0":{"enabled":"true"}}',
      '{"0":{"enabled":true,"cpu":"1"}}',
      '{"0":{"enabled":true,"hugepages-2mi":"0"}}',
      '{"0":{"enabled":true,"memory":1024}}',
      '{"0":{"enabled":true,"memory":"5%"}}',
      '{"0":{"enabled":true,"memory":null}}',
      '{"0":[true,null,null,null]}',
      '{"node_0":{"enabled":true}}',
    ]),
  ],
})

it('has 53 settings', () => {
  expect(kubernetes.type.kind === 'record' && Object.keys(kubernetes.type.fields)).toHaveLength(53)
})

it('checks nothing across settings', () => {
  const odd =
    '{"kubernetes":{"authentication-mode":"tls","cpu-manager-policy-options":["full-pcpus-only"],"eviction-soft":{},' +
    '"memory-manager-policy":"Static","shutdown-grace-period":"1s","shutdown-grace-period-for-critical-pods":"2s"}}'
  expect(outcome('vmware-k8s', odd)).toBe(odd)
})

it('reports every problem with its path', () => {
  const problems = problemsOf(
    'aws-k8s',
    '{"kubernetes":{"max-pods":-1,"nope":1,"node-taints":{"a b":"x:Y","c":["d:E","f"]},"credential-providers":{"p":{}}}}',
  )
  expect(problems.map(({ code, path, atKey = false }) => [code, path.join('/'), atKey])).toEqual([
    ['SETTINGS_OUT_OF_RANGE', 'kubernetes/max-pods', false],
    ['SETTINGS_UNKNOWN_KEY', 'kubernetes/nope', true],
    ['SETTINGS_BAD_KEY', 'kubernetes/node-taints/a b', true],
    ['SETTINGS_INVALID_VALUE', 'kubernetes/node-taints/c/1', false],
    ['SETTINGS_MISSING_KEY', 'kubernetes/credential-providers/p', false],
  ])
})
