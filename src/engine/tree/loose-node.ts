import { assessHealth } from '../health/assess-health.js'
import { keyOf, type Manifest } from '../manifest/manifest.js'
import { isRecord, listAt, numberAt, textAt, valueAt } from '../manifest/read-json.js'
import { groupKindText } from '../manifest/resource-key.js'
import type { LooseNode, NodeFact } from './tree-node.js'

/** What is kept of a live object for a tree: a few hundred bytes. */
export function looseNode(object: Manifest): LooseNode {
  const { apiVersion, metadata } = object
  const key = keyOf(object)
  const isPod = groupKindText(key) === '/Pod'
  const health = assessHealth(object)
  const host = isPod ? textAt(object, 'spec', 'nodeName') : undefined
  const createdAt = textAt(metadata, 'creationTimestamp')
  return {
    ...key,
    version: apiVersion.slice(apiVersion.indexOf('/') + 1),
    uid: metadata.uid ?? '',
    owners: (metadata.ownerReferences ?? []).map(({ uid }) => uid),
    facts: factsOf(object, groupKindText(key)),
    images: isPod ? podTexts(object, 'image') : [],
    containers: isPod ? podTexts(object, 'name') : [],
    claims: isPod ? claimsOf(object) : [],
    ...(health && { health }),
    ...(host !== undefined && { host }),
    ...(createdAt !== undefined && { createdAt }),
  }
}

function podTexts(pod: Manifest, field: 'image' | 'name'): readonly string[] {
  const texts = listAt(pod, 'spec', 'containers').flatMap((container) => textAt(container, field) ?? [])
  return [...new Set(texts)]
}

/** A StatefulSet names a claim `<template>-<pod>`; other claims belong to whoever declared them. */
function claimsOf(pod: Manifest): readonly string[] {
  return listAt(pod, 'spec', 'volumes').flatMap((volume) => {
    const claim = textAt(volume, 'persistentVolumeClaim', 'claimName')
    return claim === `${textAt(volume, 'name') ?? ''}-${pod.metadata.name}` ? [claim] : []
  })
}

function factsOf(object: Manifest, kind: string): readonly NodeFact[] {
  if (kind === '/Pod') return podFacts(object)
  if (kind === 'apps/ReplicaSet') return replicaSetFacts(object)
  if (kind === 'apps/ControllerRevision') return revisionFact(numberAt(object, 'revision'))
  return []
}

/** As `kubectl get pods` says it: why a container waits or ended tells more than the phase. */
function podFacts(pod: Manifest): readonly NodeFact[] {
  const statuses = listAt(pod, 'status', 'containerStatuses')
  const ready = statuses.filter((status) => valueAt(status, 'ready') === true).length
  const restarts = statuses.reduce<number>((sum, status) => sum + (numberAt(status, 'restartCount') ?? 0), 0)
  return [
    { name: 'Status', value: podReason(pod, statuses) },
    { name: 'Ready', value: `${ready}/${listAt(pod, 'spec', 'containers').length}` },
    ...(restarts > 0 ? [{ name: 'Restarts', value: String(restarts) }] : []),
  ]
}

function podReason(pod: Manifest, statuses: readonly unknown[]): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating'
  const reasons = statuses.flatMap(
    (status) =>
      textAt(status, 'state', 'waiting', 'reason') ?? textAt(status, 'state', 'terminated', 'reason') ?? [],
  )
  return reasons[0] ?? textAt(pod, 'status', 'reason') ?? textAt(pod, 'status', 'phase') ?? 'Unknown'
}

function replicaSetFacts(object: Manifest): readonly NodeFact[] {
  const annotations = object.metadata.annotations
  const revision = isRecord(annotations)
    ? Number(annotations['deployment.kubernetes.io/revision'] ?? Number.NaN)
    : Number.NaN
  return revisionFact(Number.isInteger(revision) ? revision : undefined)
}

function revisionFact(revision: number | undefined): readonly NodeFact[] {
  return revision === undefined ? [] : [{ name: 'Revision', value: `Rev:${revision}` }]
}
