import { sourcesOf, type Application } from '../engine/application/application.js'
import type { Doorbell } from '../queue/doorbell-queue.js'
import type { RepositoryStore } from '../store/directory-stores.js'
import type { MutationRecord } from '../store/records.js'
import { normalizedUrl } from '../store/normalized-url.js'

/** Who must wake up so that it is compared with what is in Git now: its repositories, and the application itself. */
export async function applicationDoorbells(
  repositories: RepositoryStore,
  application: Application,
): Promise<readonly Doorbell[]> {
  const urls = new Set(sourcesOf(application.spec).map((source) => normalizedUrl(source.repoURL)))
  const records = await Promise.all([...urls].map((url) => repositories.byUrl(url)))
  const bells = records.flatMap((record): Doorbell[] =>
    record === undefined ? [] : [{ kind: 'repository', id: record.id }],
  )
  return [...bells, { kind: 'application', id: application.id }]
}

/** The audit entry of an action on an application, with the doorbells that go with it. */
export function applicationRecord(
  application: Application,
  entry: {
    readonly actor: string
    readonly action: string
    readonly details?: MutationRecord['audit']['details']
  },
  doorbells: readonly Doorbell[],
): MutationRecord {
  const { details, ...rest } = entry
  return {
    audit: {
      ...rest,
      object: `application/${application.namespace}/${application.name}`,
      objectId: application.id,
      project: application.spec.project,
      ...(details === undefined ? {} : { details }),
    },
    doorbells,
  }
}
