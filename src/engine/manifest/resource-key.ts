/** A kind without its version: objects move between versions, their identity does not. */
export interface GroupKind {
  /** API group, `''` for core. */
  readonly group: string
  readonly kind: string
}

/** The identity of one object within a cluster. `namespace` is `''` for cluster-scoped objects. */
export interface ResourceKey extends GroupKind {
  readonly namespace: string
  readonly name: string
}

/** `group/Kind`, core as `/Kind`: the text under which kinds are indexed. */
export function groupKindText(kind: GroupKind): string {
  return `${kind.group}/${kind.kind}`
}

/** `group/Kind/namespace/name`, unique within a cluster; `group` and `namespace` may be empty. */
export function resourceKeyText(key: ResourceKey): string {
  return `${key.group}/${key.kind}/${key.namespace}/${key.name}`
}

/** The inverse of resourceKeyText; undefined when the text has another shape. */
export function parseResourceKey(text: string): ResourceKey | undefined {
  const [group, kind, namespace, name, ...rest] = text.split('/')
  if (group === undefined || !kind || namespace === undefined || !name || rest.length > 0) return undefined
  return { group, kind, namespace, name }
}

/** The group of `apps/v1` is `apps`, of `v1` is `''`. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? '' : apiVersion.slice(0, slash)
}
