import type { ApplicationSource } from '../engine/application/application.js'
import type { RenderedManifest } from '../engine/manifest/manifest.js'

/** The result of one render. Incomplete results do not exist: an error anywhere throws. */
export interface Render {
  /** In file order, then document order. */
  readonly manifests: readonly RenderedManifest[]
  /**
   * Paths whose tree or blob oid decides whether a later commit must be rendered again, including paths that were
   * looked for and absent.
   */
  readonly inputs: readonly string[]
}

export interface RenderInput {
  readonly repositoryId: string
  readonly commit: string
  readonly source: ApplicationSource
}

/** Turns a source at a commit into objects. Errors are BAD_USER_INPUT with file:line. */
export abstract class Renderer {
  /** Part of every render key; changes when the same input may give another output. */
  abstract readonly version: string
  abstract render(input: RenderInput): Promise<Render>
}
