/** User data that leads to a code. Each is checked when it is shown, so that what is said about it is what is said. */
import type { ErrorCode } from '../../lib/error-codes.ts'

interface Example {
  readonly userData: string
  /** `aws-k8s-1.30` unless another one shows it. */
  readonly variant?: string
  /** `example.toml` unless the format matters. */
  readonly file?: string
}

const toml = (...lines: string[]): Example => ({ userData: lines.map((line) => `${line}\n`).join('') })
const onEcs = (...lines: string[]): Example => ({ ...toml(...lines), variant: 'aws-ecs-2' })

/** By code. */
export const EXAMPLES: Readonly<Partial<Record<ErrorCode, Example>>> = {
  COMPAT_ECS_SPOT_DRAINING: onEcs('[settings.ecs]', 'enable-spot-instance-draining = true'),
  COMPAT_HTML_ESCAPED: toml('[settings.network]', 'https-proxy = "http://proxy.example.com/?a=b"'),
  COMPAT_REGISTRY_REPEATED: toml(
    '[[settings.container-registry.mirrors]]',
    'registry = "docker.io"',
    'endpoint = ["https://a.example.com"]',
    '[[settings.container-registry.mirrors]]',
    'registry = "docker.io"',
    'endpoint = ["https://b.example.com"]',
  ),
  COMPAT_UNQUOTED: toml(
    '[[settings.container-registry.credentials]]',
    'registry = "docker.io"',
    'username = "quo\\"te"',
    'password = "example"',
  ),
  SETTINGS_BAD_KEY: toml('[settings.kubernetes.node-labels]', '"not a label" = "x"'),
  SETTINGS_DUPLICATE_KEY: toml('[settings.boot]', 'kernel.quiet = []', 'kernel-parameters.quiet = []'),
  SETTINGS_INVALID_VALUE: onEcs('[settings.ecs]', 'loglevel = "verbose"'),
  SETTINGS_MISSING_KEY: toml('[settings.oci-defaults.resource-limits.max-open-files]', 'soft-limit = 1024'),
  SETTINGS_NULL_VALUE: toml('[settings.kubernetes]', 'node-taints = nan'),
  SETTINGS_OUT_OF_RANGE: toml('[settings.kubernetes]', 'image-gc-high-threshold-percent = 150'),
  SETTINGS_UNKNOWN_GROUP: toml('[settings.kubernets]', 'max-pods = 110'),
  SETTINGS_UNKNOWN_KEY: toml('[settings.kubernetes]', 'max-pod = 110'),
  SETTINGS_UNSTORABLE_KEY: toml('[settings.host-containers.""]', 'enabled = true'),
  SETTINGS_WRONG_TYPE: toml('[settings.kubernetes]', 'max-pods = "110"'),
  USERDATA_INTEGER_RANGE: toml('[settings.kubernetes]', 'max-pods = 99999999999999999999'),
  USERDATA_JSON_SYNTAX: { userData: '{ "settings": { "motd": "hello", } }\n', file: 'example.json' },
  USERDATA_NO_SETTINGS: toml('[setting.kubernetes]', 'max-pods = 110'),
  USERDATA_OUTER_SYNTAX: { userData: 'kind: EC2NodeClass\nspec: {\n', file: 'example.yaml' },
  USERDATA_NOT_TOML: toml('#!/bin/bash', 'echo hello'),
  USERDATA_OUTSIDE_SETTINGS: toml('[settings]', 'motd = "hello"', '[kubernetes]', 'max-pods = 110'),
  USERDATA_TEMPLATE_TEXT: toml('[settings.kubernetes]', 'max-pods = ${max_pods}'),
  USERDATA_TOML_DUPLICATE: toml('[settings.kubernetes]', 'max-pods = 110', 'max-pods = 58'),
  USERDATA_TOML_SYNTAX: toml('[settings.kubernetes]', 'max-pods = '),
  VALUE_UNREPRESENTABLE: toml('[settings.network]', 'https-proxy = "http://a.example.com/\\u0000"'),
}
