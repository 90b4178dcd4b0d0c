import { AppError } from '../base/app-error.js'
import { NotVisible } from '../base/not-visible.js'
import { decide } from '../engine/access/decide.js'
import type { Principal } from '../engine/access/principal.js'
import { urlPrefix } from '../engine/address/url-prefix.js'
import type { CredentialTemplate, CredentialTemplateStore } from '../store/credential-template-store.js'
import type { RepositoryStore } from '../store/directory-stores.js'
import { wakeInheriting } from './inheriting-repositories.js'

/** Forgets a credential; repositories that were read with it are read with the next longer one, or without any. */
export class RemoveCredentialTemplate {
  private readonly templates: CredentialTemplateStore
  private readonly repositories: Pick<RepositoryStore, 'list'>

  constructor(templates: CredentialTemplateStore, repositories: Pick<RepositoryStore, 'list'>) {
    this.templates = templates
    this.repositories = repositories
  }

  /** NOT_FOUND, FORBIDDEN. */
  async run(principal: Principal, url: string): Promise<CredentialTemplate> {
    const all = await this.templates.list()
    const found = all.find(({ prefix }) => prefix === urlPrefix(url))
    const missing = `There is no credential template for "${url}".`
    if (found === undefined) throw new AppError('NOT_FOUND', missing)
    if (decide(principal, 'repositories', 'get', found.url) !== undefined) throw new NotVisible(missing)
    const refused = decide(principal, 'repositories', 'delete', found.url)
    if (refused !== undefined)
      throw new AppError('FORBIDDEN', `Cannot remove the credential template for "${url}": ${refused}`)
    const woken = wakeInheriting(await this.repositories.list(), all, found.id)
    await this.templates.remove(found.id, {
      audit: {
        actor: principal.subject,
        action: 'remove-credential-template',
        object: `credential-template/${found.url}`,
        details: { usedBy: woken.length },
      },
      doorbells: woken,
    })
    return found
  }
}
