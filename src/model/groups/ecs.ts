import { boolean, i64, u16 } from '../combinators.ts'
import { list, map, record } from '../combinators-containers.ts'
import { ecsDuration } from '../scalars/durations.ts'
import { ecsAttributeKey, ecsAttributeValue, ecsImagePullBehavior, ecsLogLevel } from '../scalars/ecs.ts'
import { freeText, singleLine } from '../scalars/strings.ts'
import type { Fields, Group } from '../types.ts'

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html */
const fields: Fields = {
  cluster: {
    type: freeText,
    description: 'Name of the ECS cluster that the host registers with.',
    examples: ['default'],
  },
  'instance-attributes': {
    type: map(ecsAttributeKey, ecsAttributeValue),
    description: 'Attributes of the host that the placement of tasks can ask for.',
    examples: [{ stack: 'blue' }],
  },
  'allow-privileged-containers': {
    type: boolean,
    description: 'Whether tasks may run privileged containers.',
    examples: [false],
  },
  'logging-drivers': {
    type: list(singleLine),
    description: 'Logging drivers that tasks may use.',
    examples: [['json-file', 'awslogs', 'none']],
  },
  loglevel: { type: ecsLogLevel, description: 'How much the agent logs.', examples: ['info'] },
  'enable-spot-instance-draining': {
    type: boolean,
    description: 'Whether tasks are drained when a spot instance is called back.',
    examples: [true],
  },
  'image-pull-behavior': {
    type: ecsImagePullBehavior,
    description: 'When images are pulled instead of taken from the cache.',
    examples: ['prefer-cached'],
  },
  'container-stop-timeout': {
    type: ecsDuration,
    description: 'How long a container may take to stop before it is killed.',
    examples: ['30s'],
  },
  'task-cleanup-wait': {
    type: ecsDuration,
    description: 'How long stopped tasks are kept before their containers are removed.',
    examples: ['3h'],
  },
  'metadata-service-rps': {
    type: i64,
    description: 'Steady rate of requests per second to the task metadata service.',
    examples: [40n],
  },
  'metadata-service-burst': {
    type: i64,
    description: 'Burst of requests to the task metadata service.',
    examples: [60n],
  },
  'reserved-memory': { type: u16, description: 'Memory in MiB that tasks do not get.', examples: [512n] },
  'image-cleanup-wait': { type: ecsDuration, description: 'Time between two clean-ups of images.', examples: ['30m'] },
  'image-cleanup-delete-per-cycle': {
    type: i64,
    description: 'How many images one clean-up removes at most.',
    examples: [5n],
  },
  'image-cleanup-enabled': { type: boolean, description: 'Whether unused images are removed.', examples: [true] },
  'image-cleanup-age': {
    type: ecsDuration,
    description: 'Age from which an unused image may be removed.',
    examples: ['1h'],
  },
  'backend-host': {
    type: freeText,
    description: 'Endpoint of the ECS service, instead of the public one.',
    examples: ['ecs.example:443'],
  },
  'awsvpc-block-imds': {
    type: boolean,
    description: 'Whether tasks with their own interface are kept from the instance metadata.',
    examples: [true],
  },
  'enable-container-metadata': {
    type: boolean,
    description: 'Whether containers get a metadata file.',
    examples: [true],
  },
}

export const ecs: Group = { name: 'ecs', description: 'The Amazon ECS agent.', type: record(fields) }
