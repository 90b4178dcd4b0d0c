import type { CredentialTemplateStore } from '../store/credential-template-store.js'
import type { RepositoryStore } from '../store/directory-stores.js'
import { inheritedFrom } from './inheriting-repositories.js'

/** Is this repository read with the credential of a template? False when it is gone. */
export class InheritsCredential {
  private readonly repositories: Pick<RepositoryStore, 'get'>
  private readonly templates: Pick<CredentialTemplateStore, 'list'>

  constructor(repositories: Pick<RepositoryStore, 'get'>, templates: Pick<CredentialTemplateStore, 'list'>) {
    this.repositories = repositories
    this.templates = templates
  }

  async run(id: string): Promise<boolean> {
    const record = await this.repositories.get(id)
    return record !== undefined && inheritedFrom(record, await this.templates.list()) !== undefined
  }
}
