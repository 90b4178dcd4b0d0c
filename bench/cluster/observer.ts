import type { ClusterClient, KubeObject } from '../../test/cluster/cluster-client.js'
import type { BenchManifest } from '../repository/manifests.js'
import { holds } from './holds.js'
import { keyOf, manifestKey } from './resource-paths.js'
import { type Seen, watchResources } from './watch-resources.js'

/** API bookkeeping of each object; the rest of what is declared must be there. */
const IDENTITY = new Set(['apiVersion', 'kind'])

interface Wish {
  readonly declared: BenchManifest
  /** Only states later than this count. */
  readonly after: number
  readonly fulfil: (at: number) => void
}

/**
 * The judge of every measurement: an own LIST and WATCH that knows what is declared and says when the cluster holds
 * it. It believes neither the floor nor the product.
 */
export class Observer {
  private readonly client: ClusterClient
  private readonly abort = new AbortController()
  private readonly live = new Map<string, KubeObject>()
  private readonly wishes = new Map<string, Wish>()

  constructor(client: ClusterClient) {
    this.client = client
  }

  start(): Promise<void> {
    return watchResources(this.client, (seen) => this.take(seen), this.abort.signal)
  }

  stop(): void {
    this.abort.abort()
  }

  /** Resolves with the time (performance.now) at which the cluster held it; `after` is a resourceVersion. */
  whenHeld(declared: BenchManifest, after = 0): Promise<number> {
    return new Promise((resolve) => {
      const key = manifestKey(declared)
      const wish = { declared, after, fulfil: resolve }
      const live = this.live.get(key)
      if (live !== undefined && fulfils(live, wish)) resolve(performance.now())
      else this.wishes.set(key, wish)
    })
  }

  /** Resolves with the time at which the last one was held. */
  async whenAllHeld(manifests: Iterable<BenchManifest>): Promise<number> {
    let last = 0
    const waits: Promise<void>[] = []
    for (const manifest of manifests) {
      waits.push(this.whenHeld(manifest).then((at) => void (last = Math.max(last, at))))
    }
    await Promise.all(waits)
    return last
  }

  /** What is not as declared now: for the check after a workload, and for the message when time runs out. */
  missing(manifests: Iterable<BenchManifest>): readonly string[] {
    const absent: string[] = []
    for (const declared of manifests) {
      const live = this.live.get(manifestKey(declared))
      if (live === undefined || !isAsDeclared(live, declared)) absent.push(manifestKey(declared))
    }
    return absent
  }

  private take({ kind, object, deleted }: Seen): void {
    const key = keyOf(kind, object.metadata.namespace ?? '', object.metadata.name)
    if (deleted) {
      this.live.delete(key)
      return
    }
    this.live.set(key, object)
    const wish = this.wishes.get(key)
    if (wish === undefined || !fulfils(object, wish)) return
    this.wishes.delete(key)
    wish.fulfil(performance.now())
  }
}

function fulfils(live: KubeObject, wish: Wish): boolean {
  return Number(live.metadata.resourceVersion ?? 0) > wish.after && isAsDeclared(live, wish.declared)
}

function isAsDeclared(live: KubeObject, declared: BenchManifest): boolean {
  return Object.entries(declared).every(([field, value]) => IDENTITY.has(field) || holds(live[field], value))
}
