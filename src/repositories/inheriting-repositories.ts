import { longestCover } from '../engine/address/url-prefix.js'
import type { CredentialTemplate } from '../store/credential-template-store.js'
import type { RepositoryRecord } from '../store/records.js'

/** The template whose credential a repository is read with; none where it has one of its own (contract 1.9). */
export function inheritedFrom(
  { url, username, hasPassword }: RepositoryRecord,
  templates: readonly CredentialTemplate[],
): CredentialTemplate | undefined {
  return hasPassword || username !== undefined ? undefined : longestCover(url, templates)
}

/** Wakes the repositories that are read with this template: what it changed shows without a wait. */
export function wakeInheriting(
  repositories: readonly RepositoryRecord[],
  templates: readonly CredentialTemplate[],
  id: string,
): readonly { readonly kind: 'repository'; readonly id: string }[] {
  return repositories
    .filter((repository) => inheritedFrom(repository, templates)?.id === id)
    .map((repository) => ({ kind: 'repository', id: repository.id }))
}
