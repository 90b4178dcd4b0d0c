import { groupKindText } from '../manifest/resource-key.js'
import type { PreviewedObject } from './sync-preview.js'

/** Kinds whose deletion takes along more than the object itself. */
const TAKES_ALONG: ReadonlyMap<string, string> = new Map([
  ['/Namespace', 'with everything in it'],
  [
    'apiextensions.k8s.io/CustomResourceDefinition',
    'with every object of the kind that it defines, in all namespaces',
  ],
  ['/PersistentVolumeClaim', 'and with it the content of its volume, unless that is retained'],
  ['/PersistentVolume', 'and with it its content, unless that is retained'],
])

/** The deletions that somebody must not overlook, as sentences. */
export function previewDangers(objects: readonly PreviewedObject[]): readonly string[] {
  return objects.flatMap((object) => {
    const along = TAKES_ALONG.get(groupKindText(object))
    const isDeleted = object.outcome === 'pruned' || object.mode === 'recreate'
    if (along === undefined || !isDeleted) return []
    const name = object.namespace === '' ? object.name : `${object.namespace}/${object.name}`
    return [`${object.kind} "${name}" is deleted, ${along}.`]
  })
}
