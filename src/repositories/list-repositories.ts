import { decide } from '../engine/access/decide.js'
import type { Principal } from '../engine/access/principal.js'
import { keysetPage, type Page, type PageWish } from '../engine/paging/keyset-page.js'
import type { RepositoryStore } from '../store/directory-stores.js'
import type { RepositoryRecord } from '../store/records.js'

/** The repositories that the principal may see, by URL. Credentials are not part of it. */
export class ListRepositories {
  private readonly repositories: RepositoryStore

  constructor(repositories: RepositoryStore) {
    this.repositories = repositories
  }

  async run(principal: Principal): Promise<readonly RepositoryRecord[]> {
    const all = await this.repositories.list()
    return all
      .filter((record) => decide(principal, 'repositories', 'get', repositoryObject(record)) === undefined)
      .sort((a, b) => (a.url < b.url ? -1 : 1))
  }

  /** One page of them; the key is the URL. */
  async page(principal: Principal, wish: PageWish): Promise<Page<RepositoryRecord>> {
    return keysetPage(await this.run(principal), repositoryKey, wish)
  }
}

/** What they are sorted by. */
export function repositoryKey({ url }: RepositoryRecord): string {
  return url
}

/** The object of a policy: the URL, with the project in front when the repository belongs to one. */
export function repositoryObject({
  url,
  project,
}: {
  readonly url: string
  readonly project?: string
}): string {
  return project === undefined ? url : `${project}/${url}`
}
