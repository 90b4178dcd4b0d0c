import { table } from '../output/table.js'
import type { Printable } from '../output/print.js'
import { appDocument } from './app-document.js'
import {
  conditionsText,
  plainWord,
  syncPolicyText,
  syncWindowText,
  type AppView,
  type ResultView,
} from './app-view.js'

/** Lists of applications: the columns of `argocd app list`. */
export const APP_LIST: Printable<AppView> = {
  header: ['NAME', 'CLUSTER', 'NAMESPACE', 'PROJECT', 'STATUS', 'HEALTH', 'SYNCPOLICY', 'CONDITIONS'],
  row: (app) => [
    `${app.namespace}/${app.name}`,
    app.destination.name ?? app.destination.server ?? '',
    app.destination.namespace ?? '',
    app.project,
    plainWord(app.sync),
    plainWord(app.health.status),
    syncPolicyText(app.spec),
    conditionsText(app),
  ],
  wideHeader: ['REPO', 'PATH', 'TARGET'],
  wideRow: (app) => [app.repoURL, app.path, app.targetRevision],
  name: (app) => `${app.namespace}/${app.name}`,
  document: appDocument,
}

/** The resources of an application with what the last operation said about each. */
export function resourceTable(app: AppView): string {
  const results = new Map((app.operation?.results ?? []).map((result) => [keyOf(result), result]))
  const rows = (app.resources ?? []).map((resource) => {
    const result = results.get(keyOf(resource))
    results.delete(keyOf(resource))
    const health =
      resource.health === null || resource.health === undefined ? '' : plainWord(resource.health.status)
    const message = result?.message ?? resource.health?.message ?? ''
    return [
      resource.group,
      resource.kind,
      resource.namespace,
      resource.name,
      plainWord(resource.status),
      health,
      '',
      message,
    ]
  })
  // What the operation touched and is gone now (pruned objects, hooks).
  const gone = [...results.values()].map((result) => [
    result.group,
    result.kind,
    result.namespace,
    result.name,
    result.status,
    '',
    '',
    result.message,
  ])
  return table(
    ['GROUP', 'KIND', 'NAMESPACE', 'NAME', 'STATUS', 'HEALTH', 'HOOK', 'MESSAGE'],
    [...rows, ...gone],
  )
}

/** The head of `app get`: one fact per line. */
export function appSummary(app: AppView): string {
  const revision = app.revisions.map((commit) => commit.slice(0, 7)).join(', ')
  const at =
    revision === '' ? '' : ` ${app.sync === 'SYNCED' ? 'to' : 'from'} ${app.targetRevision} (${revision})`
  const facts: readonly (readonly [string, string])[] = [
    ['Name', `${app.namespace}/${app.name}`],
    ['Project', app.project],
    ['Server', app.destination.name ?? app.destination.server ?? ''],
    ['Namespace', app.destination.namespace ?? ''],
    ['Repo', app.repoURL],
    ['Target', app.targetRevision],
    ['Path', app.path],
    ['SyncWindow', syncWindowText(app)],
    ['Sync Policy', syncPolicyText(app.spec)],
    ['Sync Status', `${plainWord(app.sync)}${at}`],
    ['Health Status', plainWord(app.health.status) + (app.health.message ? ` (${app.health.message})` : '')],
    ['Compared', app.observedAt ?? 'never'],
    ['Observed', app.confirmedAt ?? 'never'],
    ...(app.staleReason ? [['Unknown because', app.staleReason] as const] : []),
    ...app.conditions.map((condition) => ['Condition', `${condition.type}: ${condition.message}`] as const),
  ]
  return table(
    [],
    facts.map(([name, value]) => [`${name}:`, value]),
  )
}

/** The last operation, for `app get` and `app sync`. */
export function operationSummary(app: AppView): string {
  const { operation } = app
  if (!operation) return ''
  const facts: readonly (readonly [string, string])[] = [
    ['Operation', plainWord(operation.kind)],
    ['Sync Revision', operation.revisions.join(', ')],
    ['Phase', plainWord(operation.phase)],
    ['Start', operation.startedAt],
    ['Finished', operation.finishedAt ?? ''],
    ['Message', operation.message],
  ]
  return table(
    [],
    facts.map(([name, value]) => [`${name}:`, value]),
  )
}

function keyOf(key: Pick<ResultView, 'group' | 'kind' | 'namespace' | 'name'>): string {
  return [key.group, key.kind, key.namespace, key.name].join('/')
}
