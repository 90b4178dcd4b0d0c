import type { RemoteRefs } from '../git/git-source.js'
import type { RepositoryHead } from '../store/records.js'

/** The refs as of the last look. Heads that were not seen then belong to refs that the remote has removed. */
export function currentRefs(heads: readonly RepositoryHead[]): RemoteRefs {
  const newest = heads.reduce((latest, { checkedAt }) => (checkedAt > latest ? checkedAt : latest), '')
  return new Map(
    heads.filter(({ checkedAt }) => checkedAt === newest).map(({ ref, commit }) => [ref, commit]),
  )
}

export function sameRefs(a: RemoteRefs, b: RemoteRefs): boolean {
  return a.size === b.size && [...a].every(([ref, commit]) => b.get(ref) === commit)
}
