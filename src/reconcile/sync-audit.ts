import type { JsonObject } from '../engine/manifest/manifest.js'
import type { Application } from '../engine/application/application.js'
import type { ResourceKey } from '../engine/manifest/resource-key.js'
import type { Operation, ResourceResult } from '../engine/sync/operation.js'
import type { AuditEntry } from '../store/records.js'

/** Objects named in one event; more are counted. */
const MOST_OBJECTS = 500

export function applicationAudit(
  application: Application,
  entry: Omit<AuditEntry, 'object' | 'objectId' | 'project'>,
): AuditEntry {
  return {
    ...entry,
    object: `application/${application.namespace}/${application.name}`,
    objectId: application.id,
    project: application.spec.project,
  }
}

/** A sync that the policy decided, with its reason: a new revision, or drift of these objects. */
export function decidedSync(application: Application, operation: Operation, heal: boolean): AuditEntry {
  const { resources } = operation.request
  const reason = heal ? 'the live state differs from what is declared' : 'what is declared changed'
  const details = {
    operation: operation.id,
    reason,
    revisions: [...operation.revisions],
    ...(resources && { objects: resources.slice(0, MOST_OBJECTS).map(objectText) }),
  }
  const action = heal ? 'heal-application' : 'sync-application'
  return applicationAudit(application, { actor: 'system', action, operation: operation.id, details })
}

/** What a sync wrote, object by object, and how it ended. */
export function finishedSync(application: Application, operation: Operation): AuditEntry {
  const { id, phase, message, results, request, initiatedBy } = operation
  const written = results.filter(({ outcome }) => outcome !== 'unchanged' && outcome !== 'skipped')
  const details: JsonObject = {
    operation: id,
    phase,
    reason: message,
    ...(request.dryRun && { dryRun: true }),
    ...writtenDetails(written),
  }
  return applicationAudit(application, {
    actor: initiatedBy.username,
    action: 'finish-sync',
    operation: id,
    outcome: phase === 'Succeeded' ? 'ACCEPTED' : 'FAILED',
    details,
  })
}

/** The objects that went with their application. */
export function prunedObjects(objects: readonly ResourceKey[]): JsonObject {
  return writtenDetails(objects.map((object) => ({ ...object, outcome: 'pruned' })))
}

function writtenDetails(
  written: readonly (ResourceKey & { readonly outcome: ResourceResult['outcome'] })[],
): JsonObject {
  if (written.length === 0) return {}
  const objects = written.slice(0, MOST_OBJECTS).map((one) => `${objectText(one)} ${one.outcome}`)
  const more = written.length - objects.length
  return { objects, ...(more > 0 && { moreObjects: more }) }
}

/** `apps/Deployment shop/web`; core kinds without group, cluster-scoped objects without namespace. */
function objectText({ group, kind, namespace, name }: ResourceKey): string {
  return `${group === '' ? kind : `${group}/${kind}`} ${namespace === '' ? name : `${namespace}/${name}`}`
}
