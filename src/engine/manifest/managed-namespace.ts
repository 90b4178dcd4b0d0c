import type { Application } from '../application/application.js'
import { syncOptions } from '../application/sync-options.js'
import type { RenderedManifest } from './manifest.js'

const SYNC_OPTIONS = 'argocd.argoproj.io/sync-options'

/**
 * The destination namespace as a declared object, when `CreateNamespace=true` and `managedNamespaceMetadata` say what it
 * has to carry (contract 1.4): exactly these labels and annotations are ours, all others stay with whoever set them. It
 * says of itself that it is neither pruned nor deleted with the application. `isOurs`: it was declared so before, so
 * what left the metadata has to go. Undefined when the sources declare it themselves, or nothing at all: the namespace
 * alone must not make an empty render look like one that has something.
 */
export function managedNamespace(
  { spec }: Application,
  rendered: readonly RenderedManifest[],
  isOurs: boolean,
): RenderedManifest | undefined {
  const name = spec.destination.namespace
  const wanted = spec.syncPolicy?.managedNamespaceMetadata
  if (name === undefined || (wanted === undefined && !isOurs)) return undefined
  if (!isAskedFor(spec) || !leavesRoom(rendered, name)) return undefined
  const annotations = { ...wanted?.annotations, [SYNC_OPTIONS]: 'Prune=false,Delete=false' }
  const metadata = { name, labels: wanted?.labels ?? {}, annotations }
  return {
    manifest: { apiVersion: 'v1', kind: 'Namespace', metadata },
    origin: { file: 'spec.syncPolicy.managedNamespaceMetadata', line: 1 },
    implied: true,
  }
}

function isAskedFor({ syncPolicy }: Application['spec']): boolean {
  return syncOptions({ application: syncPolicy?.syncOptions ?? [] }).createNamespace
}

function leavesRoom(rendered: readonly RenderedManifest[], name: string): boolean {
  return rendered.length > 0 && !rendered.some((item) => declares(item, name))
}

/** A render may hold anything that parses. */
function declares({ manifest }: RenderedManifest, name: string): boolean {
  return manifest?.kind === 'Namespace' && manifest.metadata?.name === name
}
