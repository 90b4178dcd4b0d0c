import type { FreshnessLimits } from '../../engine/status/freshness.js'

/** The freshness rule (engine/status/freshness) in SQL, so that a filter answers what is shown. */
export interface FreshnessSql {
  /** An earlier observation of the cluster, a dead watch, or no comparison since its owner began. Never NULL with a status. */
  readonly clusterStale: string
  readonly headStale: string
  /** When the heads that count were read; NULL = never. */
  readonly headCheckedAt: string
  /** Kinds of its own objects whose watch is dead, with reasons; NULL = none. */
  readonly blindKinds: string
}

/** Joins that the rule needs; every one finds at most one row. */
export const FRESHNESS_JOINS = `LEFT JOIN clusters cs ON cs.server = a.destination_server
  LEFT JOIN clusters cn ON cn.name = a.destination_name
  LEFT JOIN cluster_heartbeats h ON h.cluster_id = COALESCE(cs.id, cn.id)
  LEFT JOIN repositories r ON r.normalized_url = a.repositories[1]`

/** Objects of a status are looked through only while a watch is dead. */
const BLIND_OBJECTS = `jsonb_array_elements(s.resources) AS e(object), LATERAL (SELECT (object->>'group') || '/' || (object->>'kind')) AS k(kind)
  WHERE h.blind_kinds ? k.kind`

const HEAD_CHECKED_AT = `CASE WHEN cardinality(a.repositories) > 1 THEN
    (SELECT min(COALESCE(m.heads_checked_at, '-infinity')) FROM unnest(a.repositories) AS u(url) LEFT JOIN repositories m ON m.normalized_url = u.url)
  ELSE r.heads_checked_at END`

export function freshnessSql({ clusterMs, headMs }: FreshnessLimits): FreshnessSql {
  const isBefore = (time: string, ms: number): string =>
    `${time} < now() - interval '${Math.round(ms)} milliseconds'`
  return {
    clusterStale:
      opaque(`h.observed_at IS NULL OR ${isBefore('h.observed_at', clusterMs)} OR s.sequence <= h.since_sequence
      OR (h.blind_kinds <> '{}' AND EXISTS (SELECT FROM ${BLIND_OBJECTS}))`),
    headStale: opaque(
      `NOT a.pinned AND (${HEAD_CHECKED_AT} IS NULL OR ${isBefore(HEAD_CHECKED_AT, headMs)})`,
    ),
    headCheckedAt: HEAD_CHECKED_AT,
    blindKinds: `CASE WHEN h.blind_kinds <> '{}' THEN
      (SELECT jsonb_object_agg(k.kind, h.blind_kinds->k.kind) FROM ${BLIND_OBJECTS}) END`,
  }
}

/** Stale is rare, but the planner multiplies guesses about its parts until it expects no row at all: keep it from looking in. */
function opaque(condition: string): string {
  return `(CASE WHEN ${condition} THEN true ELSE false END)`
}
