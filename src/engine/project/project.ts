/** `argoproj.io/v1alpha1 AppProject`, the fields in force. Absent lists mean what contract 1.10 says. */
export interface Project {
  readonly id: string
  readonly name: string
  readonly spec: ProjectSpec
  readonly generation: number
}

export interface ProjectSpec {
  readonly description?: string
  /** Globs of repository URLs; `!glob` denies; empty = none. */
  readonly sourceRepos?: readonly string[]
  readonly destinations?: readonly ProjectDestination[]
  /** Empty or absent = no cluster-scoped kind. */
  readonly clusterResourceWhitelist?: readonly ProjectKind[]
  readonly clusterResourceBlacklist?: readonly ProjectKind[]
  /** Absent = every namespaced kind. */
  readonly namespaceResourceWhitelist?: readonly ProjectKind[]
  readonly namespaceResourceBlacklist?: readonly ProjectKind[]
  readonly roles?: readonly ProjectRole[]
  /** Globs of namespaces besides the default one whose applications may be in the project. */
  readonly sourceNamespaces?: readonly string[]
  readonly syncWindows?: readonly SyncWindow[]
  /** Present = objects that belong to no application are looked for. */
  readonly orphanedResources?: OrphanedResources
  /** Only clusters that belong to this project. */
  readonly permitOnlyProjectScopedClusters?: boolean
}

/** When applications may sync, or may not (contract 1.4, Sync windows). Lists are globs; one that matches is enough. */
export interface SyncWindow {
  readonly kind: 'allow' | 'deny'
  /** Cron, five fields. */
  readonly schedule: string
  /** Go duration, e.g. `2h`. */
  readonly duration: string
  readonly applications?: readonly string[]
  readonly namespaces?: readonly string[]
  readonly clusters?: readonly string[]
  /** Syncs by hand are permitted although the window forbids others. Default false. */
  readonly manualSync?: boolean
  /** IANA name; default UTC. */
  readonly timeZone?: string
  /** All lists that are there must match. Default false. */
  readonly andOperator?: boolean
  /** What began legally may end. Default false. */
  readonly syncOverrun?: boolean
  readonly description?: string
}

export interface OrphanedResources {
  /** Default true. */
  readonly warn?: boolean
  readonly ignore?: readonly OrphanedResourceKey[]
}

/** Globs; absent = every one. */
export interface OrphanedResourceKey {
  readonly group?: string
  readonly kind?: string
  readonly name?: string
}

/** Rights within the project; its subject in policies is `proj:<project>:<role>`. */
export interface ProjectRole {
  readonly name: string
  readonly description?: string
  /** Lines `p, proj:<project>:<role>, resource, action, <project>/<object>, allow|deny`; checked when saved. */
  readonly policies?: readonly string[]
  /** Who is in the role, by group of the login. */
  readonly groups?: readonly string[]
}

export interface ProjectDestination {
  readonly server?: string
  readonly name?: string
  readonly namespace?: string
}

export interface ProjectKind {
  readonly group: string
  readonly kind: string
  readonly name?: string
}

/** Permits everything. */
export const OPEN_PROJECT_SPEC: ProjectSpec = {
  sourceRepos: ['*'],
  destinations: [{ server: '*', namespace: '*' }],
  clusterResourceWhitelist: [{ group: '*', kind: '*' }],
}

/**
 * Spec of the project `default` in a fresh installation: permits nothing until an admin opens it. Argo CD's permits
 * everything, so that whoever may create an application may write anywhere; here that is a decision somebody makes.
 */
export const FRESH_DEFAULT_PROJECT_SPEC: ProjectSpec = {
  description: 'Permits nothing until an admin opens it',
}
