/** `argoproj.io/v1alpha1 AppProject`, the fields in force today. Absent lists mean what contract 1.10 says. */
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

/** The project that every installation has: permits everything. */
export const DEFAULT_PROJECT_SPEC: ProjectSpec = {
  sourceRepos: ['*'],
  destinations: [{ server: '*', namespace: '*' }],
  clusterResourceWhitelist: [{ group: '*', kind: '*' }],
}
