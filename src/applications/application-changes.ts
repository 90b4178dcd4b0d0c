import type { EventBus } from '../events/event-bus.js'
import type { StalenessWatch } from './staleness-watch.js'

/** Which applications are shown differently now: a row changed, or only time went by. */
export class ApplicationChanges {
  private readonly eventBus: EventBus
  private readonly staleness: StalenessWatch

  constructor(eventBus: EventBus, staleness: StalenessWatch) {
    this.eventBus = eventBus
    this.staleness = staleness
  }

  /** Returns the function that ends it. */
  subscribe(listener: (applicationIds: readonly string[]) => void): () => void {
    const ends = [
      this.eventBus.subscribe('application', (event) => listener(event.applicationIds)),
      this.eventBus.onMissed(() => void this.staleness.tellAll(listener)),
      this.staleness.subscribe(listener),
    ]
    return () => {
      for (const end of ends) end()
    }
  }
}
