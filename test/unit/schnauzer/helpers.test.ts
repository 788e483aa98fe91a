import { describe, expect, test } from 'vitest'
import { callHelper, failureOf } from '../../support/templates.ts'

const S = 'settings.t'

type Row = readonly [t: string, args: string, text: string]
type Refusal = readonly [t: string, args: string]

const ROWS: Readonly<Record<string, { readonly gives: readonly Row[]; readonly refuses: readonly Refusal[] }>> = {
  default: {
    gives: [
      ['null', `"12h" ${S}`, '12h'],
      ['""', `"12h" ${S}`, ''],
      ['0', `"12h" ${S}`, '0'],
      ['false', `true ${S}`, 'false'],
      ['"<b>"', `"x" ${S}`, '<b>'],
      ['null', `1.50 ${S}`, '1.5'],
      ['null', `os.arch ${S}`, 'x86_64'],
      ['["x"]', `"d" ${S}.7`, 'd'],
    ],
    refuses: [
      ['[]', `"d" ${S}`],
      ['{}', `"d" ${S}`],
      ['"set"', `null ${S}`],
      ['"set"', `[] ${S}`],
      ['"set"', `${S}.none ${S}`],
      ['"set"', S],
      ['"set"', `"a" ${S} 1`],
    ],
  },
  negate_or_else: {
    gives: [
      ['true', `true ${S}`, 'false'],
      ['false', `true ${S}`, 'true'],
      ['null', `true ${S}`, 'true'],
      ['null', `false ${S}`, 'false'],
    ],
    refuses: [
      ['"x"', `true ${S}`],
      ['true', `"true" ${S}`],
      ['0', `true ${S}`],
    ],
  },
  base64_decode: {
    gives: [
      ['"Ym9vdA=="', S, 'boot'],
      ['"eyJhIjoiPGI+In0="', S, '{"a":"<b>"}'],
      ['""', S, ''],
      ['"77u/eA=="', S, '\ufeffx'],
    ],
    refuses: ['"Ym9vdA"', '"Ym9vdB=="', '"YQ==\\n"', '"_-8="', '"/////w=="', '"7w=="', '1', 'null'].map(
      (t) => [t, S] as const,
    ),
  },
  join_array: {
    gives: [
      ['["10.9.8.7","a\\"b",""]', `", " ${S}`, '"10.9.8.7", "a"b", ""'],
      ['[]', `"," ${S}`, ''],
      ['{"d":"; ","l":["a","b"]}', `${S}.d ${S}.l`, '"a"; "b"'],
    ],
    refuses: [
      ['null', `"," ${S}`],
      ['[1]', `"," ${S}`],
      ['"a"', `"," ${S}`],
      ['["a"]', `1 ${S}`],
    ],
  },
  join_map: {
    gives: [
      ['{"zone":"a","arch":"arm","Env":"x=y"}', `"=" "," "no-fail-if-missing" ${S}`, 'Env=x=y,arch=arm,zone=a'],
      ['{"n":7,"f":2.0,"t":true}', `": " "; " "fail-if-missing" ${S}`, 'f: 2.0; n: 7; t: true'],
      ['{}', `"=" "," "fail-if-missing" ${S}`, ''],
      ['null', `"=" "," "no-fail-if-missing" ${S}`, ''],
      ['[1]', `"=" "," "no-fail-if-missing" ${S}`, ''],
    ],
    refuses: [
      ['null', `"=" "," "fail-if-missing" ${S}`],
      ['{"a":null}', `"=" "," "no-fail-if-missing" ${S}`],
      ['{"a":[]}', `"=" "," "fail-if-missing" ${S}`],
      ['{}', `"=" "," "other" ${S}`],
      ['{}', `1 "," "fail-if-missing" ${S}`],
    ],
  },
  toml_encode: {
    gives: [
      ['true', S, 'true'],
      ['-5', S, '-5'],
      ['1.0', S, '1.0'],
      ['1e-7', S, '0.0000001'],
      ['1e21', S, '1000000000000000000000.0'],
      ['1.25e20', S, '125000000000000000000.0'],
      ['-0', S, '-0.0'],
      ['[1,["a"],[]]', S, '[1, ["a"], []]'],
      ['{}', S, '{}'],
      ['{"b":{"y":1},"a":1,"z":[{}],"c":[1],"m":[[{}]]}', S, '{ a = 1, c = [1], m = [[{}]], z = [{}], b = { y = 1 } }'],
      ['{"c d":1,"":2,"a\\"b":3,"l\\nf":4}', S, `{ "" = 2, 'a"b' = 3, "c d" = 1, "l\\nf" = 4 }`],
      ['"plain"', S, '"plain"'],
      ['""', S, '""'],
      [`"tick'"`, S, `"tick'"`],
      ['"c:\\\\d"', S, `'c:\\d'`],
      [`"say \\"hi\\" it's"`, S, `'''say "hi" it's'''`],
      [`"\\"a'"`, S, `"\\"a'"`],
      ['"\\tx"', S, '"\\tx"'],
      ['"l1\\nl2"', S, '"""\nl1\nl2"""'],
      ['"l1\\na\\"b"', S, `'''\nl1\na"b'''`],
      ['"x\\r\\ny"', S, '"""\nx\\r\ny"""'],
      ['"\\u007f"', S, '"\\u007F"'],
    ],
    refuses: [
      ['null', S],
      ['[null]', S],
      ['{"a":null}', S],
      ['9223372036854775808', S],
    ],
  },
  goarch: {
    gives: [
      ['"x86_64"', S, 'amd64'],
      ['"amd64"', S, 'amd64'],
      ['"aarch64"', S, 'arm64'],
      ['"arm64"', S, 'arm64'],
    ],
    refuses: ['"X86_64"', '""', '1', '"constructor"'].map((t) => [t, S] as const),
  },
  any_enabled: {
    gives: [
      ['[{"enabled":false},{"enabled":true,"x":1}]', S, 'true'],
      ['{"a":{"enabled":true}}', S, 'true'],
      ['{"enabled":true}', S, 'false'],
      ['[{"enabled":"true"},{"enabled":1}]', S, 'false'],
      ['[[true]]', S, 'true'],
      ['[[true,true]]', S, 'false'],
      ['"x"', S, 'false'],
      ['null', S, 'false'],
    ],
    refuses: [['{}', `${S}.q`]],
  },
  is_null: {
    gives: [
      ['{}', `${S}.no.such`, 'true'],
      ['0', S, 'false'],
    ],
    refuses: [
      ['0', `${S} 1`],
      ['0', ''],
    ],
  },
  is_bool: {
    gives: [
      ['false', S, 'true'],
      ['null', S, 'false'],
    ],
    refuses: [],
  },
  is_number: {
    gives: [
      ['1.5', S, 'true'],
      ['1', S, 'true'],
      ['"1"', S, 'false'],
    ],
    refuses: [],
  },
  is_string: {
    gives: [
      ['""', S, 'true'],
      ['1', S, 'false'],
    ],
    refuses: [],
  },
  is_array: {
    gives: [
      ['[]', S, 'true'],
      ['{}', S, 'false'],
    ],
    refuses: [],
  },
  is_object: {
    gives: [
      ['{}', S, 'true'],
      ['[]', S, 'false'],
    ],
    refuses: [],
  },
  is_ipv4: {
    gives: [
      ['"203.0.113.0/24"', S, 'true'],
      ['"10/8"', S, 'true'],
      ['"FD00:0:0:7::/64"', S, 'false'],
      ['"::ffff:1.2.3.4"', S, 'false'],
    ],
    refuses: ['"any"', '""', '" 10.0.0.1"', '1', 'null'].map((t) => [t, S] as const),
  },
  is_ipv6: {
    gives: [
      ['"::/0"', S, 'true'],
      ['"1.2.3.4"', S, 'false'],
    ],
    refuses: [['"fe80::1%eth0"', S]],
  },
  cidr_to_ipaddr: {
    gives: [
      ['"203.0.113.0/24"', S, '203.0.113.0'],
      ['"10.1/16"', S, '10.1.0.0'],
      ['"10.1"', S, '10.1.0.0'],
      ['"010.0.0.0/08"', S, '10.0.0.0'],
      ['"10.0.0.0/+8"', S, '10.0.0.0'],
      ['"FD00:0:0:7::/64"', S, 'fd00:0:0:7::'],
      ['"1:0:0:2:0:0:0:3"', S, '1:0:0:2::3'],
      ['"1:0:2:0:3:0:4:5"', S, '1:0:2:0:3:0:4:5'],
      ['"1:0:0:2:3:0:0:4"', S, '1::2:3:0:0:4'],
      ['"::/0"', S, '::'],
      ['"::ffff:1.2.3.4"', S, '::ffff:1.2.3.4'],
      ['"::1.2.3.4"', S, '::102:304'],
      ['"1::"', S, '1::'],
    ],
    refuses: [
      '203.0.113.9/24',
      '10.0.0.0/33',
      '10.0.0.0/',
      '256.0.0.0',
      '1.2.3.4.5',
      '',
      'any',
      '::1::2',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      '12345::',
      ':1',
      '1:2:3:4:5:6:7::8',
      '::1/129',
      '::1/127',
    ].map((t) => [JSON.stringify(t), S] as const),
  },
  replace_ipv4_octet: {
    gives: [
      ['"198.51.100.9"', `${S} 2 "0"`, '198.51.0.9'],
      ['"172.20.0.0"', `${S} 3 "+010"`, '172.20.0.10'],
    ],
    refuses: [
      ['"198.51.100.9"', `${S} 4 "0"`],
      ['"198.51.100.9"', `${S} "3" "0"`],
      ['"198.51.100.9"', `${S} 3.0 "0"`],
      ['"198.51.100.9"', `${S} 3 "256"`],
      ['"198.51.100.9"', `${S} 3 10`],
      ['"198.51.100.9"', `${S} 3 ""`],
      ['"01.2.3.4"', `${S} 3 "1"`],
      ['"::1"', `${S} 3 "1"`],
    ],
  },
  host: {
    gives: [
      ['"https://API.Example.com:6443/v1"', S, 'api.example.com'],
      ['"https://[2001:DB8::1]:6443"', S, '[2001:db8::1]'],
      ['"https://0x7f.1/"', S, '127.0.0.1'],
      ['"foo://Ex.Com/p"', S, 'Ex.Com'],
    ],
    refuses: ['example.com', 'example.com:6443', 'file:///etc/x', 'mailto:a@b', 'https://', ''].map(
      (t) => [JSON.stringify(t), S] as const,
    ),
  },
  'ecr-prefix': {
    gives: [
      ['"me-south-1"', S, '509306038620.dkr.ecr.me-south-1.amazonaws.com'],
      ['"cn-northwest-1"', S, '183901325759.dkr.ecr.cn-northwest-1.amazonaws.com.cn'],
      ['"us-gov-west-1"', S, '347163068887.dkr.ecr.us-gov-west-1.amazonaws.com'],
      ['"eu-isoe-west-1"', S, '589460436674.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk'],
      ['"moon-1"', S, '328549459982.dkr.ecr.us-east-1.amazonaws.com'],
      ['"US-WEST-2"', S, '328549459982.dkr.ecr.us-east-1.amazonaws.com'],
      ['"eu-west-3"', S, '328549459982.dkr.ecr.eu-west-3.amazonaws.com'],
    ],
    refuses: [
      ['null', S],
      ['1', S],
    ],
  },
  'tuf-prefix': {
    gives: [
      ['"cn-north-1"', S, 'https://bottlerocket-updates-cn-north-1.s3.dualstack.cn-north-1.amazonaws.com.cn/latest'],
      ['"eu-isoe-west-1"', S, 'https://bottlerocket-updates-eu-isoe-west-1.s3.eu-isoe-west-1.cloud.adc-e.uk/latest'],
      ['"x"', S, 'https://updates.bottlerocket.aws'],
    ],
    refuses: [['null', S]],
  },
  'metadata-prefix': {
    gives: [
      ['"cn-north-1"', S, '/metadata'],
      ['"us-east-1"', S, ''],
    ],
    refuses: [['1', S]],
  },
  join_node_taints: {
    gives: [
      [
        '{"team":["red:NoSchedule","blue:NoExecute"],"gpu":[":PreferNoSchedule"],"x":[]}',
        S,
        'gpu=:PreferNoSchedule,team=red:NoSchedule,team=blue:NoExecute',
      ],
      ['{}', S, ''],
      ['null', S, ''],
      ['"x"', S, ''],
      ['[1]', S, ''],
    ],
    refuses: [
      ['{"a":null}', S],
      ['{"a":"b"}', S],
      ['{"a":[1]}', S],
    ],
  },
  kube_reserve_memory: {
    gives: [
      ['{"p":0}', `${S}.p ${S}.m`, '255Mi'],
      ['{"p":58}', `${S}.p ${S}.m`, '893Mi'],
      ['{"p":737}', `${S}.p ${S}.m`, '8362Mi'],
      ['{"p":1,"m":"1Gi"}', `${S}.p ${S}.m`, '1Gi'],
      ['{"p":1,"m":512}', `${S}.p ${S}.m`, '512'],
    ],
    refuses: [
      ['{"p":29.0,"m":"1Gi"}', `${S}.p ${S}.m`],
      ['{"p":-1}', `${S}.p ${S}.m`],
      ['{"p":"8"}', `${S}.p ${S}.m`],
      ['{"p":8,"m":true}', `${S}.p ${S}.m`],
      ['{"p":8,"m":[]}', `${S}.p ${S}.m`],
    ],
  },
  ecs_metadata_service_limits: {
    gives: [
      ['{"b":90}', `${S}.r ${S}.b`, '40,90'],
      ['{"r":15}', `${S}.r ${S}.b`, '15,60'],
      ['{}', `${S}.r ${S}.b`, '40,60'],
      ['{"r":0,"b":-1.5}', `${S}.r ${S}.b`, '0,-1.5'],
    ],
    refuses: [
      ['{"r":"15"}', `${S}.r ${S}.b`],
      ['{"b":false}', `${S}.r ${S}.b`],
    ],
  },
}

for (const [helper, { gives, refuses }] of Object.entries(ROWS)) {
  describe(helper, () => {
    test.each(gives)('%s with %s', (t, args, text) => {
      expect(callHelper(helper, args, t)).toBe(text)
    })

    test.each(refuses)('%s with %s is refused', (t, args) => {
      const failure = failureOf(() => callHelper(helper, args, t))
      expect(['TEMPLATE_HELPER_FAILED', 'TEMPLATE_VALUE_MISSING']).toContain(failure.code)
      expect(failure.diagnostics[0]?.at?.line).toBe(1)
    })
  })
}
