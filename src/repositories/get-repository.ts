import { AppError } from '../base/app-error.js'
import { NotVisible } from '../base/not-visible.js'
import { decide } from '../engine/access/decide.js'
import type { Principal } from '../engine/access/principal.js'
import type { RepositoryStore } from '../store/directory-stores.js'
import { normalizedUrl } from '../store/normalized-url.js'
import type { RepositoryRecord } from '../store/records.js'
import { repositoryObject } from './list-repositories.js'

/** One repository by its URL, however it is spelled. NOT_FOUND also when the principal may not see it. */
export class GetRepository {
  private readonly repositories: Pick<RepositoryStore, 'byUrl'>

  constructor(repositories: Pick<RepositoryStore, 'byUrl'>) {
    this.repositories = repositories
  }

  async run(principal: Principal, url: string): Promise<RepositoryRecord> {
    const record = await this.repositories.byUrl(normalizedUrl(url))
    const missing = `Repository "${url}" is not connected.`
    if (record === undefined) throw new AppError('NOT_FOUND', missing)
    if (decide(principal, 'repositories', 'get', repositoryObject(record)) !== undefined)
      throw new NotVisible(missing)
    return record
  }
}
