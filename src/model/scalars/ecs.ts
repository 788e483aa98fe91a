/** Amazon ECS. */
import { enumeration, text } from '../combinators.ts'

export const ecsAttributeKey = text(
  'ECSAttributeKey',
  'an attribute name: up to 128 ASCII letters, digits and the characters . _ / -',
  /^[A-Za-z0-9._/-]{1,128}$/,
)

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Attribute.html */
export const ecsAttributeValue = text(
  'ECSAttributeValue',
  'an attribute value: up to 128 ASCII letters, digits, blanks and the characters . @ : _ / \\ -, no blank at the ends',
  /^[A-Za-z0-9.@:_/\\-](?:[A-Za-z0-9.@:_/\\ -]{0,126}[A-Za-z0-9.@:_/\\-])?$/,
)

export const ecsLogLevel = enumeration(['debug', 'info', 'warn', 'error', 'crit'])

export const ecsImagePullBehavior = enumeration(['default', 'always', 'once', 'prefer-cached'])
