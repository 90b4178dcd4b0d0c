import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultClass } from '../fault-class.js'
import type { FaultyRedis } from '../redis.js'
import { Rival } from '../rival.js'
import type { Trial } from '../trial.js'

const NO_REDIS = 'this world has no Redis'
const JOINABLE = ['redis', 'roles'] as const
const TAKE_OVER_MS = 15_000

/** F-20, F-22 … F-28 and two processes: only in a world with Redis. */
export const redisClasses: readonly FaultClass[] = [
  {
    id: 'F-25',
    title: 'Redis dies and comes back with nothing in it',
    variants: ['at once', 'after 3 s'],
    shapes: JOINABLE,
    strike: async (trial, variant) => {
      const { server } = redisOf(trial)
      await server.kill()
      await trial.change()
      await sleep(variant === 'at once' ? 0 : 3000)
      trial.proven('Redis was killed before the commit was announced')
      await server.startAgain()
      trial.ended()
    },
  },
  {
    id: 'F-26',
    title: 'FLUSHALL in the middle',
    variants: ['once', 'every 200 ms'],
    shapes: JOINABLE,
    strike: async (trial, variant) => {
      const { server } = redisOf(trial)
      const point = trial.random.pick(['S1:mid', 'S6:after', 'S11:mid'])
      trial.parts.killer.arm({ point, skip: 0, action: 'tell' })
      await trial.change()
      const reached = await trial.parts.killer.reached()
      const times = variant === 'once' ? 1 : 15
      for (let time = 0; time < times; time += 1) {
        await server.flushAll()
        if (times > 1) await sleep(200)
      }
      trial.proven(reached !== undefined && `FLUSHALL ${times} times, first at ${point}`)
      trial.ended()
    },
  },
  {
    id: 'F-28',
    title: 'Redis is away for a while; syncs go on by the sweep',
    variants: ['refused', 'frozen', 'silent'],
    shapes: JOINABLE,
    recoverWithinMs: 40_000,
    strike: async (trial, variant) => {
      const { server, link } = redisOf(trial)
      if (variant === 'frozen') server.freeze()
      else if (variant === 'refused') link.set({ refuse: true })
      else link.set({ swallow: 'both' })
      if (variant === 'refused') link.cut()
      await trial.change()
      const began = performance.now()
      await trial.parts.product.api.ask('{ applications(first: 1) { nodes { name } } }')
      trial.figures['answeredMs'] = Math.round(performance.now() - began)
      if (performance.now() - began > 5000)
        trial.violated('I-11', 'a question to the API hung while Redis was away')
      await sleep(6000)
      trial.proven(variant === 'frozen' || link.felt > 0 ? `Redis was ${variant} for 6 s` : undefined)
      server.thaw()
      link.clear()
      trial.ended()
    },
  },
  {
    id: 'F-22',
    title: 'a second process claims the same cluster while the first lives on',
    variants: ['joins', 'joins and the first dies', 'joins and dies'],
    shapes: JOINABLE,
    recoverWithinMs: 45_000,
    strike: async (trial, variant) => {
      const rival = await Rival.start(trial.world)
      trial.atEnd(() => rival.stop())
      await trial.change()
      await sleep(trial.random.between(0, 1500))
      if (variant === 'joins and the first dies') await trial.parts.product.kill()
      if (variant === 'joins and dies') await rival.stop()
      trial.proven(`a second process ran beside the first: ${variant}`)
      trial.ended()
      if (variant !== 'joins and the first dies') return
      await takenOver(trial, rival)
      await trial.restart()
    },
  },
  {
    id: 'F-20b',
    title: 'SIGSTOP in the middle of a sync, another takes over, SIGCONT',
    variants: ['S11:mid', 'S13:before', 'S13:mid', 'S15:before'],
    shapes: JOINABLE,
    recoverWithinMs: 60_000,
    strike: async (trial, point) => {
      const { killer } = trial.parts
      killer.arm({ point, skip: point === 'S11:mid' ? trial.random.between(0, 2) : 0, action: 'stop' })
      await trial.change()
      const pid = await killer.reached()
      const rival = await Rival.start(trial.world)
      trial.atEnd(() => rival.stop())
      await takenOver(trial, rival)
      // The new owner may have begun, or even be done, when the old one wakes up.
      await sleep(trial.random.pick([0, 500, 3000]))
      process.kill(Number(pid), 'SIGCONT')
      trial.proven(pid !== undefined && `stood still at ${point} until another process owned the cluster`)
      trial.ended()
    },
  },
  {
    id: 'F-20c',
    title:
      'of two processes that both live on, the owner of the cluster stands still until the other one took over',
    variants: ['S8:mid', 'S11:before', 'S11:mid', 'S13:before', 'S13:mid', 'S15:before', 'S15:after'],
    shapes: JOINABLE,
    keepsRival: true,
    recoverWithinMs: 60_000,
    strike: async (trial, point) => {
      const rival = await trial.world.lastingRival()
      const owner = await ownerOf(trial)
      const isRivals = owner === rival.id
      const killer = isRivals ? rival.killer : trial.parts.killer
      const skip = point === 'S11:mid' ? trial.random.between(0, 2) : 0
      killer.arm({ point, skip, action: 'stop' })
      await trial.change()
      const pid = await killer.reached()
      const next = await ownerAfter(trial, owner)
      await sleep(trial.random.pick([0, 0, 200, 1000, 3000]))
      if (pid !== undefined) process.kill(pid, 'SIGCONT')
      const whose = isRivals ? 'second' : 'first'
      trial.proven(
        pid !== undefined &&
          next !== undefined &&
          `the ${whose} process stood still at ${point}; ${next} took over`,
      )
      trial.ended()
    },
  },
]

const OWNER = `SELECT owner FROM leases WHERE kind = 'cluster' AND owner IS NOT NULL AND expires_at > now()`

async function ownerOf(trial: Trial): Promise<string> {
  const end = performance.now() + TAKE_OVER_MS
  for (;;) {
    const [row] = await trial.world.rows(OWNER)
    if (row !== undefined) return String(row['owner'])
    if (performance.now() > end) throw new Error('Nobody owns the cluster.')
    await sleep(50)
  }
}

/** Who owns it instead of this one; undefined when nobody takes it. */
async function ownerAfter(trial: Trial, former: string): Promise<string | undefined> {
  const end = performance.now() + TAKE_OVER_MS
  while (performance.now() < end) {
    const [row] = await trial.world.rows(OWNER)
    if (row !== undefined && row['owner'] !== former) return String(row['owner'])
    await sleep(50)
  }
  return undefined
}

function redisOf(trial: Trial): FaultyRedis {
  if (trial.parts.redis === undefined) throw new Error(NO_REDIS)
  return trial.parts.redis
}

/** Waits until the second process owns the cluster. */
async function takenOver(trial: Trial, rival: Rival): Promise<void> {
  const owned = `SELECT 1 FROM leases WHERE kind = 'cluster' AND owner = $1 AND expires_at > now()`
  const end = performance.now() + TAKE_OVER_MS
  while ((await trial.world.rows(owned, [rival.id])).length === 0) {
    if (performance.now() > end) {
      const rows = await trial.world.rows(`SELECT * FROM leases WHERE kind = 'cluster'`)
      return trial.violated('I-5', `${rival.id} never took the cluster over: ${JSON.stringify(rows)}`)
    }
    await sleep(50)
  }
}
