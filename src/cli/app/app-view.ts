import type { GraphqlClient } from '../graphql-client.js'

/** Words of the API (SCREAMING_CASE) in the way people and scripts know them. */
export function plainWord(word: string): string {
  return word
    .toLowerCase()
    .split('_')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('')
}

export interface HealthView {
  readonly status: string
  readonly message?: string | null
}

export interface ResourceView {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly status: string
  readonly health?: HealthView | null
  readonly requiresPruning?: boolean | null
}

export interface ResultView {
  readonly group: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly outcome: string
  readonly status: string
  readonly message: string
}

export interface OperationView {
  readonly id: string
  readonly kind: string
  readonly phase: string
  readonly message: string
  readonly revisions: readonly string[]
  readonly startedAt: string
  readonly finishedAt?: string | null
  readonly results: readonly ResultView[]
}

export interface AppView {
  readonly namespace: string
  readonly name: string
  readonly project: string
  readonly destination: {
    readonly server?: string | null
    readonly name?: string | null
    readonly namespace?: string | null
  }
  readonly repoURL: string
  readonly path: string
  readonly targetRevision: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly spec: SpecView
  readonly generation: number
  readonly observedGeneration?: number | null
  readonly observedAt?: string | null
  /** Until when cluster and repository were seen to be so. */
  readonly confirmedAt?: string | null
  /** Why it is Unknown although it was compared. */
  readonly staleReason?: string | null
  readonly createdAt: string
  readonly deletion?: { readonly requestedAt: string } | null
  readonly sync: string
  readonly health: HealthView
  readonly revisions: readonly string[]
  readonly conditions: readonly {
    readonly type: string
    readonly message: string
    readonly lastTransitionTime: string
  }[]
  readonly resources?: readonly ResourceView[]
  readonly operation?: OperationView | null
  readonly syncWindows?: {
    readonly canSyncAutomatically: boolean
    readonly canSyncManually: boolean
    readonly why?: string | null
    readonly windows: readonly { readonly active: boolean }[]
  }
}

/** The spec as far as the CLI looks into it. */
export interface SpecView {
  readonly syncPolicy?: {
    readonly automated?: { readonly prune?: boolean; readonly selfHeal?: boolean; readonly enabled?: boolean }
  }
  readonly [key: string]: unknown
}

export const APP_FIELDS = `namespace name project destination { server name namespace } repoURL path targetRevision
  labels annotations spec generation observedGeneration observedAt confirmedAt staleReason createdAt deletion { requestedAt } sync
  health { status message } revisions conditions { type message lastTransitionTime }`

export const OPERATION_FIELDS = `id kind phase message revisions startedAt finishedAt
  results { group kind namespace name outcome status message }`

export const APP_DETAIL_FIELDS = `${APP_FIELDS}
  resources { group version kind namespace name status health { status message } requiresPruning }
  operation { ${OPERATION_FIELDS} }
  syncWindows { canSyncAutomatically canSyncManually why windows { active } }`

export interface AppName {
  readonly name: string
  readonly namespace?: string
}

/** `NAME` or `NAMESPACE/NAME`; `-N` gives the namespace of names without one. */
export function parseAppName(text: string, namespace: string | undefined): AppName {
  const slash = text.indexOf('/')
  if (slash > 0) return { namespace: text.slice(0, slash), name: text.slice(slash + 1) }
  return namespace === undefined ? { name: text } : { name: text, namespace }
}

export async function readApp(client: GraphqlClient, name: AppName): Promise<AppView> {
  const answer = await client.ask<{ readonly application: AppView }>(
    `query($name: String!, $namespace: String) { application(name: $name, namespace: $namespace) { ${APP_DETAIL_FIELDS} } }`,
    { ...name },
  )
  return answer.application
}

/** `Sync Allowed`, `Manual Allowed` or `Sync Denied`, as Argo CD prints it, and when it opens. */
export function syncWindowText({ syncWindows }: AppView): string {
  if (syncWindows === undefined || syncWindows.canSyncAutomatically) return 'Sync Allowed'
  const word = syncWindows.canSyncManually ? 'Manual Allowed' : 'Sync Denied'
  return syncWindows.why ? `${word} (${syncWindows.why})` : word
}

/** `Auto-Prune`, `Auto` or `Manual`, as Argo CD prints it. */
export function syncPolicyText(spec: SpecView): string {
  const automated = spec.syncPolicy?.automated
  if (automated === undefined || automated.enabled === false) return 'Manual'
  return automated.prune === true ? 'Auto-Prune' : 'Auto'
}

/** Why it is stale and the types of the conditions, with a count where there are several; `<none>` without any. */
export function conditionsText(app: AppView): string {
  const counts = new Map<string, number>()
  if (app.staleReason) counts.set(app.staleReason, 1)
  for (const { type } of app.conditions) counts.set(type, (counts.get(type) ?? 0) + 1)
  if (counts.size === 0) return '<none>'
  return [...counts]
    .map(([type, count]) => (count > 1 ? `${type}(${count})` : type))
    .sort()
    .join(',')
}
