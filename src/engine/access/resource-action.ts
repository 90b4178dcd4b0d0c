import type { AccessAction } from './principal.js'

/** One object of an application; `group` is empty for the core kinds, `namespace` for cluster-scoped ones. */
interface ResourceOfApplication {
  readonly group: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

/**
 * The action that changes or deletes one resource of an application: `delete/<group>/<kind>/<namespace>/<name>`. The
 * right to `update` or `delete` the application does not give it (contract 1.11, sub-resource inheritance).
 */
export function resourceAction(verb: 'update' | 'delete', key: ResourceOfApplication): AccessAction {
  return `${verb}/${key.group}/${key.kind}/${key.namespace}/${key.name}`
}

/** The action that runs a named action on a kind, e.g. `action/apps/Deployment/restart`, `action//Pod/evict` for core. */
export function kindAction(
  kind: { readonly group: string; readonly kind: string },
  name: string,
): AccessAction {
  return `action/${kind.group}/${kind.kind}/${name}`
}
