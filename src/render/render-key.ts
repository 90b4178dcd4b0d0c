import type { ApplicationSource } from '../engine/application/application.js'

export interface RenderIdentity {
  /** The credential scope: equal content in two repositories is two renders. */
  readonly repositoryId: string
  readonly rendererVersion: string
  readonly source: ApplicationSource
  /** Every input with its oid, `null` when absent. */
  readonly inputs: Readonly<Record<string, string | null>>
}

/**
 * The content address of a render. Where the source was found (URL, revision, name) is not part of it: a commit that
 * changes no input, or a revert, meets the render that is there already.
 */
export function renderKey(identity: RenderIdentity, hmac: (text: string) => string): string {
  const { repoURL: _url, targetRevision: _revision, name: _name, ref: _ref, ...options } = identity.source
  const inputs = Object.entries(identity.inputs).sort(([a], [b]) => (a < b ? -1 : 1))
  return hmac(
    JSON.stringify([
      'render',
      identity.repositoryId,
      identity.rendererVersion,
      Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1)),
      inputs,
    ]),
  )
}
