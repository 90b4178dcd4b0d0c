import { decide } from '../engine/access/decide.js'
import type { Principal } from '../engine/access/principal.js'
import type { CredentialTemplate, CredentialTemplateStore } from '../store/credential-template-store.js'

/** The credential templates that the principal may see, by URL; to policies they are repositories (contract 1.11). */
export class ListCredentialTemplates {
  private readonly templates: CredentialTemplateStore

  constructor(templates: CredentialTemplateStore) {
    this.templates = templates
  }

  async run(principal: Principal): Promise<readonly CredentialTemplate[]> {
    const all = await this.templates.list()
    return all.filter(({ url }) => decide(principal, 'repositories', 'get', url) === undefined)
  }
}
