import type { Manifest } from '../manifest/manifest.js'
import { isRecord, textAt } from '../manifest/read-json.js'
import { groupOf } from '../manifest/resource-key.js'
import { base64OfText } from './base64.js'
import type { CompareRules } from './compare-rules.js'
import { SERVER_METADATA } from './project-on.js'

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/**
 * The declarable part of an object in one shape for both sides: no apiVersion, kind, name, namespace, status or server
 * metadata, `stringData` of a Secret folded into `data`, no `rules` in aggregated ClusterRoles when told so.
 */
export function normalize(manifest: Manifest, rules: CompareRules): Readonly<Record<string, unknown>> {
  const { apiVersion, kind, status: _status, metadata, ...rest } = foldStringData(manifest)
  const body = { metadata: declaredMetadata(metadata), ...rest }
  if (!rules.ignoreAggregatedRoles || !isAggregated(apiVersion, kind, body)) return body
  return { ...body, rules: undefined }
}

/** A Secret with its `stringData` in `data`, as the API server stores it; any other object as it is. */
export function foldStringData(manifest: Manifest): Manifest {
  if (!isSecret(manifest)) return manifest
  const { stringData, ...rest } = manifest
  const stored = membersOf(rest['data']).map(([name, value]) => [name, withoutLineBreaks(value)] as const)
  const given = membersOf(stringData).map(([name, value]) => [name, encoded(value)] as const)
  const data = Object.fromEntries([...stored, ...given])
  return Object.keys(data).length === 0 ? rest : { ...rest, data }
}

function membersOf(value: unknown): readonly (readonly [string, unknown])[] {
  return isRecord(value) ? Object.entries(value) : []
}

/** Base64 may be wrapped; the API server stores it in one line. */
function withoutLineBreaks(value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll(/[\r\n]/g, '') : value
}

function encoded(value: unknown): unknown {
  return typeof value === 'string' ? base64OfText(value) : value
}

/** Is this a core Secret? Its values are never shown. */
export function isSecret(manifest: Manifest): boolean {
  return manifest.kind === 'Secret' && groupOf(manifest.apiVersion) === ''
}

function declaredMetadata(metadata: Manifest['metadata']): Readonly<Record<string, unknown>> {
  const kept = Object.entries(metadata).filter(
    ([name]) => !SERVER_METADATA.includes(name) && name !== 'name' && name !== 'namespace',
  )
  const declared = Object.fromEntries(kept)
  if (!isRecord(declared['annotations'])) return declared
  const { [LAST_APPLIED]: _lastApplied, ...annotations } = declared['annotations']
  return { ...declared, annotations }
}

function isAggregated(apiVersion: string, kind: string, body: Readonly<Record<string, unknown>>): boolean {
  if (kind !== 'ClusterRole' || groupOf(apiVersion) !== 'rbac.authorization.k8s.io') return false
  return isRecord(body['aggregationRule'])
}

/** What `kubectl apply` or a client-side apply recorded as applied; undefined when there is none or it is damaged. */
export function lastApplied(live: Manifest): Manifest | undefined {
  const text = textAt(live, 'metadata', 'annotations', LAST_APPLIED)
  if (text === undefined) return undefined
  try {
    const parsed: unknown = JSON.parse(text)
    return isManifest(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

function isManifest(value: unknown): value is Manifest {
  return textAt(value, 'apiVersion') !== undefined && textAt(value, 'metadata', 'name') !== undefined
}
