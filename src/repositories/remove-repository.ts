import { AppError } from '../base/app-error.js'
import { NotVisible } from '../base/not-visible.js'
import { decide } from '../engine/access/decide.js'
import type { Principal } from '../engine/access/principal.js'
import type { ApplicationStore } from '../store/application-store.js'
import type { RepositoryStore } from '../store/directory-stores.js'
import { normalizedUrl } from '../store/normalized-url.js'
import type { RepositoryRecord } from '../store/records.js'
import { repositoryObject } from './list-repositories.js'

/** Disconnects a repository. Applications keep running as they are; they cannot be rendered any more, so it says so. */
export class RemoveRepository {
  private readonly repositories: RepositoryStore
  private readonly applications: ApplicationStore

  constructor(repositories: RepositoryStore, applications: ApplicationStore) {
    this.repositories = repositories
    this.applications = applications
  }

  async run(principal: Principal, url: string): Promise<RepositoryRecord> {
    const record = await this.repositories.byUrl(normalizedUrl(url))
    const absent = `Repository "${url}" is not connected.`
    if (record === undefined) throw new AppError('NOT_FOUND', absent)
    const object = repositoryObject(record)
    if (decide(principal, 'repositories', 'get', object) !== undefined) throw new NotVisible(absent)
    const refused = decide(principal, 'repositories', 'delete', object)
    if (refused !== undefined)
      throw new AppError('FORBIDDEN', `Cannot remove repository "${url}": ${refused}`)
    const used = await this.applications.byRepository(record.normalizedUrl)
    await this.repositories.remove(record.id, {
      audit: {
        actor: principal.subject,
        action: 'remove-repository',
        object: `repository/${record.url}`,
        details: { usedBy: used.length },
        ...(record.project && { project: record.project }),
      },
      doorbells: used.map(({ id }) => ({ kind: 'application', id })),
    })
    return record
  }
}
