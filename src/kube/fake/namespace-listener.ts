import type { WatchListener } from '../cluster.js'

/** A listener that hears of one namespace only; of all when none is named. */
export function inNamespace(listener: WatchListener, namespace: string | undefined): WatchListener {
  if (namespace === undefined) return listener
  const event: WatchListener['event'] = (change) => {
    if (change.object.metadata.namespace === namespace) listener.event(change)
  }
  return {
    event,
    replaced: (objects) => listener.replaced(objects),
    health: (state) => listener.health(state),
  }
}
