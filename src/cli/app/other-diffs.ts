import { compareObject } from '../../engine/diff/compare.js'
import { compareRulesFor } from '../../engine/diff/compare-rules.js'
import { MASK } from '../../engine/diff/mask-secret.js'
import type { IgnoreDifference } from '../../engine/application/application.js'
import { keyOf, type Manifest } from '../../engine/manifest/manifest.js'
import { isRecord } from '../../engine/manifest/read-json.js'
import { resourceKeyText, type ResourceKey } from '../../engine/manifest/resource-key.js'
import { TRACKING_ANNOTATION } from '../../engine/manifest/tracking.js'

/** One object of which the two sides are not the same; absent = it is not there. */
export interface OtherDiff extends ResourceKey {
  readonly live?: Manifest
  readonly target?: Manifest
}

export interface OtherDeclaration {
  readonly declared: readonly Manifest[]
  /** What is managed now, values of Secrets masked. */
  readonly live: readonly Manifest[]
  readonly ignored: readonly IgnoreDifference[]
  /** Where objects without a namespace go. */
  readonly namespace: string
}

/**
 * What runs beside another declaration than that of Git, object by object: those that differ, in the order of the
 * declaration, then those that it does not have. Of Secrets only the names of their values are compared.
 */
export function otherDiffs({ declared, live, ignored, namespace }: OtherDeclaration): readonly OtherDiff[] {
  const left = new Map(live.map((object) => [resourceKeyText(keyOf(object)), object]))
  const diffs = declared.flatMap((manifest): readonly OtherDiff[] => {
    const key = keyOf(manifest)
    const places = [key, { ...key, namespace: key.namespace || namespace }, { ...key, namespace: '' }]
    const found = places.find((place) => left.has(resourceKeyText(place))) ?? places[1] ?? key
    const text = resourceKeyText(found)
    const running = left.get(text)
    left.delete(text)
    const target = withoutValues(asApplied(manifest, found, running))
    if (running === undefined) return [{ ...found, target }]
    const shown = withoutValues(running)
    const isEqual = compareObject(target, shown, compareRulesFor(found, ignored)).length === 0
    return isEqual ? [] : [{ ...found, live: shown, target }]
  })
  return [...diffs, ...[...left.values()].map((gone) => ({ ...keyOf(gone), live: gone }))]
}

/** With what the server adds to every declaration: its namespace, and who owns it. */
function asApplied(manifest: Manifest, { namespace }: ResourceKey, live: Manifest | undefined): Manifest {
  const owner = live?.metadata.annotations?.[TRACKING_ANNOTATION]
  const { annotations } = manifest.metadata
  return {
    ...manifest,
    metadata: {
      ...manifest.metadata,
      ...(namespace !== '' && { namespace }),
      ...(owner !== undefined && { annotations: { ...annotations, [TRACKING_ANNOTATION]: owner } }),
    },
  }
}

function withoutValues(manifest: Manifest): Manifest {
  if (manifest.apiVersion !== 'v1' || manifest.kind !== 'Secret') return manifest
  const { stringData: _text, ...rest } = manifest
  const names = [manifest['data'], manifest['stringData']].flatMap((map) =>
    isRecord(map) ? Object.keys(map) : [],
  )
  return { ...rest, data: Object.fromEntries(names.map((name) => [name, MASK])) }
}
