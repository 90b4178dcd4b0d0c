import { AppError } from '../base/app-error.js'
import type { RenderedManifest } from '../engine/manifest/manifest.js'
import type { RenderStore } from '../store/directory-stores.js'

const KEPT = 512

export interface RenderedSourcesDeps {
  readonly renders: RenderStore
  /** Opens and unpacks a stored render; throws when it was altered. */
  readonly decode: (key: string, sealed: Uint8Array) => readonly RenderedManifest[]
}

/** Stored renders by key, the recently used ones kept unpacked: equal keys are equal content, so nothing goes stale. */
export class RenderedSources {
  readonly #deps: RenderedSourcesDeps
  readonly #kept = new Map<string, readonly RenderedManifest[]>()

  constructor(deps: RenderedSourcesDeps) {
    this.#deps = deps
  }

  /** The objects of all renders in order. Throws NOT_FOUND (retry) when one is not stored. */
  async load(keys: readonly string[]): Promise<readonly RenderedManifest[]> {
    const missing = keys.filter((key) => !this.#kept.has(key))
    if (missing.length > 0) {
      const sealed = await this.#deps.renders.getMany(missing)
      for (const key of missing) this.#keep(key, sealed.get(key))
    }
    return keys.flatMap((key) => this.#kept.get(key) ?? [])
  }

  #keep(key: string, sealed: Uint8Array | undefined): void {
    if (sealed === undefined) {
      throw new AppError(
        'NOT_FOUND',
        `Render ${key.slice(0, 12)} is not stored. Refresh the application (hard) to render it again.`,
        {
          retry: 'backoff',
        },
      )
    }
    if (this.#kept.size >= KEPT) {
      const oldest = this.#kept.keys().next()
      if (!oldest.done) this.#kept.delete(oldest.value)
    }
    this.#kept.set(key, this.#deps.decode(key, sealed))
  }
}
