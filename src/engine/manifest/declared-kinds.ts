import type { ApiKind } from './api-catalog.js'
import type { RenderedManifest } from './manifest.js'
import { isRecord, listAt, textAt, valueAt } from './read-json.js'
import { groupKindText, groupOf } from './resource-key.js'

/**
 * The kinds that CustomResourceDefinitions of the same render will bring, by `group/Kind`: objects of these kinds
 * are allowed although the server does not serve them yet. The version is the served one that is stored.
 */
export function declaredKinds(rendered: readonly RenderedManifest[]): ReadonlyMap<string, ApiKind> {
  const kinds = new Map<string, ApiKind>()
  for (const { manifest } of rendered) {
    const kind = kindOfDefinition(manifest)
    if (kind !== undefined) kinds.set(groupKindText(kind), kind)
  }
  return kinds
}

function kindOfDefinition(definition: unknown): ApiKind | undefined {
  if (textAt(definition, 'kind') !== 'CustomResourceDefinition') return undefined
  if (groupOf(textAt(definition, 'apiVersion') ?? '') !== 'apiextensions.k8s.io') return undefined
  const group = textAt(definition, 'spec', 'group')
  const kind = textAt(definition, 'spec', 'names', 'kind')
  const plural = textAt(definition, 'spec', 'names', 'plural')
  const version = storedVersion(definition)
  if (!group || !kind || !plural || version === undefined) return undefined
  const namespaced = textAt(definition, 'spec', 'scope') === 'Namespaced'
  return { group, kind, plural, version, namespaced, verbs: [] }
}

function storedVersion(definition: unknown): string | undefined {
  const versions = listAt(definition, 'spec', 'versions').filter(isRecord)
  const stored = versions.find((version) => valueAt(version, 'storage') === true) ?? versions[0]
  return textAt(stored, 'name') ?? textAt(definition, 'spec', 'version')
}
