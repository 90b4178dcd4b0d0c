import type {
  HelmSource,
  JsonnetOptions,
  KustomizeSource,
  PluginSource,
  SourceHydrator,
} from './source-tools.js'

/** `namespace/name` is the identity that people use; `id` (uuid) is the one that rows and jobs use. */
export interface Application {
  readonly id: string
  /** Namespace of the declaration, default `argocd`; not the destination. */
  readonly namespace: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly spec: ApplicationSpec
  /** Grows by one with every change of the spec; optimistic edits compare it. */
  readonly generation: number
  readonly deletion?: Deletion
  /** ISO time. */
  readonly createdAt: string
}

export interface Deletion {
  /** Delete the tracked objects too. */
  readonly cascade: boolean
  readonly propagation: 'foreground' | 'background' | 'orphan'
  readonly requestedAt: string
}

/** Field names, types and defaults of `argoproj.io/v1alpha1 Application.spec`; unknown fields are refused on input. */
export interface ApplicationSpec {
  readonly project: string
  readonly destination: Destination
  readonly source?: ApplicationSource
  readonly sources?: readonly ApplicationSource[]
  readonly sourceHydrator?: SourceHydrator
  readonly syncPolicy?: SyncPolicy
  readonly ignoreDifferences?: readonly IgnoreDifference[]
  readonly info?: readonly { readonly name: string; readonly value: string }[]
  readonly revisionHistoryLimit?: number
}

/** Exactly one of `server` and `name` names the cluster. */
export interface Destination {
  readonly server?: string
  readonly name?: string
  readonly namespace?: string
}

export interface ApplicationSource {
  readonly repoURL: string
  readonly path?: string
  readonly targetRevision?: string
  readonly chart?: string
  readonly ref?: string
  readonly name?: string
  readonly tagPrefix?: string
  readonly directory?: DirectorySource
  readonly helm?: HelmSource
  readonly kustomize?: KustomizeSource
  readonly plugin?: PluginSource
}

export interface DirectorySource {
  readonly recurse?: boolean
  readonly include?: string
  readonly exclude?: string
  readonly disableExtensionFilter?: boolean
  readonly jsonnet?: JsonnetOptions
}

export interface SyncPolicy {
  readonly automated?: {
    readonly prune?: boolean
    readonly selfHeal?: boolean
    readonly allowEmpty?: boolean
    readonly enabled?: boolean
  }
  readonly syncOptions?: readonly string[]
  readonly retry?: RetryPolicy
  readonly managedNamespaceMetadata?: {
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
}

export interface RetryPolicy {
  readonly limit?: number
  readonly backoff?: { readonly duration?: string; readonly factor?: number; readonly maxDuration?: string }
  readonly refresh?: boolean
}

export interface IgnoreDifference {
  readonly group?: string
  readonly kind: string
  readonly name?: string
  readonly namespace?: string
  readonly jsonPointers?: readonly string[]
  readonly jqPathExpressions?: readonly string[]
  readonly managedFieldsManagers?: readonly string[]
}

/** Namespace of applications whose tracking id carries no prefix. */
export const DEFAULT_APPLICATION_NAMESPACE = 'argocd'

/** The sources in order; `sources` wins over `source`. */
export function sourcesOf(spec: ApplicationSpec): readonly ApplicationSource[] {
  if (spec.sources !== undefined && spec.sources.length > 0) return spec.sources
  return spec.source === undefined ? [] : [spec.source]
}

/** Is automated sync on? Present and `enabled` not false (absent counts as true). */
export function isAutomated(spec: ApplicationSpec): boolean {
  return spec.syncPolicy?.automated !== undefined && spec.syncPolicy.automated.enabled !== false
}
