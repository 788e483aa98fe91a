import { encodeBase64 } from '../../../../src/lib/strict-base64.ts'
import { pem } from '../scalars/certificate.ts'
import { describeGroup } from '../support.ts'

describeGroup('metal-dev', 'motd', { kept: ['""', '"a\\nb"', '"\\u0000"'], refused: ['5', 'true', '["a"]', '{}'] })

describeGroup('aws-dev', 'updates', {
  kept: [
    '{}',
    '{"ignore-waves":true,"metadata-base-url":"a.test","seed":4294967295,"targets-base-url":"https://t/","version-lock":"latest"}',
    '{"seed":2048}',
  ],
  changed: [['{"seed":null,"ignore-waves":true}', '{"ignore-waves":true}']],
  refused: ['{"seed":-1}', '{"seed":"1"}', '{"version-lock":1}', '{"version-lock":"1.2"}', '{"metadata-base-url":""}'],
})

describeGroup('aws-ecs-1', 'host-containers', {
  kept: [
    '{}',
    '{"A":{},"a":{"enabled":true,"source":"r.test/a:v1","superpowered":false,"user-data":""}}',
    '{"":{"enabled":true}}',
  ],
  changed: [
    ['{"x":{"enabled":null}}', '{"x":{}}'],
    ['{"x":["a.test",true,null,null]}', '{"x":{"enabled":true,"source":"a.test"}}'],
  ],
  refused: [
    '[]',
    '{"admin":null}',
    '{"a_b":{}}',
    '{"a":{"source":""}}',
    '{"a":{"user-data":"x"}}',
    '{"a":{"mode":"off"}}',
  ],
})

describeGroup('vmware-k8s', 'bootstrap-containers', {
  kept: ['{"a":{"essential":true,"mode":"always","source":"a.test","user-data":"Zm9v"}}', '{"a":{}}'],
  refused: ['{"a":{"mode":"on"}}', '{"a":{"enabled":true}}', '{"a":{"essential":"true"}}', '{"a":null}'],
})

describeGroup('vmware-dev', 'bootstrap-commands', {
  kept: [
    '{"a":{}}',
    '{"a":{"commands":[]}}',
    '{"a":{"commands":[["apiclient","set","x=y"],["apiclient","get"]],"essential":false,"mode":"once"}}',
  ],
  refused: [
    '{"a":{"commands":[["ls"]]}}',
    '{"a":{"commands":["apiclient"]}}',
    '{"a":{"commands":[[]]}}',
    '{"a":{"source":"x"}}',
  ],
})

describeGroup('metal-k8s', 'ntp', {
  kept: ['{}', '{"time-servers":[]}', '{"options":["x","","a\\nb"],"time-servers":["a","a"]}'],
  changed: [
    ['{"time-servers":null}', '{}'],
    ['[["a.b"],["x"]]', '{"options":["x"],"time-servers":["a.b"]}'],
  ],
  refused: [
    '{"time-servers":"a"}',
    '{"time-servers":[""]}',
    '{"time-servers":["::1"]}',
    '{"time-servers":[null]}',
    '{"time_servers":[]}',
    '{"Time-Servers":[]}',
    '{"zzz":null}',
    '[["a.b"]]',
    '[]',
    '[null,null,null]',
  ],
})

describeGroup('aws-ecs-2', 'network', {
  kept: [
    '{"hostname":"a","hosts":[["10.0.0.1",["a"]],["10.0.0.1",["b"]]],"https-proxy":"p:3128","no-proxy":["",".x"]}',
  ],
  changed: [['{"hosts":[["::0:1",["h"]]]}', '{"hosts":[["::1",["h"]]]}']],
  refused: [
    '{"hostname":"Web"}',
    '{"https-proxy":""}',
    '{"no-proxy":"x"}',
    '{"hosts":{"a":["b"]}}',
    '{"no-proxy":["a\\nb"]}',
  ],
})

describeGroup('aws-ecs-2', 'kernel', {
  kept: [
    '{"lockdown":"none","modules":{"m":{},"sctp":{"allowed":true,"autoload":false}},"sysctl":{"a.b":"1","a/b":"x\\ny"}}',
    '{"sysctl":{"__proto__":"1","constructor":"2"}}',
    '{"modules":{"":{}}}',
  ],
  changed: [['{"modules":{"m":[true,null]}}', '{"modules":{"m":{"allowed":true}}}']],
  refused: [
    '{"sysctl":{"a":1}}',
    '{"sysctl":{"a":null}}',
    '{"sysctl":{"a..b":"1"}}',
    '{"modules":{"m":true}}',
    '{"modules":{"m":null}}',
    '{"modules":{"m":{"allow":true}}}',
    '{"modules":{"a.b":{}}}',
    '{"lockdown":"full"}',
  ],
})

