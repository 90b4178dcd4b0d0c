import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultClass } from '../fault-class.js'

const HOUR_MS = 3_600_000

const CLOCKS: Readonly<Record<string, number>> = {
  '10 min ahead': HOUR_MS / 6,
  '10 min behind': -HOUR_MS / 6,
  'a day ahead': 24 * HOUR_MS,
  'back by an hour': -HOUR_MS,
}

/** N-14: the wall clock of the product jumps; the monotonic one does not. */
export const clockClasses: readonly FaultClass[] = [
  {
    id: 'N-14',
    title: 'the clock jumps, or stands still',
    variants: [...Object.keys(CLOCKS), 'frozen'],
    recoverWithinMs: 60_000,
    strike: async (trial, variant) => {
      const { killer } = trial.parts
      const offsetMs = CLOCKS[variant]
      await killer.setClock(offsetMs === undefined ? { frozenAt: Date.now() } : { offsetMs })
      await trial.change()
      await sleep(3000)
      const which = (offsetMs ?? 0) < 0 ? 'min' : 'max'
      const [row] = await trial.world.rows(
        `SELECT ${which}(started_at) AS at FROM operations WHERE application_id = $1`,
        [trial.id],
      )
      const shown = (row?.['at'] as Date | null)?.getTime() ?? 0
      const jumped = offsetMs === undefined || Math.abs(shown - Date.now()) > Math.abs(offsetMs) / 2
      trial.proven(jumped && `the clock was ${variant}; the operation says ${new Date(shown).toISOString()}`)
      await killer.setClock()
      trial.ended()
      await trial.change()
    },
  },
]
