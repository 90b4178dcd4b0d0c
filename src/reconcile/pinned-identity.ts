import { setTimeout as sleep } from 'node:timers/promises'
import type { ClusterIdentity } from '../kube/cluster.js'

export interface PinnedIdentityDeps {
  /** uid of the `kube-system` namespace that was found at the first connection. */
  readonly uid: string
  readonly ask: () => Promise<ClusterIdentity>
  /** Another cluster answers: the connection is of no use any more. */
  readonly onAnother: (uid: string) => void
  /** Between two questions while nobody answers; default 1 s. */
  readonly pauseMs?: number
}

const PAUSE_MS = 1_000

/**
 * A cluster is its kube-system uid, whatever answers at its address. After every interruption it is asked again, and until it answered
 * nothing is written: behind the same address another cluster may stand now.
 */
export class PinnedIdentity {
  readonly #deps: PinnedIdentityDeps
  #doubt: 'none' | 'asking' | 'another' = 'none'
  #again = false
  #closed = false

  constructor(deps: PinnedIdentityDeps) {
    this.#deps = deps
  }

  /** The connection was interrupted. */
  interrupted(): void {
    // Whoever is asked already may be the one from before.
    this.#again = true
    if (this.#doubt !== 'none' || this.#closed) return
    this.#doubt = 'asking'
    void this.#askUntilAnswered()
  }

  /** Why nothing may be written, as a sentence; undefined when it is the cluster that was pinned. */
  refuseWrite(): string | undefined {
    if (this.#doubt === 'none') return undefined
    return this.#doubt === 'another'
      ? 'another cluster answers at its address: its kube-system uid is not the pinned one.'
      : 'the connection was interrupted, and it has not said yet that it is still the same cluster.'
  }

  close(): void {
    this.#closed = true
  }

  async #askUntilAnswered(): Promise<void> {
    const { uid, ask, onAnother, pauseMs = PAUSE_MS } = this.#deps
    while (!this.#closed) {
      this.#again = false
      const found = await ask().catch(() => undefined)
      if (found !== undefined && found.uid !== uid) {
        this.#doubt = 'another'
        return onAnother(found.uid)
      }
      if (found !== undefined && !this.#again) break
      if (found === undefined) await sleep(pauseMs, undefined, { ref: false })
    }
    if (!this.#closed) this.#doubt = 'none'
  }
}
