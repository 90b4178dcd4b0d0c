import { reasonOf } from '../base/app-error.js'
import type { Clock } from '../base/clock.js'
import type { Logger } from '../base/logger.js'
import { refuseLeaseTimes, type LeaseTimes } from '../engine/ownership/lease-times.js'
import { shareKeys, type KeyState, type LiveWorker } from '../engine/ownership/share-keys.js'
import type { ClockReading } from '../engine/ownership/write-window.js'
import type { Lease, LeaseHolder, LeaseKey, LeaseKind, LeaseStore } from '../store/lease-store.js'
import { outdatedFence } from '../store/outdated-fence.js'
import type { Fence } from '../store/records.js'
import { HeldKeys } from './held-keys.js'

export type WorkerRole = 'all-in-one' | 'cluster-worker' | 'source-worker'

export interface OwnershipDeps {
  readonly kind: LeaseKind
  readonly role: WorkerRole
  readonly holder: LeaseHolder
  readonly leases: LeaseStore
  /** Ids of every cluster (or repository) that exists. */
  readonly keys: () => Promise<readonly string[]>
  readonly times: LeaseTimes
  readonly clock: Clock
  readonly logger: Logger
  /** The key is ours: observe it and go on with what is under way. Its first write may have to wait (`mayWrite`). */
  readonly onGained: (id: string, epoch: number) => void | Promise<void>
  /** The key is ours no more: end what is under way. A key that is handed over goes when this resolves. */
  readonly onLost: (id: string) => void | Promise<void>
  /** An earlier run of this very worker is dead for certain: its leases are taken at once by the first round. */
  readonly formerRunIsDead?: boolean
}

/** Who may own what. */
const OWNERS: Readonly<Record<LeaseKind, readonly string[]>> = {
  cluster: ['all-in-one', 'cluster-worker'],
  repository: ['all-in-one', 'source-worker'],
}

/**
 * What this process owns: it takes its share of the keys, renews its leases, hands over to workers that have less, and says before each
 * write whether it is still the owner. The decisions are those of engine/ownership; the leases arbitrate between workers.
 */
export class Ownership {
  readonly #deps: OwnershipDeps
  readonly #logger: Logger
  readonly #held = new HeldKeys()
  readonly #leaving = new Set<Promise<void>>()
  #renewing: NodeJS.Timeout | undefined
  #looking: NodeJS.Timeout | undefined
  #round: Promise<void> | undefined
  #again = false
  #first = true
  #draining = false
  #closed = false

  constructor(deps: OwnershipDeps) {
    const refused = refuseLeaseTimes(deps.times)
    if (refused !== undefined) throw new RangeError(refused)
    this.#deps = deps
    this.#logger = deps.logger.with({ worker: deps.holder.id, owned: deps.kind })
  }

  /** Resolves after the first round: what is free is ours by then. */
  async start(): Promise<void> {
    await this.look()
    this.#renewSoon(this.#deps.times.renewEveryMs)
  }

  owns(id: string): boolean {
    return this.#held.get(id)?.leaving === false
  }

  owned(): readonly string[] {
    return this.#held.ids().filter((id) => this.owns(id))
  }

  /** Ask right before every write to the cluster: the answer is good for this moment only. */
  mayWrite(id: string): boolean {
    return !this.#closed && this.#held.mayWrite(id, this.#now())
  }

  /** Why nothing may be written to this cluster at this moment, as a sentence; undefined when it may. */
  refuseWrite(id: string): string | undefined {
    if (this.mayWrite(id)) return undefined
    return this.owns(id)
      ? 'the lease of this worker was not renewed in time, or its former owner may still be writing.'
      : 'another worker owns the cluster.'
  }

  /** For writes of state about this cluster or repository. Throws CONFLICT when it is not ours. */
  fence(id: string): Fence {
    const held = this.#held.get(id)
    const { kind } = this.#deps
    if (held === undefined) throw outdatedFence({ kind, id, epoch: 0 })
    return { kind, id, epoch: held.epoch }
  }

