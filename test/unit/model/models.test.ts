import { describe, expect, it } from 'vitest'
import { loadModel, MODEL_NAMES, type ModelName } from '../../../src/model/models.ts'
import { runSchema } from '../../../src/model/problems.ts'
import type { Field, SettingType } from '../../../src/model/types.ts'
import { outcome } from './support.ts'

const COMMON =
  'motd updates host-containers bootstrap-commands bootstrap-containers ntp network kernel metrics pki ' +
  'container-registry oci-hooks dns'

describe('groups of each family', () => {
  it.each([
    ['aws-dev', 'boot aws cloudformation'],
    ['aws-ecs-1', 'aws cloudformation autoscaling oci-defaults ecs'],
    ['aws-ecs-2', 'boot aws cloudformation autoscaling oci-defaults ecs'],
    ['aws-k8s', 'boot aws cloudformation autoscaling oci-defaults kubernetes container-runtime'],
    [
      'aws-k8s-nvidia',
      'boot aws cloudformation autoscaling oci-defaults kubernetes container-runtime nvidia-container-runtime kubelet-device-plugins',
    ],
    ['metal-dev', 'boot'],
    ['metal-k8s', 'boot aws oci-defaults kubernetes container-runtime'],
    ['vmware-dev', 'boot'],
    ['vmware-k8s', 'boot aws oci-defaults kubernetes container-runtime'],
  ] as const)('%s', (name, more) => {
    const expected = `${COMMON} ${more}`.split(' ').sort()
    expect(
      loadModel(name)
        .groups.map((group) => group.name)
        .sort(),
    ).toEqual(expected)
  })

  it('there are nine of them, each loaded once', () => {
    expect(MODEL_NAMES).toHaveLength(9)
    expect(loadModel('aws-k8s')).toBe(loadModel('aws-k8s'))
  })
})

describe('the top level', () => {
  it.each([
    ['aws-ecs-2', '{}', '{}'],
    ['aws-ecs-2', '{"motd":null,"ntp":null,"kernel":null}', '{}'],
    ['aws-ecs-2', 'null', 'SETTINGS_NULL_VALUE '],
    ['aws-ecs-2', '[]', 'SETTINGS_WRONG_TYPE '],
    ['aws-ecs-2', '5', 'SETTINGS_WRONG_TYPE '],
    ['aws-ecs-2', '"x"', 'SETTINGS_WRONG_TYPE '],
    ['aws-ecs-2', '{"foo":1}', 'SETTINGS_UNKNOWN_GROUP foo'],
    ['aws-ecs-2', '{"foo":null}', 'SETTINGS_UNKNOWN_GROUP foo'],
    ['aws-ecs-2', '{"Motd":"a"}', 'SETTINGS_UNKNOWN_GROUP Motd'],
    ['aws-ecs-2', '{"kubernetes":null}', 'SETTINGS_UNKNOWN_GROUP kubernetes'],
    ['aws-ecs-1', '{"boot":{}}', 'SETTINGS_UNKNOWN_GROUP boot'],
    ['metal-dev', '{"__proto__":{}}', 'SETTINGS_UNKNOWN_GROUP __proto__'],
    ['aws-ecs-2', '{"motd":"a","motd":"b"}', '{"motd":"b"}'],
  ] as const)('%s %s', (model, text, expected) => {
    expect(outcome(model, text)).toBe(expected)
  })
})

describe('secrets', () => {
  it.each([
    ['aws-k8s', 'kubernetes.bootstrap-token', true],
    ['aws-k8s', 'kubernetes.server-key', true],
    ['aws-k8s', 'kubernetes.server-certificate', false],
    ['aws-k8s', 'kubernetes.max-pods', false],
    ['aws-ecs-2', 'aws.credentials', true],
    ['aws-ecs-2', 'aws.config', false],
    ['aws-ecs-2', 'settings.aws.credentials', true],
    ['aws-ecs-2', 'host-containers.admin.user-data', true],
    ['aws-ecs-2', 'host-containers.admin.source', false],
    ['aws-ecs-2', 'bootstrap-containers.x.user-data', true],
    ['aws-ecs-2', 'container-registry.credentials', true],
    ['aws-ecs-2', 'container-registry.creds', true],
    ['aws-ecs-2', 'container-registry.credentials.0.password', true],
    ['aws-ecs-2', 'container-registry.credentials.0.auth', true],
    ['aws-ecs-2', 'container-registry.credentials.0.identitytoken', true],
    ['aws-ecs-2', 'container-registry.credentials.0.username', false],
    ['aws-ecs-2', 'container-registry.mirrors', false],
    ['aws-ecs-2', 'kubernetes.bootstrap-token', false],
    ['aws-ecs-2', 'nope', false],
  ] as const)('%s %s: %s', (model, path, secret) => {
    expect(loadModel(model).isSecret(path.split('.'))).toBe(secret)
  })
})

/** All fields below a type, with their path. */
function fieldsOf(type: SettingType, path: string): [string, Field][] {
  switch (type.kind) {
    case 'record':
      return Object.entries(type.fields).flatMap(([name, field]): [string, Field][] => [
        [`${path}.${name}`, field],
        ...fieldsOf(field.type, `${path}.${name}`),
      ])
    case 'map':
      return fieldsOf(type.values, `${path}.*`)
    case 'list':
      return fieldsOf(type.elements, `${path}[]`)
    case 'union':
      return type.forms.flatMap((form) => fieldsOf(form, path))
    case 'converted':
      return fieldsOf(type.from, path)
    case 'tuple':
    case 'text':
    case 'boolean':
    case 'integer':
    case 'choice':
    case 'enumeration':
      return []
  }
}

const allFields = new Map(MODEL_NAMES.flatMap((name: ModelName) => fieldsOf(loadModel(name).type, 'settings')))

describe('each setting is described', () => {
  it.each([...allFields])('%s', (_, field) => {
    expect(field.description).toMatch(/^[A-Z`].{8,110}\.$/)
    for (const example of field.examples ?? []) {
      expect(runSchema(field.type.schema(), example).issues).toEqual([])
    }
    const isGroup = field.type.kind === 'record' || field.type.kind === 'map'
    expect(isGroup || (field.examples ?? []).length > 0).toBe(true)
  })
})
