import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Manifest } from './manifest.js'
import { parseTrackingId, trackedBy, trackingId, TRACKING_ANNOTATION } from './tracking.js'

const service = { group: '', kind: 'Service', namespace: 'prod', name: 'web' }

function carrying(id: string, metadata: Partial<Manifest['metadata']> = {}): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'prod', annotations: { [TRACKING_ANNOTATION]: id }, ...metadata },
  }
}

describe('tracking', () => {
  it('trackingId() writes what Argo CD writes for core kinds', () => {
    expect(trackingId({ namespace: 'argocd', name: 'shop' }, service, 'x')).toBe('shop:/Service:prod/web')
  })

  it('trackingId() prefixes applications of other namespaces', () => {
    const key = { group: 'apps', kind: 'Deployment', namespace: 'prod', name: 'web' }
    expect(trackingId({ namespace: 'team', name: 'shop' }, key, 'x')).toBe(
      'team_shop:apps/Deployment:prod/web',
    )
  })

  it('trackingId() gives cluster-scoped objects the destination namespace', () => {
    const key = { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole', namespace: '', name: 'system:x' }
    const id = 'shop:rbac.authorization.k8s.io/ClusterRole:prod/system:x'
    expect(trackingId({ namespace: 'argocd', name: 'shop' }, key, 'prod')).toBe(id)
    expect(parseTrackingId(id)?.key.name).toBe('system:x')
  })

  it('D-12 R-27 trackedBy() ignores an id copied from another object', () => {
    expect(trackedBy(carrying('shop:/Service:prod/web'))).toEqual({ application: 'shop' })
    expect(trackedBy(carrying('shop:/Service:prod/other'))).toBeUndefined()
    expect(trackedBy(carrying('shop:/Service:test/web'))).toBeUndefined()
    expect(trackedBy(carrying('shop:apps/Service:prod/web'))).toBeUndefined()
    expect(trackedBy(carrying('nonsense'))).toBeUndefined()
  })

  it('parseTrackingId() inverts trackingId() for every name that Kubernetes permits', () => {
    const word = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,20}$/)
    const objectName = fc.stringMatching(/^[a-z0-9][a-zA-Z0-9.:_-]{0,20}$/)
    const kind = fc.stringMatching(/^[A-Z][A-Za-z]{0,15}$/)
    const group = fc.oneof(fc.constant(''), word)
    fc.assert(
      fc.property(word, word, group, kind, fc.tuple(word, objectName), (ns, app, g, k, [namespace, name]) => {
        const key = { group: g, kind: k, namespace, name }
        const parsed = parseTrackingId(trackingId({ namespace: ns, name: app }, key, 'x'))
        expect(parsed).toEqual({ application: ns === 'argocd' ? app : `${ns}_${app}`, key })
      }),
    )
  })

  it('parseTrackingId() takes any text without failing', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseTrackingId(text)))
  })
})
