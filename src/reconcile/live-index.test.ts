import { describe, expect, it } from 'vitest'
import type { Manifest } from '../engine/manifest/manifest.js'
import { AppliedForms } from './applied-forms.js'
import { LiveIndex } from './live-index.js'

const KEY = { group: 'networking.k8s.io', kind: 'Ingress', namespace: 'shop', name: 'door' }

function ingress(resourceVersion: string, addresses: readonly object[]): Manifest {
  const annotations = { 'argocd.argoproj.io/tracking-id': 'shop:networking.k8s.io/Ingress:shop/door' }
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'door', namespace: 'shop', uid: 'u1', resourceVersion, annotations },
    status: { loadBalancer: { ingress: addresses } },
  }
}

const PENDING = ingress('9', [])
const READY = ingress('10', [{ ip: '192.0.2.1' }])

describe('LiveIndex while an object is written', () => {
  const open = () => {
    const woken: string[] = []
    const onChange = ({ application }: { readonly application?: unknown }): void =>
      void woken.push(JSON.stringify(application))
    const index = new LiveIndex({ forms: new AppliedForms(), hmac: (text) => text, onChange })
    return { index, woken }
  }

  it('keeps what the watch told after the write and before its answer, and wakes the application', () => {
    const { index, woken } = open()
    const done = index.writing([KEY])
    index.changed(PENDING)
    index.changed(READY)
    expect(woken).toEqual([])
    index.applied(PENDING)
    done()
    expect(index.get(KEY)).toMatchObject({ resourceVersion: '10', health: { status: 'Healthy' } })
    expect(woken).toHaveLength(1)
  })

  it('takes the answer for newer than what the watch told before the write, and echoes wake nobody', () => {
    const { index, woken } = open()
    const done = index.writing([KEY])
    index.changed(PENDING)
    index.applied(READY)
    index.changed(READY)
    done()
    expect(index.get(KEY)?.resourceVersion).toBe('10')
    expect(woken).toEqual([])
  })
})
