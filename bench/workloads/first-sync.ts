import { setTimeout as sleep } from 'node:timers/promises'
import type { Contestant } from '../contestant.js'
import { allManifests } from '../repository/manifests.js'
import type { Stage } from '../stage.js'
import { type Timed, within } from './measured.js'

const SECONDS_PER_OBJECT = 0.05
const SETTLED_WITHIN_MS = 60_000
const SETTLED_MS_PER_APP = 20

/** A: all applications at once, from nothing; ends when the observer saw every object as declared. */
export async function firstSync(stage: Stage, contestant: Contestant): Promise<Timed> {
  const { shape, observer } = stage
  const objects = shape.apps * shape.objects
  const allHeld = observer.whenAllHeld(allManifests(shape))
  const start = performance.now()
  const declared = contestant.declareAll()
  const missing = (): string => {
    const keys = observer.missing(allManifests(shape))
    return `${keys.length} of ${objects} objects, e.g. ${keys.slice(0, 3).join(', ')}`
  }
  const [end] = await within(60 + objects * SECONDS_PER_OBJECT, Promise.all([allHeld, declared]), missing)
  return { wallSeconds: (end - start) / 1000, touched: objects }
}

/** The second stop: the contestant itself reports all as synced. Not part of the time. */
export async function untilSettled(stage: Stage, contestant: Contestant): Promise<void> {
  const end = Date.now() + SETTLED_WITHIN_MS + stage.shape.apps * SETTLED_MS_PER_APP
  for (;;) {
    const count = await contestant.syncedCount()
    if (count === undefined || count === stage.shape.apps) return
    if (Date.now() > end)
      throw new Error(`Only ${count} of ${stage.shape.apps} applications are reported as synced`)
    await sleep(250)
  }
}
