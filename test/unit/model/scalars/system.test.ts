import { i32, i64, u16, u32, u8 } from '../../../../src/model/combinators.ts'
import { apiclientCommand, bootstrapMode } from '../../../../src/model/scalars/bootstrap.ts'
import * as ecs from '../../../../src/model/scalars/ecs.ts'
import * as kernel from '../../../../src/model/scalars/kernel.ts'
import { capabilityName, limitValue, resourceLimitName } from '../../../../src/model/scalars/oci.ts'
import { friendlyVersion } from '../../../../src/model/scalars/version.ts'
import { describeType } from '../support.ts'

const never = [1, 1.5, -0, 10, '5', true, null, [1n]]

describeType('i32', i32, { kept: [-2147483648n, 2147483647n], refused: [-2147483649n, 2147483648n, ...never] })
describeType('i64', i64, {
  kept: [-9223372036854775808n, 9223372036854775807n, 9007199254740993n],
  refused: [-9223372036854775809n, 9223372036854775808n, 18446744073709551616, ...never],
})
describeType('u8', u8, { kept: [0n, 255n], refused: [-1n, 256n, ...never] })
describeType('u16', u16, { kept: [0n, 65535n], refused: [-1n, 65536n, ...never] })
describeType('u32', u32, { kept: [0n, 4294967295n], refused: [-1n, 4294967296n, ...never] })

describeType('version', friendlyVersion, {
  kept: [
    'latest',
    '1.2.3',
    'v1.2.3',
    'v0.0.0',
    '1.2.3-rc.1',
    '1.2.3-0a',
    '1.2.3+007',
    '1.2.3-a-b.c+d.e',
    '18446744073709551615.0.0',
  ],
  refused: [
    '',
    'v',
    'Latest',
    'vlatest',
    'V1.2.3',
    'vv1.2.3',
    '1.2',
    '01.2.3',
    '1.2.3-',
    '1.2.3+',
    '1.2.3-01',
    '1.2.3-a..b',
    '1.2.3-a_b',
    '1.2.3+a+b',
    '1.2.3 ',
    '18446744073709551616.0.0',
    1n,
  ],
})

describeType('sysctl name', kernel.sysctlKey, {
  kept: [
    'net.ipv4.ip_forward',
    'vm/swappiness',
    'net/ipv4.conf',
    '-a',
    'a.',
    'a/',
    'a//b',
    'a./b',
    '__proto__',
    'x'.repeat(128),
  ],
  refused: ['', '.a', '/a', 'a..b', 'a b', 'a*', 'a\n', 'x'.repeat(129)],
})

describeType('module name', kernel.moduleName, {
  kept: ['', 'sctp', 'nf_tables-x9', 'x'.repeat(56)],
  refused: ['a.b', 'a b', 'a/b', 'x'.repeat(57)],
})

describeType('lockdown', kernel.lockdown, {
  kept: ['none', 'integrity', 'confidentiality'],
  refused: ['None', 'full', '', { none: null }],
})

describeType('boot parameter', kernel.bootConfigKey, {
  kept: ['console', 'a-b_c.0', '-x', 'usbcore.quirks'],
  refused: ['', '.', 'a.', 'a..b', 'a b', 'a/b', 'é'],
})

describeType('boot parameter value', kernel.bootConfigValue, {
  kept: ['', ' ', 'ttyS0,115200n8', 'a,b;c#d}e', "it's", 'say "x"'],
  refused: ['a\'b"c', 'a\tb', 'a\n', '\u007F', 'é'],
})

describeType('bootstrap mode', bootstrapMode, {
  kept: ['off', 'once', 'always'],
  refused: ['Off', 'ONCE', 'on', '', ' off', true, { off: null }],
})

describeType('API client command', apiclientCommand, {
  kept: [['apiclient'], ['apiclient', 'set', 'motd=hi'], ['apiclient', '']],
  refused: [[], ['ls'], ['/usr/bin/apiclient'], ['Apiclient'], ['apiclient '], 'apiclient', ['apiclient', 1n], {}],
})

describeType('ECS attribute name', ecs.ecsAttributeKey, {
  kept: ['env', 'a.b/c_d-e', '.x', 'x/', 'x'.repeat(128)],
  refused: ['', 'a b', 'a:b', 'a@b', 'a\\b', 'é', 'x'.repeat(129)],
})

describeType('ECS attribute value', ecs.ecsAttributeValue, {
  kept: ['a', 'a b c', 'a  b', 'a\\b/c', 'x@y:z', '-', 'x'.repeat(128)],
  refused: ['', '  ', ' ', ' a', 'a ', 'a\tb', 'a,b', 'a=b', '$', 'é', 'a\n', 'x'.repeat(129)],
})

describeType('ECS log level', ecs.ecsLogLevel, {
  kept: ['debug', 'info', 'warn', 'error', 'crit'],
  changed: [[{ info: null }, 'info']],
  refused: ['critical', 'trace', 'DEBUG', '', '0', { info: {} }, {}, ['info']],
})

describeType('ECS image pull behavior', ecs.ecsImagePullBehavior, {
  kept: ['default', 'always', 'once', 'prefer-cached'],
  refused: ['PreferCached', 'prefer_cached', 'never', '', 0n],
})

describeType('capability', capabilityName, {
  kept: ['chown', 'sys-admin', 'wake-alarm', 'checkpoint-restore'],
  refused: ['CHOWN', 'cap-chown', 'CAP_CHOWN', 'dac_override', 'sys-log', 'set-uid'],
})

describeType('resource limit', resourceLimitName, {
  kept: ['max-open-files', 'max-core-file-size'],
  refused: ['max-files', ''],
})

describeType('limit', limitValue, {
  kept: [-1n, 0n, 9223372036854775807n],
  changed: [['unlimited', -1n]],
  refused: ['10', 'Unlimited', '-1', '', -2n, 1, -0, true, 9223372036854775808n, null],
})