describeGroup('aws-ecs-2', 'boot', {
  kept: [
    '{}',
    '{"init":{"a":[""]},"kernel":{"console":["tty0","ttyS1,115200n8"],"quiet":[]},"reboot-to-reconcile":true}',
  ],
  changed: [
    ['{"kernel-parameters":{"a.b":["c"]}}', '{"kernel":{"a.b":["c"]}}'],
    ['{"init-parameters":{"a":[""]}}', '{"init":{"a":[""]}}'],
    ['[true]', '{"reboot-to-reconcile":true}'],
    ['[null,{"a":[]}]', '{"kernel":{"a":[]}}'],
    ['[null,null,{"a":[]}]', '{"init":{"a":[]}}'],
  ],
  refused: [
    '{"kernel":{"a":["b"]},"kernel-parameters":{"a":["b"]}}',
    '{"kernel":null,"kernel-parameters":{}}',
    '{"init":{"a":"b"}}',
    '{"kernel_parameters":{}}',
    '{"kernel":{"a..b":[]}}',
    '{"kernel":{"a":["é"]}}',
    '{"kernel":{"a":null}}',
    '[]',
    '[true,null,null,null]',
  ],
})

describeGroup('aws-dev', 'aws', {
  kept: ['{"config":"","credentials":"Zm9v","profile":"","region":"mars-1"}'],
  refused: ['{"region":"a\\n"}', '{"config":"plain text"}', '{"key":"x"}'],
})

describeGroup('metal-dev', 'metrics', {
  kept: ['{"metrics-url":"m.test","send-metrics":true,"service-checks":["a",""]}'],
  refused: ['{"metrics-url":""}', '{"send-metrics":"yes"}', '{"service-checks":"a"}'],
})

describeGroup('aws-ecs-1', 'ecs', {
  kept: [
    '{"cluster":"a\\nb","instance-attributes":{"a":"b c"},"loglevel":"crit","metadata-service-rps":-5,"reserved-memory":65535}',
    '{"container-stop-timeout":"30s","image-cleanup-age":"1h30m","image-pull-behavior":"prefer-cached","task-cleanup-wait":"5us"}',
    '{"allow-privileged-containers":true,"awsvpc-block-imds":false,"backend-host":"","enable-container-metadata":true}',
    '{"enable-spot-instance-draining":true,"image-cleanup-delete-per-cycle":9223372036854775807,"logging-drivers":["awslogs"]}',
    '{"image-cleanup-enabled":true,"image-cleanup-wait":"1h","metadata-service-burst":0}',
  ],
  changed: [['{"loglevel":{"info":null}}', '{"loglevel":"info"}']],
  refused: [
    '{"reserved-memory":65536}',
    '{"reserved-memory":-1}',
    '{"reserved-memory":"5"}',
    '{"metadata-service-rps":9223372036854775808}',
    '{"metadata-service-rps":1.0}',
    '{"loglevel":"trace"}',
    '{"loglevel":{}}',
    '{"instance-attributes":{"a":" b"}}',
    '{"instance-attributes":{"":"b"}}',
    '{"logging-drivers":["a\\nb"]}',
    '{"container-stop-timeout":"90"}',
  ],
})

describeGroup('aws-k8s', 'cloudformation', {
  kept: ['{"logical-resource-id":"x","should-signal":false,"stack-name":""}'],
  refused: ['{"stack-name":"a\\n"}', '{"should-signal":0}'],
})

describeGroup('metal-dev', 'dns', {
  kept: ['{"name-servers":[],"search-list":["a.b"]}'],
  changed: [['{"name-servers":["0000::1","10.0.0.2"]}', '{"name-servers":["::1","10.0.0.2"]}']],
  refused: [
    '{"name-servers":["ns.test"]}',
    '{"search-list":["A"]}',
    '{"search-list":["a."]}',
    '{"name-servers":"10.0.0.2"}',
  ],
})

describeGroup('aws-k8s', 'autoscaling', {
  kept: ['{}', '{"should-wait":true}'],
  refused: ['{"should-wait":"true"}', '{"x":1}'],
})

const certificate = encodeBase64(pem())

describeGroup('vmware-dev', 'pki', {
  kept: [
    '{}',
    '{"corp":{}}',
    '{"corp":{"data":"","trusted":true}}',
    `{"corp":{"data":"${certificate}","trusted":false}}`,
  ],
  changed: [
    ['{"corp":{"data":null}}', '{"corp":{}}'],
    ['{"corp":["",null]}', '{"corp":{"data":""}}'],
  ],
  refused: [
    '[]',
    '{"corp":null}',
    '{"corp_ca":{}}',
    '{"corp":{"trusted":"true"}}',
    '{"corp":{"data":5}}',
    '{"corp":{"pem":"x"}}',
    '{"corp":{"data":"aGVsbG8="}}',
  ],
})
