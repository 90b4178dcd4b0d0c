import { compareTimes } from '../manifest/compare-times.js'
import type { Manifest } from '../manifest/manifest.js'
import { numberAt, textAt } from '../manifest/read-json.js'
import { groupOf, type ResourceKey } from '../manifest/resource-key.js'

/** What Kubernetes or a controller reported of an object. */
export interface ObjectEvent {
  /** About which object; `uid` tells a new one from the former of the same name. */
  readonly about: ResourceKey & { readonly uid: string }
  readonly type: string
  readonly reason: string
  readonly message: string
  readonly source: string
  readonly count: number
  /** ISO times; `''` when the event has none. */
  readonly firstSeenAt: string
  readonly lastSeenAt: string
}

/** Reads an Event of either API (`core/v1` writes counts and times in two ways). */
export function toObjectEvent(event: Manifest): ObjectEvent {
  const at = (...path: readonly string[]): string => textAt(event, ...path) ?? ''
  const created = at('metadata', 'creationTimestamp')
  const seen = at('series', 'lastObservedTime') || at('lastTimestamp') || at('eventTime') || created
  return {
    about: {
      group: groupOf(at('involvedObject', 'apiVersion')),
      kind: at('involvedObject', 'kind'),
      namespace: at('involvedObject', 'namespace'),
      name: at('involvedObject', 'name'),
      uid: at('involvedObject', 'uid'),
    },
    type: at('type'),
    reason: at('reason'),
    message: at('message'),
    source: at('source', 'component') || at('reportingComponent'),
    count: Math.max(1, numberAt(event, 'series', 'count') ?? numberAt(event, 'count') ?? 1),
    firstSeenAt: at('firstTimestamp') || at('eventTime') || created,
    lastSeenAt: seen,
  }
}

/** Newest first; what says the same of the same object is one event that was seen more often. */
export function mergedEvents(events: Iterable<ObjectEvent>, limit: number): readonly ObjectEvent[] {
  const merged = new Map<string, ObjectEvent>()
  for (const event of events) {
    const text = JSON.stringify([event.about.uid, event.type, event.reason, event.source, event.message])
    const known = merged.get(text)
    merged.set(text, known === undefined ? event : together(known, event))
  }
  return [...merged.values()].sort((a, b) => compareTimes(b.lastSeenAt, a.lastSeenAt)).slice(0, limit)
}

function together(one: ObjectEvent, other: ObjectEvent): ObjectEvent {
  return {
    ...one,
    count: one.count + other.count,
    firstSeenAt: compareTimes(one.firstSeenAt, other.firstSeenAt) <= 0 ? one.firstSeenAt : other.firstSeenAt,
    lastSeenAt: compareTimes(one.lastSeenAt, other.lastSeenAt) >= 0 ? one.lastSeenAt : other.lastSeenAt,
  }
}
