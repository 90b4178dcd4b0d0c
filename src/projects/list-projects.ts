import { decide } from '../engine/access/decide.js'
import type { Principal } from '../engine/access/principal.js'
import { keysetPage, type Page, type PageWish } from '../engine/paging/keyset-page.js'
import type { Project } from '../engine/project/project.js'
import type { ProjectStore } from '../store/directory-stores.js'

/** The projects that the principal may see, by name. */
export class ListProjects {
  private readonly projects: ProjectStore

  constructor(projects: ProjectStore) {
    this.projects = projects
  }

  async run(principal: Principal): Promise<readonly Project[]> {
    const all = await this.projects.list()
    return all
      .filter((project) => decide(principal, 'projects', 'get', project.name) === undefined)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** One page of them; the key is the name. */
  async page(principal: Principal, wish: PageWish): Promise<Page<Project>> {
    return keysetPage(await this.run(principal), projectKey, wish)
  }
}

/** What projects are sorted by. */
export function projectKey({ name }: Project): string {
  return name
}
