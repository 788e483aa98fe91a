/**
 * Where the files that people keep hold user data:
 * Karpenter's node classes (https://karpenter.sh/docs/concepts/nodeclasses/#specuserdata), eksctl's cluster
 * configurations (https://eksctl.io/usage/schema/), Terraform's plans as JSON
 * (https://developer.hashicorp.com/terraform/internals/json-format), and under its usual names anywhere else, as in
 * CloudFormation templates and launch template data.
 */
import { isJsonArray, isJsonObject, member, type JsonObject, type JsonValue } from '../lib/json.ts'
import type { DocumentPath } from '../lib/source-map.ts'

/** One place of a file that holds user data. */
export interface Finding {
  readonly path: DocumentPath
  readonly value: JsonValue
  /** `text`: user data; `settings`: the content of `settings` as a tree. */
  readonly form: 'text' | 'settings'
  /** Whether the file says that it is for Bottlerocket. */
  readonly isCertain: boolean
}

/** User data that is for another operating system, by what the file says. */
export interface OtherSystem {
  readonly path: DocumentPath
  readonly reason: string
}

export interface Findings {
  readonly found: readonly Finding[]
  readonly others: readonly OtherSystem[]
}

const NAMES = new Set(['UserData', 'userData', 'user_data', 'user_data_base64'])

/** Whether something of this name is user data. */
export const isUserDataName = (name: string | undefined): boolean => name !== undefined && NAMES.has(name)

const NODE_CLASSES = new Set(['EC2NodeClass', 'AWSNodeTemplate'])

class Search {
  readonly found: Finding[] = []
  readonly others: OtherSystem[] = []

  /** The root of a document, or an element of a Kubernetes list. */
  document(tree: JsonValue, path: DocumentPath): void {
    if (!isJsonObject(tree)) {
      this.anywhere(tree, path)
      return
    }
    const { kind, apiVersion, items, planned_values: planned } = tree
    if (typeof kind === 'string' && NODE_CLASSES.has(kind)) this.nodeClass(tree, path)
    else if (kind === 'ClusterConfig' && typeof apiVersion === 'string' && apiVersion.startsWith('eksctl.io/'))
      this.cluster(tree, path)
    else if (kind === 'List' && isJsonArray(items)) {
      items.forEach((item, i) => {
        this.document(item, [...path, 'items', i])
      })
    }
    // a plan tells everything twice: as values and as changes
    else if (planned !== undefined) this.anywhere(planned, [...path, 'planned_values'])
    else this.anywhere(tree, path)
  }

  private nodeClass(tree: JsonObject, path: DocumentPath): void {
    const spec = member(tree, 'spec')
    const userData = member(spec, 'userData')
    if (typeof userData !== 'string') return
    const family = familyOf(spec)
    const at = [...path, 'spec', 'userData']
    if (family !== undefined && !/^(?:bottlerocket|custom)$/i.test(family)) {
      this.others.push({ path: at, reason: `it is for ${family}` })
    } else {
      const isCertain = family?.toLowerCase() === 'bottlerocket'
      this.found.push({ path: at, value: userData, form: 'text', isCertain })
    }
  }

  private cluster(tree: JsonObject, path: DocumentPath): void {
    for (const name of ['nodeGroups', 'managedNodeGroups']) {
      const groups = tree[name]
      if (!isJsonArray(groups)) continue
      groups.forEach((group, i) => {
        const settings = member(member(group, 'bottlerocket'), 'settings')
        const at = [...path, name, i, 'bottlerocket', 'settings']
        if (settings !== undefined && settings !== null) {
          this.found.push({ path: at, value: settings, form: 'settings', isCertain: true })
        }
      })
    }
  }

  private anywhere(value: JsonValue, path: DocumentPath): void {
    if (isJsonArray(value)) {
      value.forEach((item, i) => {
        this.anywhere(item, [...path, i])
      })
    } else if (isJsonObject(value)) {
      for (const [name, item] of Object.entries(value)) {
        const at = [...path, name]
        if (isUserDataName(name) && isUserData(item))
          this.found.push({ path: at, value: item, form: 'text', isCertain: false })
        else this.anywhere(item, at)
      }
    }
  }
}

/** A text, or a function of a template that gives one. Terraform's state keeps only a hash of some user data. */
function isUserData(value: JsonValue): boolean {
  if (typeof value === 'string') return value.trim() !== '' && !/^[0-9a-f]{40}$/.test(value)
  return isJsonObject(value) && Object.keys(value).some((name) => name.startsWith('Fn::'))
}

/** The family of images that a node class is for, if it says so. */
function familyOf(spec: JsonValue | undefined): string | undefined {
  const family = member(spec, 'amiFamily')
  if (typeof family === 'string') return family
  const terms = member(spec, 'amiSelectorTerms')
  for (const term of isJsonArray(terms) ? terms : []) {
    const alias = member(term, 'alias')
    if (typeof alias === 'string') return alias.split('@')[0]
  }
  return undefined
}

/** Finds user data in a document. */
export function findUserData(tree: JsonValue): Findings {
  const search = new Search()
  search.document(tree, [])
  return { found: search.found, others: search.others }
}
