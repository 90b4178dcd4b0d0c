import type { Application } from '../engine/application/application.js'
import { permitsApplication } from '../engine/project/permits-application.js'
import type { Project } from '../engine/project/project.js'
import { windowVerdict, type WindowVerdict } from '../engine/project/sync-windows.js'
import type { Operation } from '../engine/sync/operation.js'
import type { ApplicationFacts } from '../store/application-facts.js'
import type { ClusterRecord } from '../store/records.js'

/** Nobody waits longer for a window: the project may have changed. */
const LONGEST_WAIT_SECONDS = 600

/** Why the project does not permit this application any more, as a sentence; nothing is written for it then. */
export function forbiddenBy(
  project: Project,
  { application, repositoryProjects }: ApplicationFacts,
  cluster: ClusterRecord,
): string | undefined {
  const { namespace, spec, name } = application
  const reason = permitsApplication(project, { namespace, spec, cluster, repositoryProjects })
  return reason === undefined ? undefined : `Cannot sync application "${name}": ${reason}`
}

export interface GatedSync {
  readonly application: Application
  readonly project: Project
  readonly cluster: ClusterRecord
  /** The sync that goes on; absent for one that the policy of the application wants to begin. */
  readonly operation?: Operation
  readonly now: number
}

/** What the sync windows of the project say about a sync by its owner. Dry runs change nothing: they may always. */
export function windowGate({ application, project, cluster, operation, now }: GatedSync): WindowVerdict {
  const windows = project.spec.syncWindows ?? []
  if (windows.length === 0 || operation?.request.dryRun === true) return { permitted: true }
  const { name, spec } = application
  const subject = { name, namespace: spec.destination.namespace ?? '', cluster }
  const manual = operation !== undefined && !operation.initiatedBy.automated
  const startedAt = operation === undefined ? {} : { startedAt: Date.parse(operation.startedAt) }
  return windowVerdict(windows, subject, { manual, now, ...startedAt })
}

/** Seconds until a closed window is looked at again. */
export function secondsUntilOpen({ opensAt }: WindowVerdict, now: number): number {
  return opensAt === undefined
    ? LONGEST_WAIT_SECONDS
    : Math.min(LONGEST_WAIT_SECONDS, Math.max(0.05, (opensAt - now) / 1000))
}