  /** Looks now instead of at the next round, e.g. because a cluster was added. One look at a time; more are merged. */
  look(): Promise<void> {
    if (this.#closed) return Promise.resolve()
    if (this.#round !== undefined) this.#again = true
    this.#round ??= this.#lookUntilQuiet().finally(() => (this.#round = undefined))
    return this.#round
  }

  /** Hands everything over and ends: waits for others to ask, at most as long as `drainMs`, then gives all back. */
  async drain(): Promise<void> {
    this.#draining = true
    const { clock, times } = this.#deps
    const deadline = clock.monotonic() + times.drainMs
    while (!this.#closed && this.#held.ids().length > 0 && clock.monotonic() < deadline) {
      await this.look()
      const leaving = [...this.#leaving]
      const asked = leaving.length === 0 ? [] : [Promise.all(leaving)]
      if (this.#held.ids().length > 0) await Promise.race([...asked, pause(times.handOverEveryMs)])
    }
    for (const id of this.#held.ids()) this.#letGo(id)
    await Promise.all(this.#leaving)
    this.abandon()
    await this.#deps.leases.removeWorker(this.#deps.holder.id).catch(() => undefined)
  }

  /** Ends without giving back, as a crash would: nothing may be written from now on. */
  abandon(): void {
    this.#closed = true
    clearTimeout(this.#renewing)
    clearTimeout(this.#looking)
  }

  async #lookUntilQuiet(): Promise<void> {
    let wait = this.#deps.times.renewEveryMs
    do {
      this.#again = false
      wait = await this.#look().catch((error: unknown) => this.#failed('look at the leases', error))
    } while (this.#again && !this.#closed)
    clearTimeout(this.#looking)
    if (!this.#closed && !this.#draining) this.#looking = setTimeout(() => void this.look(), wait)
  }

  /** Answers when to look again, in milliseconds. */
  async #look(): Promise<number> {
    const { leases, kind, keys, holder, times, role } = this.#deps
    const draining = this.#draining
    await leases.heartbeatWorker({ id: holder.id, role, address: holder.address, draining })
    const [ids, rows, seen] = await Promise.all([
      keys(),
      leases.list(kind),
      leases.workers(this.#seenWithinMs),
    ])
    const workers: readonly LiveWorker[] = seen.filter((worker) => OWNERS[kind].includes(worker.role))
    const byId = new Map(rows.map((row) => [row.id, row]))
    const states = ids.map((id) => this.#stateOf(id, byId.get(id)))
    const { take, want, giveUp } = shareKeys({ me: holder.id, workers, keys: states })
    const removed = this.#held.ids().filter((id) => !ids.includes(id))
    await Promise.all(take.map((id) => this.#take(id)))
    this.#first = false
    await leases.want(holder.id, this.#keysOf(want), this.#seenWithinMs)
    // Takes as long as the writes that are under way: nobody waits for it here.
    for (const id of [...giveUp, ...removed]) this.#letGo(id)
    const handsOver = want.length > 0 || states.some(({ wantedBy }) => wantedBy === holder.id)
    return handsOver ? times.handOverEveryMs : this.#untilExpiry(rows)
  }

  /** A lease that is not renewed is seen as soon as it expires: its owner is gone. */
  #untilExpiry(rows: readonly Lease[]): number {
    const { holder, times } = this.#deps
    const others = rows.filter(({ held, owner }) => held && owner !== holder.id)
    return others.reduce((wait, { heldForMs }) => Math.min(wait, heldForMs + 1), times.renewEveryMs)
  }

  #stateOf(id: string, lease: Lease | undefined): KeyState {
    if (lease === undefined) return { id }
    const { held, owner, wantedBy, freeForMs } = lease
    const { holder, times } = this.#deps
    // Of a dead run of this worker, or gained by a request whose answer was lost.
    const unknown = owner === holder.id && this.#held.get(id) === undefined
    return {
      ...{ id, owner: held && !unknown ? owner : undefined, wantedBy },
      reservationOver: !held && freeForMs > times.ttlMs,
    }
  }

  /** A worker that missed two looks is gone before its leases are, so that the others count right when they expire. */
  get #seenWithinMs(): number {
    const { ttlMs, renewEveryMs } = this.#deps.times
    return ttlMs - renewEveryMs
  }

  async #take(id: string): Promise<void> {
    const { leases, kind, holder, times, formerRunIsDead } = this.#deps
    const sent = this.#now()
    const fromFormerRun = this.#first && formerRunIsDead === true
    const lease = await leases.acquire({ kind, id }, holder, { ttlMs: times.ttlMs, fromFormerRun })
    if (lease === undefined || this.#closed) return
    const { formerExpiredForMs, epoch } = lease
    const gained = this.#held.gain(id, epoch, {
      times,
      acquisition: { sent, received: this.#now(), formerExpiredForMs },
    })
    if (!gained) return
    this.#logger.info('Owns it now', { key: id, epoch })
    await this.#tell('begin with what is gained', () => this.#deps.onGained(id, epoch))
  }

  #letGo(id: string): void {
    if (!this.#held.leave(id)) return
    const gone = this.#giveUp(id).finally(() => this.#leaving.delete(gone))
    this.#leaving.add(gone)
  }

  async #giveUp(id: string): Promise<void> {
    const { leases, holder, times } = this.#deps
    const quiet = this.#tell('end what is handed over', () => this.#deps.onLost(id))
    // A write that was sent is over after its timeout, even when nobody hears of its end.
    await Promise.race([quiet, pause(times.writeTimeoutMs)])
    await leases
      .release(holder, this.#keysOf([id]))
      .catch((error: unknown) => this.#failed('give back', error))
    this.#held.drop(id)
    this.#logger.info('Gave it up', { key: id })
  }

  #renewSoon(afterMs: number): void {
    if (this.#closed) return
    this.#renewing = setTimeout(() => void this.#renew(), afterMs)
  }

  /** On its own timer: nothing else that takes long may delay it. */
  async #renew(): Promise<void> {
    const { leases, holder, times } = this.#deps
    const before = this.#held.ids()
    const sent = this.#now()
    try {
      const renewed = await leases.renew(holder, this.#keysOf(before), times.ttlMs)
      // In another epoch it was gained by a request whose answer was lost: it is gained again by the next look.
      const known = renewed.filter(({ id, epoch }) => this.#held.get(id)?.epoch === epoch)
      for (const { id } of known) this.#held.extend(id, sent, times)
      const kept = new Set(known.map(({ id }) => id))
      for (const id of before) if (!kept.has(id)) this.#lose(id)
      this.#renewSoon(times.renewEveryMs)
    } catch (error) {
      this.#renewSoon(this.#failed('renew the leases', error))
    }
  }

  /** Somebody else took it while we could not renew. */
  #lose(id: string): void {
    const held = this.#held.get(id)
    if (held === undefined || held.leaving) return
    this.#held.drop(id)
    this.#logger.warn('Lost it: its lease was not renewed in time', { key: id, epoch: held.epoch })
    void this.#tell('end what was lost', () => this.#deps.onLost(id))
  }

  async #tell(what: string, tell: () => void | Promise<void>): Promise<void> {
    try {
      await tell()
    } catch (error) {
      this.#failed(what, error)
    }
  }

  /** Answers when to try again, in milliseconds. */
  #failed(what: string, error: unknown): number {
    if (!this.#closed) this.#logger.warn(`Cannot ${what}, trying again`, { reason: reasonOf(error) })
    return this.#deps.times.renewEveryMs / 5
  }

  #keysOf(ids: readonly string[]): readonly LeaseKey[] {
    return ids.map((id) => ({ kind: this.#deps.kind, id }))
  }

  #now(): ClockReading {
    const { clock } = this.#deps
    return { wallMs: clock.now(), monotonicMs: clock.monotonic() }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
