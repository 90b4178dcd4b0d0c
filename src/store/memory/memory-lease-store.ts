import { fenceList, outdatedFence } from '../outdated-fence.js'
import type { Fences } from '../records.js'
import {
  LeaseStore,
  type AcquiredLease,
  type AcquireOptions,
  type Lease,
  type LeaseHolder,
  type LeaseKey,
  type LeaseKind,
  type WorkerBeat,
  type WorkerRecord,
} from '../lease-store.js'

interface LeaseRow extends LeaseKey {
  readonly owner?: string
  readonly run?: string
  readonly address: string
  readonly epoch: number
  readonly expiresAt: number
  readonly wantedBy?: string
}

export class MemoryLeaseStore extends LeaseStore {
  readonly #rows = new Map<string, LeaseRow>()
  readonly #workers = new Map<string, WorkerRecord>()

  /** What the SQL of a fenced write asks: throws unless all of these epochs are the current ones. */
  refuseOutdated(fence: Fences | undefined): void {
    for (const { epoch, ...key } of fenceList(fence)) {
      if (this.#rows.get(textOf(key))?.epoch !== epoch) throw outdatedFence(fence)
    }
  }

  override async acquire(
    { kind, id }: LeaseKey,
    holder: LeaseHolder,
    options: AcquireOptions,
  ): Promise<AcquiredLease | undefined> {
    const now = Date.now()
    const former = this.#rows.get(textOf({ kind, id }))
    if (former !== undefined && !isFor(former, holder, options.fromFormerRun ?? false)) return undefined
    const changes = former?.owner !== holder.id || former.run !== holder.run
    const row: LeaseRow = {
      ...{ kind, id, owner: holder.id, run: holder.run, address: holder.address },
      epoch: (former?.epoch ?? 0) + (changes ? 1 : 0),
      expiresAt: now + options.ttlMs,
    }
    this.#rows.set(textOf(row), row)
    const formerExpiredForMs = expiredFor(former, holder)
    return { ...toLease(row), ...(formerExpiredForMs === undefined ? {} : { formerExpiredForMs }) }
  }

  override async renew(
    holder: LeaseHolder,
    keys: readonly LeaseKey[],
    ttlMs: number,
  ): Promise<readonly Lease[]> {
    return this.#owned(holder, keys).map((row) => {
      const renewed = { ...row, address: holder.address, expiresAt: Date.now() + ttlMs }
      this.#rows.set(textOf(row), renewed)
      return toLease(renewed)
    })
  }

  override async release(holder: LeaseHolder, keys: readonly LeaseKey[]): Promise<void> {
    for (const { owner: _owner, run: _run, ...row } of this.#owned(holder, keys)) {
      this.#rows.set(textOf(row), { ...row, expiresAt: Date.now() })
    }
  }

  override async want(workerId: string, keys: readonly LeaseKey[], seenWithinMs: number): Promise<void> {
    const rivals = new Set(this.#seen(seenWithinMs).flatMap(({ id, draining }) => (draining ? [] : [id])))
    for (const key of keys) {
      const row = this.#rows.get(textOf(key))
      if (row?.owner === undefined || row.owner === workerId || rivals.has(row.wantedBy ?? '')) continue
      this.#rows.set(textOf(row), { ...row, wantedBy: workerId })
    }
  }

  override async get(key: LeaseKey): Promise<Lease | undefined> {
    const row = this.#rows.get(textOf(key))
    return row === undefined ? undefined : toLease(row)
  }

  override async list(kind: LeaseKind): Promise<readonly Lease[]> {
    return [...this.#rows.values()]
      .filter((row) => row.kind === kind)
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map(toLease)
  }

  override async heartbeatWorker({ id, role, address, draining }: WorkerBeat): Promise<void> {
    this.#workers.set(id, { id, role, address, draining, seenAt: new Date().toISOString() })
  }

  override async removeWorker(id: string): Promise<void> {
    this.#workers.delete(id)
  }

  override async workers(seenWithinMs: number): Promise<readonly WorkerRecord[]> {
    return this.#seen(seenWithinMs).sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  #seen(withinMs: number): WorkerRecord[] {
    return [...this.#workers.values()].filter(({ seenAt }) => Date.parse(seenAt) > Date.now() - withinMs)
  }

  #owned(holder: LeaseHolder, keys: readonly LeaseKey[]): readonly LeaseRow[] {
    return keys.flatMap((key) => {
      const row = this.#rows.get(textOf(key))
      return row?.owner === holder.id && row.run === holder.run ? [row] : []
    })
  }
}

function expiredFor(former: LeaseRow | undefined, holder: LeaseHolder): number | undefined {
  if (former?.owner === undefined) return undefined
  if (former.owner !== holder.id) return Date.now() - former.expiresAt
  return former.run === holder.run ? 0 : undefined
}

function isFor(row: LeaseRow, holder: LeaseHolder, fromFormerRun: boolean): boolean {
  const own = row.owner === holder.id && (fromFormerRun || row.run === holder.run)
  return row.owner === undefined || row.expiresAt <= Date.now() || own
}

function textOf({ kind, id }: LeaseKey): string {
  return `${kind}/${id}`
}

function toLease({ kind, id, owner, address, epoch, expiresAt, wantedBy }: LeaseRow): Lease {
  const now = Date.now()
  const held = owner !== undefined && expiresAt > now
  return {
    ...{ kind, id, address, epoch, held },
    expiresAt: new Date(expiresAt).toISOString(),
    freeForMs: held ? 0 : Math.max(0, now - expiresAt),
    heldForMs: held ? expiresAt - now : 0,
    ...(owner === undefined ? {} : { owner }),
    ...(wantedBy === undefined ? {} : { wantedBy }),
  }
}
