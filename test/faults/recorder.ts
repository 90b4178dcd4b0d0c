import { setTimeout as sleep } from 'node:timers/promises'
import { type Round, differences, liveIn } from './oracle.js'
import type { World } from './world.js'

export interface View {
  readonly sync: string
  readonly health: { readonly status: string }
  readonly revisions: readonly string[]
  readonly observedAt: string | null
  readonly conditions: readonly { readonly type: string; readonly message: string }[]
  readonly operation: {
    readonly id: string
    readonly phase: string
    readonly message: string
    readonly finishedAt: string | null
  } | null
}

/** What people were shown at one moment, and what was true then. */
export interface Sample {
  /** Monotonic milliseconds. */
  readonly at: number
  readonly view: View
  /** Shown Synced and Healthy before and after the look at the cluster, which was different. */
  readonly isFalseGreen: boolean
}

/** Who owned the cluster, by its lease. */
export interface Owned {
  readonly at: number
  readonly owner: string
  readonly epoch: number
}

export interface Subject {
  readonly name: string
  readonly namespace: string
  readonly rounds: readonly Round[]
}

const VIEW = `query($name: String!) { application(name: $name) {
  sync health { status } revisions observedAt conditions { type message }
  operation { id phase message finishedAt } } }`
const EVERY_MS = 1000
const OWNERS_EVERY_MS = 100
const OWNER = `SELECT coalesce(owner, '') AS owner, epoch::int FROM leases WHERE kind = 'cluster'`

/** Looks at what the API shows and at what is in the cluster, once a second, beside the trial. */
export class Recorder {
  readonly samples: Sample[] = []
  readonly owners: Owned[] = []
  readonly #world: World
  readonly #subject: Subject
  #running = false

  constructor(world: World, subject: Subject) {
    this.#world = world
    this.#subject = subject
  }

  async view(): Promise<View> {
    const { api } = this.#world.parts.product
    return (await api.ask(VIEW, { name: this.#subject.name }))['application'] as View
  }

  start(): void {
    this.#running = true
    void this.#sample()
    void this.#watchOwner()
  }

  stop(): void {
    this.#running = false
  }

  /** How the cluster differs from this commit, now. */
  async wrong(round: Round): Promise<readonly string[]> {
    return differences(round.declared, await liveIn(this.#world.parts.cluster, this.#subject.namespace))
  }

  /** Resolves when the cluster is as this commit says and people are told so; throws with how it is instead. */
  async converged(round: Round, patienceMs: number): Promise<void> {
    const end = performance.now() + patienceMs
    for (;;) {
      const view = await this.view().catch((error: unknown) => String(error))
      const isShown = typeof view !== 'string' && isSynced(view) && view.revisions[0] === round.commit
      if (isShown && (await this.wrong(round)).length === 0) return
      if (performance.now() > end) {
        const wrong = await this.wrong(round)
        throw new Error(
          `after ${patienceMs} ms: ${wrong.join('; ') || 'live is right'}; wanted ${round.commit}; shown ${JSON.stringify(view).slice(0, 900)}`,
        )
      }
      await sleep(50)
    }
  }

  /** The longest time for which it was shown green while it was not, in milliseconds. */
  longestFalseGreen(): number {
    let longest = 0
    let since: number | undefined
    for (const { at, isFalseGreen } of this.samples) {
      since = isFalseGreen ? (since ?? at) : undefined
      if (since !== undefined) longest = Math.max(longest, at - since)
    }
    return longest
  }

  /** Places of the shown revisions in the order of commits. */
  shownRounds(): readonly number[] {
    return this.samples.flatMap(({ view }) => {
      const place = this.#subject.rounds.findIndex(({ commit }) => commit === view.revisions[0])
      return place < 0 ? [] : [place]
    })
  }

  async #sample(): Promise<void> {
    while (this.#running) {
      const at = performance.now()
      const sample = await this.#look(at).catch(() => undefined)
      if (sample !== undefined && this.#running) this.samples.push(sample)
      await sleep(Math.max(50, EVERY_MS - (performance.now() - at)))
    }
  }

  async #watchOwner(): Promise<void> {
    while (this.#running) {
      const at = performance.now()
      const [row] = await this.#world.rows(OWNER).catch(() => [])
      if (row !== undefined)
        this.owners.push({ at, owner: String(row['owner']), epoch: Number(row['epoch']) })
      await sleep(OWNERS_EVERY_MS)
    }
  }

  async #look(at: number): Promise<Sample> {
    const before = await this.view()
    if (!isGreen(before)) return { at, view: before, isFalseGreen: false }
    const round = this.#subject.rounds.find(({ commit }) => commit === before.revisions[0])
    const wrong = round === undefined ? [] : await this.wrong(round)
    if (wrong.length === 0) return { at, view: before, isFalseGreen: false }
    const after = await this.view()
    return { at, view: after, isFalseGreen: isGreen(after) && after.revisions[0] === before.revisions[0] }
  }
}

function isGreen(view: View): boolean {
  return view.sync === 'SYNCED' && view.health.status === 'HEALTHY'
}

function isSynced({ sync, operation }: View): boolean {
  return sync === 'SYNCED' && (operation === null || operation.finishedAt !== null)
}
