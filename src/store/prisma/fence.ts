import { fenceList } from '../outdated-fence.js'
import type { Fences } from '../records.js'

/** In SQL: true while the writer owns all clusters and repositories it names. Needs `fenceCte` in the same statement. */
export const FENCE_HOLDS = '(SELECT holds FROM fence)'

/**
 * Locks the lease rows of the fences as long as the statement runs: a take-over waits for it or comes before it and is seen. Without
 * fences it holds. `before` is how many parameters stand in front of the three of `fenceValues`.
 */
export function fenceCte(before: number): string {
  return `fence AS MATERIALIZED (SELECT count(*) = cardinality($${before + 1}::text[]) AS holds FROM (
    SELECT FROM leases l JOIN unnest($${before + 1}::text[], $${before + 2}::text[], $${before + 3}::bigint[]) AS f(kind, id, epoch)
      ON l.kind = f.kind AND l.id = f.id AND l.epoch = f.epoch FOR KEY SHARE OF l) AS locked)`
}

export function fenceValues(
  fences: Fences | undefined,
): readonly [readonly string[], readonly string[], readonly number[]] {
  const list = fenceList(fences)
  return [list.map(({ kind }) => kind), list.map(({ id }) => id), list.map(({ epoch }) => epoch)]
}
