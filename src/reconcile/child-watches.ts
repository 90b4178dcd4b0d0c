import { findKind } from '../engine/manifest/api-catalog.js'
import { resourceKeyText, groupKindText, type GroupKind } from '../engine/manifest/resource-key.js'
import { keyOf, type Manifest } from '../engine/manifest/manifest.js'
import type { Cluster, Watch } from '../kube/cluster.js'

/** Nobody looked for this long: the watch ends. */
const IDLE_MS = 120_000
const SWEEP_MS = 15_000
/** A first list that takes longer is left out of the answer; the next look has it. */
const READY_MS = 8_000

/** What was seen, and why something could not be (sentences). */
export interface Seen<T> {
  readonly items: readonly T[]
  readonly blind: readonly string[]
}

interface Opened<T> {
  readonly watch: Watch
  readonly items: Map<string, T>
  /** Resolves with the first list, or as soon as it is known that there will be none. */
  readonly settled: Promise<void>
  blind: string | undefined
  usedAt: number
}

export interface ChildWatchesOptions<T> {
  readonly cluster: Pick<Cluster, 'watch' | 'catalog'>
  readonly slim: (object: Manifest) => T
  readonly idleMs?: number
}

/**
 * Objects that are only looked at by people (children, events): a watch for each kind and namespace is opened by the
 * first look and ends when nobody looks any more. In between no look costs a request.
 */
export class ChildWatches<T> {
  readonly #options: ChildWatchesOptions<T>
  readonly #opened = new Map<string, Opened<T>>()
  readonly #listeners = new Set<() => void>()
  #sweeper: NodeJS.Timeout | undefined

  constructor(options: ChildWatchesOptions<T>) {
    this.#options = options
  }

  /** All objects of these kinds in these namespaces; kinds that the cluster does not serve have none. */
  async look(kinds: readonly GroupKind[], namespaces: readonly string[]): Promise<Seen<T>> {
    const catalog = await this.#options.cluster.catalog()
    const served = kinds.filter((kind) => typeof findKind(catalog, kind) === 'object')
    const opened = served.flatMap((kind) => namespaces.map((namespace) => this.#open(kind, namespace)))
    await withinMs(READY_MS, Promise.all(opened.map(({ settled }) => settled)))
    return {
      items: opened.flatMap(({ items }) => [...items.values()]),
      blind: [...new Set(opened.flatMap(({ blind }) => blind ?? []))],
    }
  }

  /** Told that something changed among what is watched. Returns the function that ends it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** How many watches are open. */
  get size(): number {
    return this.#opened.size
  }

  close(): void {
    clearInterval(this.#sweeper)
    for (const { watch } of this.#opened.values()) watch.stop()
    this.#opened.clear()
  }

  #open(kind: GroupKind, namespace: string): Opened<T> {
    const text = `${groupKindText(kind)}/${namespace}`
    const known = this.#opened.get(text)
    if (known !== undefined) {
      known.usedAt = performance.now()
      return known
    }
    const opened = this.#begin(kind, namespace)
    this.#opened.set(text, opened)
    this.#sweeper ??= setInterval(() => this.#sweep(), SWEEP_MS).unref()
    return opened
  }

  #begin(kind: GroupKind, namespace: string): Opened<T> {
    let settle: () => void = () => undefined
    const settled = new Promise<void>((resolve) => (settle = resolve))
    const items = new Map<string, T>()
    const { cluster, slim } = this.#options
    const keep = (object: Manifest): unknown => items.set(resourceKeyText(keyOf(object)), slim(object))
    const watch = cluster.watch(
      kind,
      {
        replaced: (objects) => {
          items.clear()
          for (const object of objects) keep(object)
          settle()
          this.#tell()
        },
        event: ({ type, object }) => {
          if (type === 'deleted') items.delete(resourceKeyText(keyOf(object)))
          else keep(object)
          this.#tell()
        },
        health: ({ alive, reason }) => {
          opened.blind = alive ? undefined : `${kind.kind} in "${namespace}": ${reason ?? 'not seen'}`
          if (!alive) settle()
        },
      },
      { namespace },
    )
    const opened: Opened<T> = { watch, items, settled, blind: undefined, usedAt: performance.now() }
    return opened
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }

  #sweep(): void {
    const before = performance.now() - (this.#options.idleMs ?? IDLE_MS)
    for (const [text, { watch, usedAt }] of this.#opened) {
      if (usedAt > before) continue
      watch.stop()
      this.#opened.delete(text)
    }
    if (this.#opened.size > 0) return
    clearInterval(this.#sweeper)
    this.#sweeper = undefined
  }
}

async function withinMs(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)))
  await Promise.race([work, late]).finally(() => clearTimeout(timer))
}
