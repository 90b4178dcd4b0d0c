import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultClass } from '../fault-class.js'
import type { Trial } from '../trial.js'

const TWO_MINUTES_MS = 120_000

/** F-18 … F-22: the whole process dies, stops or stands still. */
export const killClasses: readonly FaultClass[] = [
  {
    id: 'F-18',
    title: 'kill -9 while a request is accepted; the client repeats it with the same key',
    variants: ['before', 'between', 'after'],
    strike: async (trial, variant) => {
      const { killer, databaseLink } = trial.parts
      const kill = (): void => void process.kill(trial.world.pidOf('gateway'), 'SIGKILL')
      if (variant === 'between')
        databaseLink.trap = { text: 'operation-start', strike: 'after', whenSprung: kill }
      else killer.arm({ point: `S0:${variant}`, skip: 0, action: 'kill' })
      const asked = trial.sync('once')
      trial.proven((await trial.world.died()) && `the product died ${variant} the commit of the request`)
      await trial.restart(trial.random.pick([0, 0, 1000]))
      await asked
    },
  },
  {
    id: 'F-19',
    title: 'kill -9 again and again under load, at random moments',
    variants: ['five kills in fifteen seconds'],
    recoverWithinMs: 60_000,
    isLong: true,
    strike: async (trial) => {
      for (let kill = 0; kill < 5; kill += 1) {
        await trial.change()
        await sleep(trial.random.between(0, 3000))
        await trial.kill()
      }
      trial.proven('killed 5 times at random moments')
    },
  },
  {
    id: 'F-20',
    title: 'SIGSTOP in the middle of waves and prunes, then SIGCONT',
    variants: ['S11:mid', 'S13:mid', 'S13:before'],
    strike: async (trial, point) => {
      const { killer } = trial.parts
      killer.arm({ point, skip: point === 'S11:mid' ? trial.random.between(0, 2) : 0, action: 'stop' })
      await trial.change()
      const pid = await killer.reached()
      trial.proven(pid !== undefined && `the product stood still at ${point}`)
      const seconds = trial.random.pick([2, 5, 25])
      await sleep(seconds * 1000)
      process.kill(Number(pid), 'SIGCONT')
      trial.ended()
    },
  },
  {
    id: 'F-21',
    title: 'the event loop is blocked',
    variants: ['S8:mid', 'S11:mid', 'S5:mid'],
    strike: async (trial, point) => {
      const ms = trial.random.pick([3000, 8000, 25_000])
      trial.parts.killer.arm({ point, skip: 0, action: 'block', ms })
      await trial.change()
      trial.proven((await trial.parts.killer.reached()) !== undefined && `blocked for ${ms} ms at ${point}`)
      await sleep(ms)
      trial.ended()
    },
  },
  {
    id: 'F-21b',
    title: 'the event loop is blocked for two minutes',
    variants: ['S11:mid', 'S8:mid', 'S5:mid'],
    isLong: true,
    strike: async (trial, point) => {
      trial.parts.killer.arm({ point, skip: 0, action: 'block', ms: TWO_MINUTES_MS })
      await trial.change()
      trial.proven((await trial.parts.killer.reached()) !== undefined && `blocked for 120 s at ${point}`)
      await sleep(TWO_MINUTES_MS)
      trial.ended()
    },
  },
  {
    id: 'F-30',
    title: 'doorbells that are forged, doubled, reordered',
    variants: ['doubled', 'unknown', 'wrong kind'],
    strike: async (trial, variant) => {
      const key = variant === 'unknown' ? 'nobody' : trial.id
      const kind = variant === 'wrong kind' ? 'cluster' : 'application'
      await trial.change()
      await trial.world.rows(
        'INSERT INTO outbox (kind, key) SELECT $1::text, $2::text FROM generate_series(1, 500)',
        [kind, key],
      )
      const end = performance.now() + 20_000
      const left = async (): Promise<number> =>
        Number(
          (await trial.world.rows('SELECT count(*)::int AS n FROM outbox WHERE key = $1', [key]))[0]?.['n'],
        )
      while ((await left()) > 0 && performance.now() < end) await sleep(50)
      trial.proven((await left()) === 0 && `500 doorbells ${variant} were rung`)
      trial.ended()
    },
  },
  {
    id: 'F-39',
    title: 'the relay is killed between ringing and marking',
    variants: ['once', 'twice'],
    strike: async (trial, variant) => {
      for (let time = 0; time < (variant === 'once' ? 1 : 2); time += 1) await killAtRelay(trial, time)
    },
  },
]

/** A sync request writes a doorbell in its transaction. */
async function killAtRelay(trial: Trial, time: number): Promise<void> {
  await trial.change({ announced: false })
  trial.parts.killer.arm({ point: 'S1:mid', skip: 0, action: 'kill' })
  const asked = trial.sync(`relay-${time}`)
  trial.proven((await trial.world.died()) && 'killed after the doorbell rang and before it was marked')
  await trial.restart()
  await asked
}
