import type { RemoteRefs } from './git-source.js'

const COMMIT = /^[0-9a-f]{40}$/

/**
 * The commit that a target revision means today: `''`/HEAD, branch, tag, `refs/…`, or a full commit (returned as is).
 * A branch wins over a tag of the same name. `undefined` when nothing matches.
 */
export function resolveRevision(refs: RemoteRefs, targetRevision: string): string | undefined {
  const wanted = targetRevision === '' ? 'HEAD' : targetRevision
  const named = refs.get(wanted) ?? refs.get(`refs/heads/${wanted}`) ?? refs.get(`refs/tags/${wanted}`)
  if (named !== undefined) return named
  return COMMIT.test(wanted) ? wanted : undefined
}
