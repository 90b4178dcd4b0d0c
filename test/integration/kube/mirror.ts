import type { Manifest } from '../../../src/engine/manifest/manifest.js'
import type { WatchEvent, WatchListener } from '../../../src/kube/cluster.js'

/** A listener that keeps `name → data.v` of one namespace, as a consumer of a watch would. */
export class Mirror implements WatchListener {
  readonly objects = new Map<string, string>()
  /** Sizes of the whole lists that were told. */
  readonly lists: number[] = []
  readonly healths: boolean[] = []
  lastReason: string | undefined
  private readonly namespace: string

  constructor(namespace: string) {
    this.namespace = namespace
  }

  replaced(objects: readonly Manifest[]): void {
    const mine = objects.filter((object) => object.metadata.namespace === this.namespace)
    this.lists.push(mine.length)
    this.objects.clear()
    for (const object of mine) this.keep(object)
  }

  event({ type, object }: WatchEvent): void {
    if (object.metadata.namespace !== this.namespace) return
    if (type === 'deleted') this.objects.delete(object.metadata.name)
    else this.keep(object)
  }

  health(state: { readonly alive: boolean; readonly reason?: string }): void {
    this.healths.push(state.alive)
    this.lastReason = state.reason ?? this.lastReason
  }

  private keep(object: Manifest): void {
    const data = object['data'] as Record<string, string> | undefined
    this.objects.set(object.metadata.name, data?.['v'] ?? '')
  }
}
