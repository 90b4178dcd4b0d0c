/** A worker that was seen lately. */
export interface LiveWorker {
  readonly id: string
  /** It takes nothing more and hands over what it has. */
  readonly draining: boolean
}

/** What the lease row of one key says. */
export interface KeyState {
  readonly id: string
  /** Who owns it now; absent when it is free (never owned, given back, expired). */
  readonly owner?: string | undefined
  /** Who asked to be handed it. */
  readonly wantedBy?: string | undefined
  /** It was given back for the one who asked so long ago that the reservation is void. */
  readonly reservationOver?: boolean
}

export interface SharingView {
  readonly me: string
  readonly workers: readonly LiveWorker[]
  /** Every key that exists. */
  readonly keys: readonly KeyState[]
}

export interface SharingDecision {
  /** Free keys to take now. */
  readonly take: readonly string[]
  /** Keys of others to ask for. */
  readonly want: readonly string[]
  /** Own keys to give up now: somebody waits for them, or nobody is there to wait for. */
  readonly giveUp: readonly string[]
}

interface Facts extends SharingView {
  readonly others: readonly string[]
  readonly draining: boolean
  /** Nobody has to own more than this. */
  readonly share: number
  readonly loads: Map<string, number>
}

/**
 * Which keys a worker takes, asks for and gives up. Every worker decides for itself with the same rule: the leases arbitrate when two
 * want the same. A key changes hands only after somebody asked for it, so it is never left without an owner on purpose, and keys move
 * only while two workers differ by two or more.
 */
export function shareKeys(view: SharingView): SharingDecision {
  const facts = factsOf(view)
  if (facts.draining) return { take: [], want: [], giveUp: leave(facts) }
  const take = freeKeys(facts)
  return { take, want: wishes(facts, take.length), giveUp: asked(facts) }
}

function factsOf(view: SharingView): Facts {
  const { me, workers, keys } = view
  const eligible = workers.filter(({ draining }) => !draining).map(({ id }) => id)
  const others = eligible.filter((id) => id !== me)
  const draining = workers.some((worker) => worker.id === me && worker.draining)
  const takers = others.length + (draining ? 0 : 1)
  const loads = new Map<string, number>([me, ...others].map((id) => [id, 0]))
  for (const { owner, wantedBy } of keys) {
    // What was asked for counts for the one who will have it.
    const holder = wantedBy !== undefined && loads.has(wantedBy) ? wantedBy : owner
    if (holder !== undefined) loads.set(holder, (loads.get(holder) ?? 0) + 1)
  }
  return { ...view, others, draining, share: Math.ceil(keys.length / Math.max(1, takers)), loads }
}

/** A leaving worker waits for somebody who asks; alone, it gives everything back. */
function leave({ me, keys, others }: Facts): readonly string[] {
  const mine = keys.filter(({ owner }) => owner === me)
  return mine
    .filter(({ wantedBy }) => others.length === 0 || others.includes(wantedBy ?? ''))
    .map(({ id }) => id)
}

function asked({ me, keys, others }: Facts): readonly string[] {
  return keys
    .filter(({ owner, wantedBy }) => owner === me && others.includes(wantedBy ?? ''))
    .map(({ id }) => id)
}

/** What is free, up to a fair share; what was given back for another is left to that one. */
function freeKeys({ me, keys, others, share, loads }: Facts): readonly string[] {
  const free = keys.filter(
    ({ owner, wantedBy, reservationOver }) =>
      owner === undefined &&
      (wantedBy === me || reservationOver === true || !others.includes(wantedBy ?? '')),
  )
  const reserved = free.filter(({ wantedBy }) => wantedBy === me)
  const rest = free.filter(({ wantedBy }) => wantedBy !== me)
  const room = Math.max(0, share - (loads.get(me) ?? 0))
  return [...reserved, ...rest.slice(0, room)].map(({ id }) => id)
}

/** Keys of leaving workers first, then of the richest, as long as that one has two more. */
function wishes(facts: Facts, taking: number): readonly string[] {
  const { me, keys, others, share, loads } = facts
  const mine = (loads.get(me) ?? 0) + taking
  const open = keys.filter(
    ({ owner, wantedBy }) =>
      owner !== undefined && owner !== me && wantedBy !== me && !others.includes(wantedBy ?? ''),
  )
  const leaving = open.filter(({ owner }) => !others.includes(owner ?? ''))
  const wanted = leaving.slice(0, Math.max(0, share - mine)).map(({ id }) => id)
  return [...wanted, ...fromTheRichest(open, mine + wanted.length, facts)]
}

function fromTheRichest(open: readonly KeyState[], have: number, facts: Facts): readonly string[] {
  const { loads } = facts
  const wanted: string[] = []
  let mine = have
  for (let next = richest(open, wanted, facts); next !== undefined; next = richest(open, wanted, facts)) {
    const load = (loads.get(next.owner ?? '') ?? 0) - 1
    if (load < mine + 1) break
    loads.set(next.owner ?? '', load)
    wanted.push(next.id)
    mine += 1
  }
  return wanted
}

function richest(
  open: readonly KeyState[],
  wanted: readonly string[],
  { others, loads }: Facts,
): KeyState | undefined {
  const left = open.filter(({ id, owner }) => others.includes(owner ?? '') && !wanted.includes(id))
  return left.reduce<KeyState | undefined>(
    (best, key) =>
      best === undefined || (loads.get(key.owner ?? '') ?? 0) > (loads.get(best.owner ?? '') ?? 0)
        ? key
        : best,
    undefined,
  )
}
