import * as choices from '../../../../src/model/scalars/kubernetes-choices.ts'
import * as names from '../../../../src/model/scalars/kubernetes-names.ts'
import * as quantities from '../../../../src/model/scalars/quantities.ts'
import { describeType } from '../support.ts'

describeType('label key', names.labelKey, {
  kept: ['tier', 'A_b.c-9', 'node.test/role', './r', '-/r', 'k'.repeat(63), `${'p'.repeat(253)}/k`],
  refused: ['', '.a', 'a-', '/a', 'a/', 'a/b/c', 'a_b/c', 'ä', 'a\n', 'k'.repeat(64), `${'p'.repeat(254)}/k`],
})

describeType('label value', names.labelValue, {
  kept: ['', 'blue', '1', 'v1.2_x-y', 'v'.repeat(63)],
  refused: ['-v', 'v.', 'a b', 'a/b', '\n', 'v'.repeat(64), 1n, true, ['x']],
})

describeType('taint', names.taintValue, {
  kept: ['gpu:NoSchedule', ':NoExecute', 'a_b-c:PreferNoSchedule', 'x:Whatever9', `${'v'.repeat(63)}:X`],
  refused: [
    '',
    'gpu',
    'gpu:',
    ':',
    'a:b:NoSchedule',
    'x:No-Schedule',
    '-a:X',
    'a-:X',
    `${'v'.repeat(64)}:X`,
    `v:${'E'.repeat(254)}`,
  ],
})

describeType('cluster name', names.clusterName, {
  kept: ['prod', 'Prod_1.eu-x', 'c'.repeat(63)],
  refused: ['', '-prod', 'prod-', 'my cluster', 'c'.repeat(64)],
})

describeType('authentication mode', names.authenticationMode, {
  kept: ['aws', 'tls'],
  refused: ['', 'AWS', 'Tls', 'none', 'token', { aws: null }],
})

describeType('bootstrap token', names.bootstrapToken, {
  kept: ['ab12cd.0123456789abcdef', '000000.0000000000000000', 'zzzzzz.zzzzzzzzzzzzzzzz'],
  refused: [
    '',
    'AB12CD.0123456789abcdef',
    'ab12cd-0123456789abcdef',
    'ab12c.0123456789abcdef',
    'ab12cd.0123456789abcde',
    'ab12cd.0123456789abcdef0',
  ],
})

describeType('cloud provider', names.cloudProvider, {
  kept: ['aws', 'external', '""'],
  changed: [['', '""']],
  refused: ['AWS', 'vsphere', 'none', '"aws"', null],
})

describeType('CPU set', names.cpuSet, {
  kept: ['0', '0-3', '0,2,4', '0-1,6-7,12', '007', '7-3', '1-23-4', '12-34-56', '1-2,3-4,5', '99999999999999999999'],
  refused: [
    '',
    ',',
    '1-',
    '-1',
    '1-2-3',
    '0-3-5',
    '1,',
    ',1',
    '1,,2',
    '1, 2',
    '1,-2',
    '1 ',
    '1.5',
    '0..3',
    'all',
    'a',
    3n,
  ],
})

describeType('eviction signal', choices.evictionSignal, {
  kept: ['memory.available', 'nodefs.inodesFree', 'imagefs.available', 'pid.available'],
  refused: ['', 'nodefs.inodesfree', 'Memory.available', 'storage.available', 'memory', 'allocatableMemory.available'],
})

describeType('quantity', quantities.quantity, {
  kept: ['0', '250m', '1.5Gi', '+7', '-7', '3e9', '3e', '64K', '64Ki', '64k', '2E', '2Ei', '.', '1.2.3', '5.Gi'],
  refused: ['', '64ki', '3E9', '3e-9', '3e9m', '64KB', '1Gii', '1mi', '10%', '1 Gi', 'Gi', 'e3', '+-7', '1\n', 5n],
})

describeType('threshold', quantities.threshold, {
  kept: ['0%', '5%', '99.9%', '+5%', '-0%', '.5%', '5.%', '1e1%', '1e-3%', '100Mi', '1.5Gi', '-5', '.', '99.99999%'],
  refused: [
    '100%',
    '99.9999999%',
    '-1%',
    '1e2%',
    '%',
    '.%',
    '5%%',
    ' 5%',
    '5 %',
    '1_0%',
    '0x1%',
    'inf%',
    'nan%',
    '',
    '12ki',
    5n,
  ],
})

describeType('integer percent', quantities.integerPercent, {
  kept: [85n, '85', 0n, 100n, '0', '100'],
  changed: [
    ['085', '85'],
    ['+85', '85'],
    ['-0', '0'],
  ],
  refused: [101n, -1n, '101', '-1', '', ' 85', '85%', '85.0', '+', 85.5, 85, -0, true, [85n], {}, null],
})

describeType('non-negative integer', quantities.nonNegativeI32, {
  kept: [0n, 1n, 2147483647n],
  refused: [-1n, 2147483648n, 1, 1.5, '0'],
})

describeType('reserved resource', choices.reservedResource, {
  kept: ['cpu', 'memory', 'ephemeral-storage'],
  refused: ['', 'CPU', 'pid', 'ephemeral_storage', 'ephemeralstorage'],
})

describeType('CPU manager policy', choices.cpuManagerPolicy, {
  kept: ['none', 'None', 'static', 'Static'],
  refused: ['NONE', 'STATIC', '', 'dynamic', { none: null }],
})

describeType('memory manager policy', choices.memoryManagerPolicy, {
  kept: ['None', 'Static'],
  changed: [
    ['none', 'None'],
    ['static', 'Static'],
    [{ static: null }, 'Static'],
  ],
  refused: ['NONE', 'STATIC', '', 'best-effort', { static: {} }, { static: null, none: null }, {}, ['None'], 0n],
})

describeType('topology manager scope', choices.topologyManagerScope, {
  kept: ['container', 'pod'],
  refused: ['Pod', 'Container', '', 'node'],
})

describeType('topology manager policy', choices.topologyManagerPolicy, {
  kept: ['none', 'restricted', 'best-effort', 'single-numa-node'],
  refused: ['None', 'besteffort', 'BestEffort', ''],
})

describeType('CPU manager policy option', choices.cpuManagerPolicyOption, {
  kept: ['full-pcpus-only'],
  refused: ['align-by-socket', 'distribute-cpus-across-numa', 'FullPCPUsOnly', ''],
})

describeType('host name source', choices.hostnameOverrideSource, {
  kept: ['private-dns-name', 'instance-id'],
  changed: [[{ 'instance-id': null }, 'instance-id']],
  refused: ['Instance-Id', 'InstanceID', 'hostname', ''],
})
